import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { stopWaiting } from './approvals.service.js';
import type { Draft } from './draft.entity.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How many parts a draft has, and which pictures. Every change takes it back from where it waits for approval. */
@Injectable()
export class DraftShape {
  constructor(private readonly db: Db) {}

  /** Adds an empty part at the end. */
  async addPart(draft: Draft): Promise<void> {
    await this.change(draft, async (tx) => {
      await tx.query(
        `INSERT INTO draft_parts (draft_id, position) SELECT $1, count(*) + 2 FROM draft_parts WHERE draft_id = $1 HAVING count(*) + 2 <= $2`,
        [draft.id, settings.threadParts],
      );
    });
  }

  /** Takes a part after the first away; those after it move up. */
  async removePart(draft: Draft, position: number): Promise<void> {
    await this.change(draft, async (tx) => {
      await tx.query('DELETE FROM draft_parts WHERE draft_id = $1 AND position = $2', [draft.id, position]);
      await tx.query('DELETE FROM draft_media WHERE draft_id = $1 AND part = $2', [draft.id, position]);
      await tx.query('UPDATE draft_media SET part = part - 1 WHERE draft_id = $1 AND part > $2', [draft.id, position]);
      const after = await tx.query<{ position: number }>(
        'SELECT position FROM draft_parts WHERE draft_id = $1 AND position > $2 ORDER BY position',
        [draft.id, position],
      );
      for (const { position: from } of after)
        await tx.query('UPDATE draft_parts SET position = $3 WHERE draft_id = $1 AND position = $2', [
          draft.id,
          from,
          from - 1,
        ]);
    });
  }

  /** Takes a picture off. */
  async removePicture(draft: Draft, id: string): Promise<void> {
    if (!UUID.test(id)) return;
    await this.change(draft, async (tx) => {
      await tx.query('DELETE FROM draft_media WHERE draft_id = $1 AND id = $2', [draft.id, id]);
    });
  }

  /** Another window may have sent it, for approval too, since this one's words were kept: throws Conflict for one that is out. */
  private async change(draft: Draft, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.write([lock('drafts', draft.id)], async (tx, [held]) => {
      if (!held) throw new Conflict('This draft was sent or discarded in another window meanwhile.');
      await stopWaiting(tx, draft.id);
      await work(tx);
    });
  }
}
