import { Injectable } from '@nestjs/common';
import type { Outcome } from '../networks/network.js';
import type { Tx } from '../platform/tx.js';
import type { CallOutcome } from './ending.js';
import { LetterChannel } from './letter.channel.js';
import type { Message } from './message.entity.js';
import { PostChannel } from './post.channel.js';
import { WebhookChannel } from './webhook.channel.js';

/** How each kind of message goes out. */
@Injectable()
export class Channels {
  constructor(
    private readonly letters: LetterChannel,
    private readonly posts: PostChannel,
    private readonly webhooks: WebhookChannel,
  ) {}

  /** Everything that may be repeated, outside of any transaction: only public posts have pictures and tokens. */
  prepare(row: Message): Promise<Outcome<null>> {
    return this.posts.prepare(row);
  }

  /** The one call, made up in the transaction that marks the row; null when something must be made ready first. */
  begin(tx: Tx, row: Message): Promise<(() => Promise<CallOutcome>) | null> {
    const channels = { letter: this.letters, post: this.posts, webhook: this.webhooks };
    return channels[row.channel].begin(tx, row);
  }
}
