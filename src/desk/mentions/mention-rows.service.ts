import { Injectable } from '@nestjs/common';
import type { Author, NetworkPost } from '../../networks/network.js';
import { storable } from '../../networks/storable.js';
import type { Tx } from '../../platform/tx.js';
import { mentionOf } from './mention.js';

/** A post that speaks to an account, with who wrote it; null where the network did not say. */
export interface Spoken {
  post: NetworkPost;
  author: Author | null;
}

/** The kept mentions of accounts. */
@Injectable()
export class MentionRows {
  /** Keeps posts as the network shows them now. One that was edited takes the place of its older version. */
  async take(tx: Tx, accountId: string, spoken: Spoken[]): Promise<void> {
    for (const { post, author } of spoken) {
      await this.replace(tx, accountId, post);
      await tx.query(
        `INSERT INTO mentions (account_id, network_id, handle, author_name, post, posted_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (account_id, network_id) DO UPDATE SET post = $5, seen_at = $7,
           handle = coalesce($3, mentions.handle), author_name = coalesce($4, mentions.author_name)`,
        [
          ...[accountId, post.id, author?.handle ?? null, author?.name ? plain(author.name) : null],
          ...[storable(mentionOf(post)), post.createdAt, tx.now],
        ],
      );
    }
  }

  /** What the network no longer shows goes, with what people noted about it. */
  async drop(tx: Tx, accountId: string, ids: string[]): Promise<void> {
    await tx.query('DELETE FROM mentions WHERE account_id = $1 AND network_id = ANY ($2)', [accountId, ids]);
  }

  private async replace(tx: Tx, accountId: string, { id, editHistoryIds }: NetworkPost): Promise<void> {
    const older = editHistoryIds.slice(0, Math.max(0, editHistoryIds.indexOf(id)));
    if (older.length === 0) return;
    await tx.query(
      `UPDATE mentions SET network_id = $3 WHERE account_id = $1 AND network_id = ANY ($2)
         AND NOT EXISTS (SELECT 1 FROM mentions WHERE account_id = $1 AND network_id = $3)`,
      [accountId, older, id],
    );
    await tx.query('UPDATE drafts SET reply_to = $3 WHERE account_id = $1 AND reply_to = ANY ($2)', [
      ...[accountId, older, id],
    ]);
  }
}

function plain(name: string): string {
  return name.toWellFormed().replaceAll('\u0000', '\ufffd');
}
