import { Injectable } from '@nestjs/common';
import type { Account } from '../../credentials/account.entity.js';
import { type Segment, segmentsOf } from '../../networks/segments.js';
import { Db } from '../../platform/database.service.js';
import { NotAllowed } from '../../platform/errors.js';
import type { Tx } from '../../platform/tx.js';
import { type Mention, mayAnswer, permalinkOf, whyNoAnswer } from './mention.js';

/** A post that an answer is meant for. `problem`: why X does not take one; null where it should. */
export interface Target {
  id: string;
  /** Of the account's own, which its curators may go on with. */
  own: boolean;
  name: string;
  handle: string | null;
  segments: Segment[];
  href: string;
  problem: string | null;
}

/** What answers may be meant for: kept mentions, and what the account itself posted through Baton. */
@Injectable()
export class AnswerTargets {
  constructor(private readonly db: Db) {}

  /** Null for what is not known, or is gone. */
  async of(account: Account, id: string, reader: Pick<Tx, 'query'> = this.db): Promise<Target | null> {
    return (await this.mention(account, id, reader)) ?? (await this.own(account, id, reader));
  }

  /** The target of an answer that goes out. Throws NotAllowed with a sentence where X takes none. */
  async demand(tx: Tx, account: Account, id: string): Promise<Target> {
    const target = await this.of(account, id, tx);
    if (!target)
      throw new NotAllowed('The post that you answer is gone, or is not kept here any more. Nothing was sent.');
    if (target.problem) throw new NotAllowed(`${target.problem} Nothing was sent.`);
    return target;
  }

  private async mention(account: Account, id: string, reader: Pick<Tx, 'query'>): Promise<Target | null> {
    const [row] = await reader.query<{ handle: string | null; name: string | null; post: Mention }>(
      'SELECT handle, author_name AS name, post FROM mentions WHERE account_id = $1 AND network_id = $2',
      [account.id, id],
    );
    if (!row) return null;
    const { handle, name, post } = row;
    return {
      id,
      own: false,
      name: name ?? 'Somebody on X',
      handle,
      segments: segmentsOf(post),
      href: permalinkOf(id, handle),
      problem: mayAnswer(post, account) ? null : whyNoAnswer(account),
    };
  }

  private async own(account: Account, id: string, reader: Pick<Tx, 'query'>): Promise<Target | null> {
    const [row] = await reader.query<{ text: string }>(
      `SELECT m.data->>'text' AS text FROM messages m
       WHERE m.account_id = $1 AND m.channel = 'post' AND m.state = 'sent' AND m.provider_ref = $2
         AND NOT EXISTS (SELECT 1 FROM post_deletions d WHERE d.message_id = m.id AND d.state <> 'refused')`,
      [account.id, id],
    );
    const { handle, name } = account;
    return row ? { id, own: true, name, handle, segments: [row], href: permalinkOf(id, handle), problem: null } : null;
  }
}
