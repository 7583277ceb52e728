import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Account } from '../credentials/account.entity.js';
import type { NewPoll } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import type { Tx } from '../platform/tx.js';
import { stopWaiting } from './approvals.service.js';
import { MEDIA_MOST } from './compose.js';
import { Draft, type DraftedPart, DraftMedia, DraftPart } from './draft.entity.js';
import { placeOf } from './draft-windows.service.js';
import type { PreparedMedia } from './media.service.js';
import type { Turn } from './turn.js';

/** What was written on the form: a post, or the parts of a thread. */
export interface Writing {
  /** Made when the page was drawn; sending the same form twice is one post. */
  key: string;
  /** The version of the draft that the page was drawn with; null where it says none. */
  version: number | null;
  /** The page itself. */
  window: string | null;
  /** The network's id of the post that it answers. */
  replyTo: string | null;
  poll: NewPoll | null;
  parts: PartWriting[];
}

export interface PartWriting {
  text: string;
  /** What the pictures show that the draft holds already, by their ids. */
  descriptions: Record<string, string>;
  /** New pictures; more than a post takes are left out. */
  added: (PreparedMedia & { description: string })[];
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

  /** A picture of a draft with whose draft it is, and whether that waits for approval; throws NotFound. */
  async picture(accountId: string, id: string): Promise<DraftMedia & { ownerId: string; waits: boolean }> {
    const media = UUID.test(id) ? await this.db.manager.findOneBy(DraftMedia, { id }) : null;
    const draft = media && (await this.db.manager.findOneBy(Draft, { id: media.draftId, accountId }));
    if (!media || !draft) throw new NotFound('There is no such picture.');
    const waiting = await this.db.query(`SELECT 1 FROM post_approvals WHERE draft_id = $1 AND state = 'waiting'`, [
      draft.id,
    ]);
    return { ...media, ownerId: draft.personId, waits: waiting.length > 0 };
  }

  /** All parts of a draft, in order: itself and those after it. */
  async parts(draft: Draft, manager: EntityManager = this.db.manager): Promise<DraftedPart[]> {
    const more = await manager.find(DraftPart, { where: { draftId: draft.id }, order: { position: 'ASC' } });
    const media = await manager.find(DraftMedia, { where: { draftId: draft.id }, order: { position: 'ASC' } });
    return [draft, ...more].map(({ text }, index) => ({
      text,
      media: media.filter(({ part }) => part === index + 1),
      poll: index === 0 ? draft.poll : null,
    }));
  }

  /** Whether this form was sent already. */
  async ended(key: string): Promise<boolean> {
    return (await this.db.query('SELECT 1 FROM messages WHERE key = $1', [`desk ${key}`])).length > 0;
  }

  /**
   * Keeps what was written, so that nothing is lost whatever happens next: `apart` from the draft where that was changed
   * in another window meanwhile.
   */
  async save(
    account: Account,
    turn: Turn,
    personId: string,
    writing: Writing,
  ): Promise<{ draft: Draft; apart: boolean }> {
    const { parts, window, replyTo, poll } = writing;
    const added = await Promise.all(parts.map((part) => Promise.all(part.added.map((media) => this.keep(media)))));
    return this.db.write(async (tx) => {
      const owner = { accountId: account.id, stintId: turn.stintId, personId };
      const { key, apart } = await placeOf(tx, owner, writing);
      const rows = await tx.query<{ id: string }>(
        `INSERT INTO drafts (id, account_id, stint_id, person_id, saved_at, text, saved_in, reply_to, poll)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET stint_id = $3, saved_at = $5, text = $6, saved_in = $7, version = drafts.version + 1,
           reply_to = coalesce(drafts.reply_to, $8), poll = $9
         WHERE drafts.account_id = $2 AND drafts.person_id = $4 RETURNING id`,
        [
          key,
          account.id,
          turn.stintId,
          personId,
          tx.now,
          parts[0]?.text ?? '',
          window,
          replyTo,
          poll && JSON.stringify(poll),
        ],
      );
      if (rows.length === 0) throw new NotFound('There is no such draft.');
      for (const [index, part] of parts.entries()) {
        if (index > 0) await this.savePart(tx, key, index + 1, part.text);
        await this.describe(tx, key, part.descriptions);
        for (const media of added[index] ?? []) await this.add(tx, key, index + 1, media);
      }
      await tx.query('DELETE FROM draft_parts WHERE draft_id = $1 AND position > $2', [key, parts.length]);
      await tx.query('DELETE FROM draft_media WHERE draft_id = $1 AND part > $2', [key, parts.length]);
      await stopWaiting(tx, key);
      return { draft: await tx.manager.findOneByOrFail(Draft, { id: key }), apart };
    });
  }

  async discard(accountId: string, id: string, personId: string): Promise<void> {
    const draft = await this.one(accountId, id, personId);
    await this.db.write(async (tx) => {
      await stopWaiting(tx, draft.id);
      await tx.query('DELETE FROM drafts WHERE id = $1', [draft.id]);
    });
  }

  private async savePart(tx: Tx, key: string, position: number, text: string): Promise<void> {
    await tx.query(
      `INSERT INTO draft_parts (draft_id, position, text) VALUES ($1, $2, $3)
       ON CONFLICT (draft_id, position) DO UPDATE SET text = $3`,
      [key, position, text],
    );
  }

  private async describe(tx: Tx, key: string, descriptions: Record<string, string>): Promise<void> {
    for (const [id, description] of Object.entries(descriptions))
      await tx.query('UPDATE draft_media SET description = $3 WHERE draft_id = $1 AND id = $2', [key, id, description]);
  }

  private async add(tx: Tx, key: string, part: number, media: Kept): Promise<void> {
    await tx.query(
      `INSERT INTO draft_media (draft_id, part, position, file, type, bytes, description)
       SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6 FROM draft_media WHERE draft_id = $1 AND part = $2
       HAVING count(*) < $7`,
      [key, part, media.file, media.type, media.bytes, media.description, MEDIA_MOST],
    );
  }

  private async keep({ kept, type, description }: PartWriting['added'][number]): Promise<Kept> {
    const file = 'path' in kept ? await this.files.keepFile(kept.path) : await this.files.keep(kept.bytes);
    return { file, type, bytes: 'path' in kept ? kept.size : kept.bytes.length, description };
  }
}

type Kept = Pick<DraftMedia, 'file' | 'type' | 'bytes' | 'description'>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
