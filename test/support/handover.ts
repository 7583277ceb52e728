import type { Account } from '../../src/credentials/account.entity.js';
import { Planning } from '../../src/handover/planning.service.js';
import type { Tx } from '../../src/platform/tx.js';
import { accepted } from './rota.js';
import type { Service } from './service.js';

export interface Turn {
  stintId: string;
  personId: string;
  email: string;
}

/** Somebody's confirmed turn from one instant to another, planned for. Its slot is made for it. */
export async function turnOf(
  service: Service,
  account: Account,
  name: string,
  from: string,
  to: string,
): Promise<Turn> {
  const { personId, applicationId, email } = await accepted(service, account, name);
  const [row] = await service.db.write(async (tx) => {
    await makeRoom(tx, account, from, to);
    return tx.query<{ id: string }>(
      `WITH slot AS (INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $4, $5) RETURNING id)
       INSERT INTO stints (account_id, slot_id, person_id, application_id, state, starts_at, ends_at, proposed_by,
                           proposed_at, confirmed_at)
       SELECT $1, slot.id, $2, $3, 'confirmed', $4, $5, $2, $6, $6 FROM slot RETURNING id`,
      [account.id, personId, applicationId, new Date(from), new Date(to), tx.now],
    );
  });
  await service.app.get(Planning).plan(account.id);
  return { stintId: row?.id ?? '', personId, email };
}

/** The rota's sweep may lay out the pattern's own slots at any time: a turn of a test takes their place. */
export async function makeRoom(tx: Tx, { id }: Account, from: string, to: string): Promise<void> {
  await tx.query('LOCK TABLE slots IN SHARE ROW EXCLUSIVE MODE');
  await tx.query(
    `DELETE FROM slots l WHERE account_id = $1 AND tstzrange(starts_at, ends_at) && tstzrange($2, $3)
     AND NOT EXISTS (SELECT 1 FROM stints s WHERE s.slot_id = l.id)`,
    [id, new Date(from), new Date(to)],
  );
}

export interface BoundaryRow {
  id: string;
  at: Date;
  outgoing: string[];
  incoming: string[];
  started_at: Date | null;
  done_at: Date | null;
  lateness_ms: number | null;
}

/** The account's boundaries in order. */
export async function boundariesOf(service: Service, account: Account): Promise<BoundaryRow[]> {
  return service.db.query<BoundaryRow>('SELECT * FROM boundaries WHERE account_id = $1 ORDER BY at', [account.id]);
}

/** The state of a stint and its grant. */
export async function standingOf(service: Service, stintId: string) {
  const [row] = await service.db.query<{
    state: string;
    ended_how: string | null;
    opens_at: Date | null;
    ends_at: Date | null;
    closed_at: Date | null;
  }>(
    `SELECT s.state, s.ended_how, g.opens_at, g.ends_at, g.closed_at
     FROM stints s LEFT JOIN grants g ON g.stint_id = s.id WHERE s.id = $1`,
    [stintId],
  );
  if (!row) throw new Error('There is no such stint');
  return row;
}

/** How often each message of the account was queued, by template (posts by the end of their key). */
export async function queuedOf(service: Service, account: Account): Promise<Record<string, number>> {
  const rows = await service.db.query<{ what: string; count: number }>(
    `SELECT CASE channel WHEN 'post' THEN 'post: ' || split_part(key, ' ', 3) ELSE template END AS what, count(*)::int
     FROM messages WHERE account_id = $1 AND state <> 'withdrawn' GROUP BY 1 ORDER BY 1`,
    [account.id],
  );
  return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
}
