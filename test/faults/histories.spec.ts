import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Audit } from '../../src/audit/audit.service.js';
import { type Actor, mayAct } from '../../src/credentials/access.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { type History, histories, Life } from '../support/history.js';
import { type Service, startService } from '../support/service.js';

const MONDAY = new Date('2026-11-30T09:00:00Z');
/** How many histories: a few with every test run, thousands in bin/prove. */
const RUNS = Number(process.env.HISTORIES ?? 12);
const MINUTE = 60_000;

interface StintRow {
  id: string;
  seat: number;
  state: string;
  startsAt: Date;
  endsAt: Date;
}

describe('whatever happens to an account, in whatever order', () => {
  let service: Service;
  let lives = 0;
  beforeAll(async () => {
    service = await startService({ clockStart: MONDAY, env: { RUN: 'web' } });
    await service.db.write((tx) => tx.query(WATCH_CHANGES));
  });
  afterAll(() => service.stop());

  const seen: Record<string, number> = {};

  async function live(history: History): Promise<void> {
    lives += 1;
    const life = await Life.begin(service, history, `history${lives}`);
    for (const event of history.events) {
      const done = await life.happen(event);
      if (done) seen['act' in event ? event.act : 'pass'] = (seen['act' in event ? event.act : 'pass'] ?? 0) + 1;
      await nobodyElseMayAct(life.account.id);
      await nobodyFollowsOpenAccess(life.account.id);
    }
    await everyAnswerHoldsAsLongAsItSays(life.account.id);
    await life.end();
    await nobodyElseMayAct(life.account.id);
    await nothingIsLeft(life.account.id);
    await everyChangeIsTold(life.account.id);
  }

  async function rowsOf(accountId: string) {
    const stints = await service.db.query<StintRow>(
      `SELECT id, seat, state, starts_at AS "startsAt", ends_at AS "endsAt" FROM stints WHERE account_id = $1`,
      [accountId],
    );
    return { stints, ...(await service.app.get(Grants).rows(service.db, accountId)), now: await service.db.now() };
  }

  /** One grant to a seat, inside its stint; only the stint that runs now may act, and not under a hold. */
  async function nobodyElseMayAct(accountId: string): Promise<void> {
    const { stints, grants, holds, now } = await rowsOf(accountId);
    const spans = grants.map((grant) => ({ ...grant, end: earlier(grant.endsAt, grant.closedAt) }));
    for (const [index, one] of spans.entries()) {
      const others = spans.slice(index + 1).filter(({ seat }) => seat === one.seat);
      expect(others.filter((other) => one.opensAt < other.end && other.opensAt < one.end)).toEqual([]);
      const stint = stints.find(({ id }) => id === one.stintId);
      expect(stint && stint.startsAt <= one.opensAt && one.end <= stint.endsAt).toBe(true);
    }
    const allowed = stints.filter(
      ({ id, seat }) => mayAct({ kind: 'stint', stintId: id, seat }, grants, null, holds, now).allowed,
    );
    expect(new Set(allowed.map(({ seat }) => seat)).size).toBe(allowed.length);
    for (const { state, startsAt, endsAt } of allowed) {
      expect({ state, within: startsAt <= now && now < endsAt }).toEqual({ state: 'active', within: true });
      expect(holds.filter((hold) => hold.startsAt <= now && (!hold.endsAt || now < hold.endsAt))).toEqual([]);
    }
  }

  /** No grant was opened after a turn whose access outside Baton nobody has proved to be gone, or let pass. */
  async function nobodyFollowsOpenAccess(accountId: string): Promise<void> {
    const followed = await service.db.query(FOLLOWED, [accountId]);
    expect(followed).toEqual([]);
  }

  /** The access function's "next change", against its own answers at every minute of the next four days. */
  async function everyAnswerHoldsAsLongAsItSays(accountId: string): Promise<void> {
    const { stints, grants, holds, now } = await rowsOf(accountId);
    const actors: Actor[] = [
      { kind: 'house' },
      ...stints.map(({ id, seat }) => ({ kind: 'stint' as const, stintId: id, seat })),
    ];
    for (const actor of actors) {
      const at = (instant: number) => mayAct(actor, grants, null, holds, new Date(instant));
      let said = at(now.getTime());
      for (let minute = now.getTime(); minute < now.getTime() + 4 * 24 * 60 * MINUTE; minute += MINUTE) {
        while (said.until && said.until.getTime() <= minute) {
          const next = at(said.until.getTime());
          expect(next.why).not.toBe(said.why);
          said = next;
        }
        const { why } = at(minute);
        if (why !== said.why) throw new Error(`${why} instead of ${said.why} at ${new Date(minute).toISOString()}`);
      }
    }
  }

  /** When everything has had its time, every handover is done and nobody has anything. */
  async function nothingIsLeft(accountId: string): Promise<void> {
    const [left] = await service.db.query(
      `SELECT (SELECT count(*)::int FROM boundaries WHERE account_id = $1 AND done_at IS NULL) AS handovers,
              (SELECT count(*)::int FROM grants WHERE account_id = $1 AND closed_at IS NULL) AS grants,
              (SELECT count(*)::int FROM stints WHERE account_id = $1 AND state IN ('confirmed', 'active')) AS stints`,
      [accountId],
    );
    expect(left).toEqual({ handovers: 0, grants: 0, stints: 0 });
  }

  /** Each transaction that changed a stint, a hold or a grant wrote to the account's audit log, whose chain holds. */
  async function everyChangeIsTold(accountId: string): Promise<void> {
    const untold = await service.db.query(
      `SELECT DISTINCT c.what, c.row FROM changes c WHERE c.account_id = $1
         AND NOT EXISTS (SELECT FROM changes e WHERE e.what = 'audit_entries' AND e.account_id = $1 AND e.act = c.act)`,
      [accountId],
    );
    expect(untold).toEqual([]);
    expect(await service.app.get(Audit).broken(accountId)).toBeNull();
  }

  it(
    'never gives a seat to two or to one whose turn it is not, tells every change, and comes to an end',
    async () => {
      await fc.assert(fc.asyncProperty(histories, live), { numRuns: RUNS, endOnFailure: true });
      if (process.env.HISTORIES) console.log(`${lives} histories: ${JSON.stringify(seen)}`);
      expect(seen.book).toBeGreaterThan(0);
    },
    RUNS * 30_000,
  );
});

function earlier(a: Date, b: Date | null): Date {
  return b && b < a ? b : a;
}

const FOLLOWED = `
  SELECT s.id FROM stints s JOIN grants g ON g.account_id = s.account_id AND g.stint_id <> s.id AND g.opens_at >= s.ends_at
  WHERE s.account_id = $1 AND s.state = 'ended' AND (
    EXISTS (SELECT FROM delegations d WHERE d.stint_id = s.id AND d.removed_at IS NULL AND d.overridden_at IS NULL)
    OR EXISTS (SELECT FROM reveals r WHERE r.stint_id = s.id AND r.state = 'revealed' AND r.rotated_at IS NULL
      AND r.overridden_at IS NULL))`;

/** Notes which transaction changed which row, underneath the service. */
const WATCH_CHANGES = `
  CREATE TABLE changes (act xid8 NOT NULL, what text NOT NULL, row text NOT NULL, account_id uuid);
  CREATE INDEX ON changes (account_id);
  CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO changes SELECT pg_current_xact_id(), TG_TABLE_NAME, NEW::text, (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    RETURN NULL;
  END $$;
  CREATE TRIGGER note AFTER INSERT OR UPDATE ON stints FOR EACH ROW EXECUTE FUNCTION note_change('account_id');
  CREATE TRIGGER note AFTER INSERT OR UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION note_change('account_id');
  CREATE TRIGGER note AFTER INSERT OR UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION note_change('account_id');
  CREATE TRIGGER note AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION note_change('chain')`;
