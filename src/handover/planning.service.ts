import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { lockAccess } from '../credentials/grants.service.js';
import { type NewLetter, Outbox } from '../messages/outbox.service.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { type Boundary, boundariesOf } from './boundaries.js';
import { plannedLetters } from './letters.js';
import { type TurnRow, Turns, turnLetter } from './turns.service.js';

/** Boundaries this near are rung at every plan, for the queue may have lost it. Service milliseconds. */
const REARM_MS = 10 * 60_000;
/** Every so many sweeps all accounts are planned, changed or not. */
const LOOKS_AT_ALL = 10;

/** Derives boundaries and the letters before a stint from the rota, so that a moved or cancelled stint leaves none behind. */
@Injectable()
export class Planning {
  private readonly seen = new Map<string, string>();
  private looks = 0;

  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly outbox: Outbox,
  ) {}

  /** Plans every account whose turns or boundaries are others than at the last look of this process; the sweep. */
  async sweep(): Promise<void> {
    this.looks += 1;
    if (this.looks % LOOKS_AT_ALL === 0) this.seen.clear();
    for (const { id, rows } of await this.standing()) {
      if (this.seen.get(id) === rows) continue;
      await this.plan(id);
      this.seen.set(id, rows);
    }
  }

  /** Brings an account's boundaries and letters in line with its stints. Harmless at any time and to do twice. */
  async plan(accountId: string): Promise<void> {
    const account = await this.accounts.byId(accountId);
    if (await this.isPlanned(account)) return;
    await this.db.write([lockAccess(accountId)], async (tx) => {
      const { boundaries, letters } = await this.wanted(tx, account, tx.now);
      await tx.query(PLAN, [accountId, JSON.stringify(boundaries)]);
      await this.arm(tx, accountId);
      await this.outbox.letters(tx, letters);
    });
  }

  /** Whether all that is wanted is there and none of it comes soon: most looks find it so, and write nothing. */
  private async isPlanned(account: Account): Promise<boolean> {
    const now = await this.db.now();
    const { boundaries, letters } = await this.wanted(this.db, account, now);
    if (boundaries.some(({ at }) => at.getTime() <= now.getTime() + REARM_MS)) return false;
    const [row] = await this.db.query<{ planned: boolean }>(IS_PLANNED, [
      account.id,
      JSON.stringify(boundaries),
      letters.map(({ key }) => key),
    ]);
    return row?.planned ?? false;
  }

  private async wanted(reader: Pick<Tx, 'query'>, account: Account, now: Date) {
    const turns = await this.turns.live(reader, account.id);
    const boundaries = boundariesOf(turns, await startedOf(reader, account.id, turns), now);
    return { boundaries, letters: turns.flatMap((turn) => lettersOf(turn, account, now)) };
  }

  /** What each account's plan is made from, in short; a boundary that comes near is a change. */
  private standing(): Promise<{ id: string; rows: string }[]> {
    return this.db.query(
      `SELECT a.id, md5(concat(
         (SELECT string_agg(concat_ws(' ', s.id, s.state, s.revision, s.starts_at, s.ends_at, s.confirmed_at), ',' ORDER BY s.id)
          FROM stints s WHERE s.account_id = a.id AND s.state IN ('confirmed', 'active')), '|',
         (SELECT string_agg(concat_ws(' ', b.id, b.at, b.outgoing, b.incoming, b.at <= clock.now + $1 * interval '1 ms'), ',' ORDER BY b.id)
          FROM boundaries b WHERE b.account_id = a.id AND b.started_at IS NULL))) AS rows
       FROM accounts a CROSS JOIN (${CLOCK_SQL}) clock ORDER BY a.slug`,
      [REARM_MS],
    );
  }

  /** Rings the boundaries that come soon at their instants; those that are further away are reached by a later plan. */
  private async arm(tx: Tx, accountId: string): Promise<void> {
    const soon = await tx.query<{ id: string; at: Date }>(
      'SELECT id, at FROM boundaries WHERE account_id = $1 AND started_at IS NULL AND at <= $2 ORDER BY at',
      [accountId, new Date(tx.now.getTime() + REARM_MS)],
    );
    for (const { id, at } of soon) tx.ring('handover.run', id, at > tx.now ? at : null);
  }
}

function lettersOf(turn: TurnRow, account: Account, now: Date): NewLetter[] {
  const { email: address } = turn;
  if (!address) return [];
  return plannedLetters(turn, account, now).map(({ template, dueAt }) => ({
    ...turnLetter(account, turn, template),
    address,
    dueAt,
  }));
}

const WANTED = `
  SELECT at, array(SELECT json_array_elements_text(outgoing)::uuid) AS outgoing,
         array(SELECT json_array_elements_text(incoming)::uuid) AS incoming
  FROM json_to_recordset($2) AS each (at timestamptz, outgoing json, incoming json)`;

/** $1 account, $2 its boundaries as they should be: those that have begun stay as they are. */
const PLAN = `
  WITH wanted AS (${WANTED}), gone AS (
    DELETE FROM boundaries WHERE account_id = $1 AND started_at IS NULL AND at NOT IN (SELECT at FROM wanted)
  )
  INSERT INTO boundaries AS b (account_id, at, outgoing, incoming) SELECT $1, at, outgoing, incoming FROM wanted
  ON CONFLICT (account_id, at) DO UPDATE SET outgoing = excluded.outgoing, incoming = excluded.incoming
  WHERE b.started_at IS NULL AND (b.outgoing, b.incoming) IS DISTINCT FROM (excluded.outgoing, excluded.incoming)`;

/** As PLAN; $3 the keys of its letters. */
const IS_PLANNED = `
  WITH wanted AS (${WANTED}), planned AS (
    SELECT at, outgoing, incoming FROM boundaries WHERE account_id = $1 AND started_at IS NULL
  )
  SELECT NOT EXISTS ((TABLE wanted EXCEPT TABLE planned) UNION ALL (TABLE planned EXCEPT TABLE wanted))
    AND (SELECT count(*) FROM messages WHERE key = ANY ($3)) = cardinality($3::text[]) AS planned`;

/** The account's boundaries that have begun since the earliest of these stints starts. */
export async function startedOf(reader: Pick<Tx, 'query'>, accountId: string, turns: TurnRow[]): Promise<Boundary[]> {
  return reader.query<Boundary>(
    `SELECT at, outgoing, incoming FROM boundaries WHERE account_id = $1 AND started_at IS NOT NULL
       AND at >= (SELECT min(starts_at) FROM unnest($2::timestamptz[]) AS each (starts_at))`,
    [accountId, turns.map(({ startsAt }) => startsAt)],
  );
}
