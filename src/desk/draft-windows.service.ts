import { randomUUID } from 'node:crypto';
import type { Tx } from '../platform/tx.js';
import type { Writing } from './drafts.service.js';

/**
 * Under which key a form's words are kept: its own, or a new one where another window has changed the draft since this
 * one read it. The pictures that this one showed go with it, as it described them. Locks the draft.
 */
export async function placeOf(
  tx: Tx,
  owner: { accountId: string; stintId: string; personId: string },
  { key, version, window, parts }: Writing,
): Promise<{ key: string; apart: boolean }> {
  const [held] = await tx.query<{ version: number; savedIn: string | null }>(
    'SELECT version, saved_in AS "savedIn" FROM drafts WHERE id = $1 AND account_id = $2 AND person_id = $3 FOR UPDATE',
    [key, owner.accountId, owner.personId],
  );
  if (!held || version === null || held.version === version || held.savedIn === window) return { key, apart: false };
  const own = randomUUID();
  await tx.query(
    `INSERT INTO drafts (id, account_id, stint_id, person_id, saved_at, text, version) VALUES ($1, $2, $3, $4, $5, '', 0)`,
    [own, owner.accountId, owner.stintId, owner.personId, tx.now],
  );
  const descriptions = Object.assign({}, ...parts.map((part) => part.descriptions));
  await tx.query(
    `INSERT INTO draft_media (draft_id, part, position, file, type, bytes, description)
     SELECT $2, part, position, file, type, bytes, coalesce($3::jsonb ->> id::text, description)
     FROM draft_media WHERE draft_id = $1`,
    [key, own, JSON.stringify(descriptions)],
  );
  return { key: own, apart: true };
}
