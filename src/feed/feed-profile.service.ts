import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { FeedCalls } from './feed-calls.service.js';
import { Pictures } from './pictures.service.js';

/** A profile as it is kept. */
export interface KeptProfile {
  name: string;
  handle: string;
  avatarFile: string | null;
  /** True when only approved followers may see the posts; profiles kept before this was read do not say. */
  protected?: boolean;
}

const EVERY_MS = 24 * 60 * 60_000;

/** The account's public face as the feed shows it. It costs more than posts do: it is read once a day. */
@Injectable()
export class FeedProfile {
  constructor(
    private readonly db: Db,
    private readonly calls: FeedCalls,
    private readonly pictures: Pictures,
  ) {}

  /** The profile as it is now; null when it is neither due nor wanted, or cannot be had. */
  async ifDue(account: Account, wanted: boolean): Promise<KeptProfile | null> {
    const [row] = await this.db.query<{ due: boolean }>(
      'SELECT profile_pulled_at IS NULL OR profile_pulled_at < $2 AS due FROM feeds WHERE account_id = $1',
      [account.id, new Date((await this.db.now()).getTime() - EVERY_MS)],
    );
    if (!row?.due && !wanted) return null;
    const answer = await this.calls.profile(account);
    if (answer.kind !== 'done') return null;
    const { name, handle, pictureUrl, protected: closed } = answer.value;
    const avatar = pictureUrl ? await this.pictures.copy(pictureUrl, 96) : null;
    return { name, handle, avatarFile: avatar?.file ?? null, protected: closed };
  }
}
