import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import type { PreparedPicture } from '../platform/picture.service.js';
import type { Turn } from './desk.service.js';
import { Draft } from './draft.entity.js';

/** What was written on the form. */
export interface Writing {
  /** Made when the page was drawn; sending the same form twice is one post. */
  key: string;
  text: string;
  description: string;
  picture: PreparedPicture | null;
}

/** What curators have written and not sent. */
@Injectable()
export class Drafts {
  constructor(
    private readonly db: Db,
    private readonly files: Files,
  ) {}

  async of(turn: Turn, personId: string): Promise<Draft[]> {
    return this.db.manager.find(Draft, { where: { stintId: turn.stintId, personId }, order: { savedAt: 'DESC' } });
  }

  /** A draft of one's own on this account; throws NotFound. */
  async one(accountId: string, id: string, personId: string): Promise<Draft> {
    const draft = UUID.test(id) ? await this.db.manager.findOneBy(Draft, { id, accountId, personId }) : null;
    if (!draft) throw new NotFound('There is no such draft.');
    return draft;
  }

  /** Keeps what was written, so that nothing is lost whatever happens next. */
  async save(account: Account, turn: Turn, personId: string, writing: Writing): Promise<Draft> {
    const file = writing.picture ? await this.files.keep(writing.picture.bytes) : null;
    return this.db.write(async (tx) => {
      const rows = await tx.query<{ id: string }>(
        `INSERT INTO drafts (id, account_id, stint_id, person_id, text, picture_file, picture_type, picture_description, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET stint_id = $3, text = $5, picture_file = coalesce($6, drafts.picture_file),
           picture_type = coalesce($7, drafts.picture_type), picture_description = $8, saved_at = $9
         WHERE drafts.account_id = $2 AND drafts.person_id = $4 RETURNING id`,
        [
          writing.key,
          account.id,
          turn.stintId,
          personId,
          writing.text,
          file,
          writing.picture?.type ?? null,
          writing.description,
          tx.now,
        ],
      );
      if (rows.length === 0) throw new NotFound('There is no such draft.');
      return tx.manager.findOneByOrFail(Draft, { id: writing.key });
    });
  }

  async discard(accountId: string, id: string, personId: string): Promise<void> {
    const draft = await this.one(accountId, id, personId);
    await this.db.write((tx) => tx.query('DELETE FROM drafts WHERE id = $1', [draft.id]));
  }

  /** Takes the picture off a draft of one's own. */
  async removePicture(draft: Draft): Promise<void> {
    await this.db.write((tx) =>
      tx.query(`UPDATE drafts SET picture_file = NULL, picture_type = NULL, picture_description = '' WHERE id = $1`, [
        draft.id,
      ]),
    );
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
