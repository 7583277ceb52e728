import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import type { PreparedPicture } from '../platform/picture.service.js';
import type { Tx } from '../platform/tx.js';
import type { Turn } from './desk.service.js';
import { Draft, type DraftedPart, DraftPart } from './draft.entity.js';

/** What was written on the form: a post, or the parts of a thread. */
export interface Writing {
  /** Made when the page was drawn; sending the same form twice is one post. */
  key: string;
  parts: PartWriting[];
}

export interface PartWriting {
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

  /** All parts of a draft, in order: itself and those after it. */
  async parts(draft: Draft, manager: EntityManager = this.db.manager): Promise<DraftedPart[]> {
    const more = await manager.find(DraftPart, { where: { draftId: draft.id }, order: { position: 'ASC' } });
    return [draft, ...more];
  }

  /** Keeps what was written, so that nothing is lost whatever happens next. */
  async save(account: Account, turn: Turn, personId: string, { key, parts }: Writing): Promise<Draft> {
    const files = await Promise.all(parts.map(({ picture }) => (picture ? this.files.keep(picture.bytes) : null)));
    return this.db.write(async (tx) => {
      const [first, ...more] = parts.map((part, index) => columnsOf(part, files[index] ?? null));
      const rows = await tx.query<{ id: string }>(
        `INSERT INTO drafts (id, account_id, stint_id, person_id, saved_at, text, picture_file, picture_type, picture_description)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET stint_id = $3, saved_at = $5, text = $6, picture_file = coalesce($7, drafts.picture_file),
           picture_type = coalesce($8, drafts.picture_type), picture_description = $9
         WHERE drafts.account_id = $2 AND drafts.person_id = $4 RETURNING id`,
        [key, account.id, turn.stintId, personId, tx.now, ...(first ?? [])],
      );
      if (rows.length === 0) throw new NotFound('There is no such draft.');
      for (const [index, part] of more.entries()) await this.savePart(tx, key, index + 2, part);
      await tx.query('DELETE FROM draft_parts WHERE draft_id = $1 AND position > $2', [key, parts.length]);
      return tx.manager.findOneByOrFail(Draft, { id: key });
    });
  }

  /** Adds an empty part at the end. */
  async addPart(draft: Draft): Promise<void> {
    await this.db.write((tx) =>
      tx.query(
        `INSERT INTO draft_parts (draft_id, position) SELECT $1, count(*) + 2 FROM draft_parts WHERE draft_id = $1 HAVING count(*) + 2 <= $2`,
        [draft.id, settings.threadParts],
      ),
    );
  }

  /** Takes a part after the first away; those after it move up. */
  async removePart(draft: Draft, position: number): Promise<void> {
    await this.db.write(async (tx) => {
      await tx.query('DELETE FROM draft_parts WHERE draft_id = $1 AND position = $2', [draft.id, position]);
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

  async discard(accountId: string, id: string, personId: string): Promise<void> {
    const draft = await this.one(accountId, id, personId);
    await this.db.write((tx) => tx.query('DELETE FROM drafts WHERE id = $1', [draft.id]));
  }

  /** Takes the picture off a part of a draft of one's own. */
  async removePicture(draft: Draft, position: number): Promise<void> {
    const [table, id] = position === 1 ? ['drafts', 'id'] : ['draft_parts', 'draft_id'];
    await this.db.write((tx) =>
      tx.query(
        `UPDATE ${table} SET picture_file = NULL, picture_type = NULL, picture_description = '' WHERE ${id} = $1${position === 1 ? '' : ' AND position = $2'}`,
        position === 1 ? [draft.id] : [draft.id, position],
      ),
    );
  }

  private async savePart(tx: Tx, key: string, position: number, columns: unknown[]): Promise<void> {
    await tx.query(
      `INSERT INTO draft_parts (draft_id, position, text, picture_file, picture_type, picture_description)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (draft_id, position) DO UPDATE SET text = $3, picture_file = coalesce($4, draft_parts.picture_file),
         picture_type = coalesce($5, draft_parts.picture_type), picture_description = $6`,
      [key, position, ...columns],
    );
  }
}

function columnsOf({ text, description, picture }: PartWriting, file: string | null): unknown[] {
  return [text, file, picture?.type ?? null, description];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
