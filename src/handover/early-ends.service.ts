import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccess } from '../credentials/grants.service.js';
import { UNROTATED } from '../credentials/reveals.js';
import { Reveals } from '../credentials/reveals.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import { type Lock, lock, type Tx } from '../platform/tx.js';
import { liveStates } from '../rota/stint.js';
import { Stints, type StintView } from '../rota/stints.service.js';
import { earlyEnd, mayOnTurn, type TurnAct, type TurnFacts } from './bad-day.js';
import { BadDayLetters } from './bad-day-letters.service.js';
import { Delegations, UNPROVEN } from './delegations.service.js';
import { type Half, type StepName, stepsOf } from './steps.js';

/** Ends turns before their time, and gives them back. */
@Injectable()
export class EarlyEnds {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly grants: Grants,
    private readonly delegations: Delegations,
    private readonly reveals: Reveals,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly letters: BadDayLetters,
  ) {}

  /** What the rules ask about a turn. */
  async facts(stintId: string, now: Date, reader: Pick<Tx, 'query'> = this.db): Promise<TurnFacts> {
    const [facts] = await reader.query<TurnFacts>(FACTS, [stintId, now, liveStates]);
    if (!facts) throw new Conflict('There is no such turn any more.');
    return facts;
  }

  /** The locks of every act on one turn, in the order in which rota takes its own. */
  async locks(account: Account, stintId: string): Promise<Lock[]> {
    const { slotId } = await this.stints.byId(stintId, account.id);
    return [lockAccess(account.id), lock('slots', slotId), lock('stints', stintId)];
  }

  /** Throws Conflict with what to do instead when the act cannot be done now. */
  async demand(tx: Tx, act: TurnAct, stintId: string): Promise<TurnFacts> {
    const facts = await this.facts(stintId, tx.now, tx);
    const may = mayOnTurn(act, facts, tx.now);
    if (!may.ok) throw new Conflict(may.problem);
    return facts;
  }

  /** Ends a running turn now and tells everyone concerned. */
  async end(
    account: Account,
    stintId: string,
    how: 'cut-short' | 'no-show',
    reason: string,
    by: string,
  ): Promise<void> {
    await this.db.write(await this.locks(account, stintId), async (tx) => {
      await this.demand(tx, how, stintId);
      const ended = await this.endNow(tx, account, stintId, how, reason, by);
      const told = { key: `${stintId} ${ended.revision}`, act: how, reason, by, curator: ended.shownName };
      await this.letters.team(tx, account, told);
    });
  }

  /** The same inside an act that holds the locks and has seen that the turn runs; the team is told by that act. */
  async endNow(
    tx: Tx,
    account: Account,
    stintId: string,
    how: 'cut-short' | 'no-show',
    reason: string,
    by: string,
  ): Promise<StintView> {
    const before = await this.stints.byId(stintId, account.id, tx);
    await this.grants.close(tx, stintId, how);
    const actor = { kind: 'person', id: by } as const;
    const set = { endsAt: earlyEnd(before.startsAt, tx.now), revision: before.revision + 1 };
    const detail = { plannedEnd: before.endsAt };
    const after = await this.stints.change(tx, stintId, how, { actor, set, detail, reason });
    await this.outbox.withdrawLetters(tx, { kind: 'stint', id: stintId }, 'the turn has ended');
    await this.letters.turn(tx, account, after, how === 'no-show' ? 'turn-no-show' : 'turn-cut-short', reason);
    await this.begin(tx, account.id, 'outgoing', stintId, stepsOf.outgoing);
    return after;
  }

  /** Gives a turn back that was ended early: a new span of access from now; the time between stays nobody's. */
  async reinstate(account: Account, stintId: string, reason: string, by: string): Promise<void> {
    await this.db.write(await this.locks(account, stintId), async (tx) => {
      const { plannedEnd } = await this.demand(tx, 'reinstate', stintId);
      if (!plannedEnd) throw new Conflict('Only a turn that was ended early can be given back.');
      const { revision } = await this.stints.byId(stintId, account.id, tx);
      const actor = { kind: 'person', id: by } as const;
      const set = { endsAt: plannedEnd, revision: revision + 1 };
      await this.outbox.withdrawLetters(tx, { kind: 'stint', id: stintId }, 'the turn goes on');
      const after = await this.stints.change(tx, stintId, 'reinstate', { actor, set, reason });
      const { seat, personId } = after;
      await this.grants.open(tx, {
        accountId: account.id,
        stintId,
        personId,
        seat,
        opensAt: tx.now,
        endsAt: plannedEnd,
      });
      await this.delegations.again(tx, stintId);
      await this.reveals.again(tx, account.id, stintId);
      await this.callOff(tx, account.id, stintId, by);
      await this.letters.turn(tx, account, after, 'turn-goes-on', reason);
      const told = {
        key: `${stintId} ${after.revision}`,
        act: 'reinstate',
        reason,
        by,
        curator: after.shownName,
      } as const;
      await this.letters.team(tx, account, told);
    });
  }

  /** What the early end had left to do is not wanted any more; a profile that was put back is set again. */
  private async callOff(tx: Tx, accountId: string, stintId: string, by: string): Promise<void> {
    const [restored] = await tx.query<{ changed: boolean }>(RESTORED, [accountId, stintId]);
    await tx.query(
      `UPDATE steps s SET state = 'done', outcome = 'Not wanted any more: the turn was given back.', waits_for = NULL,
              done_at = $3, done_by = $4
       FROM boundaries b WHERE b.id = s.boundary_id AND b.account_id = $1 AND b.outgoing = ARRAY[$2]::uuid[] AND s.state = 'waiting'`,
      [accountId, stintId, tx.now, by],
    );
    await tx.query(
      `UPDATE steps s SET by_hand = false FROM boundaries b WHERE b.id = s.boundary_id AND b.account_id = $1
         AND b.outgoing = ARRAY[$2]::uuid[] AND s.name = 'restore' AND s.ticked_at IS NULL`,
      [accountId, stintId],
    );
    if (restored?.changed) await this.begin(tx, accountId, 'incoming', stintId, ['profile']);
    tx.ring('handover.resume', accountId);
  }

  /** Begins these steps of a handover at the first free instant from now on; they go on as they always do. */
  private async begin(
    tx: Tx,
    accountId: string,
    half: Half,
    stintId: string,
    steps: readonly StepName[],
  ): Promise<void> {
    const held = { outgoing: half === 'outgoing' ? [stintId] : [], incoming: half === 'incoming' ? [stintId] : [] };
    const [boundary] = await tx.query<{ id: string }>(BEGIN, [accountId, tx.now, held.outgoing, held.incoming]);
    await tx.query(
      `INSERT INTO steps (boundary_id, name, half, next_attempt_at)
       SELECT $1, name, $4, $3 FROM unnest($2::text[]) AS each (name)`,
      [boundary?.id, steps, tx.now, half],
    );
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'system' },
      verb: 'handover.started',
      subject: { kind: 'handover', id: boundary?.id ?? '' },
      detail: held,
    });
    tx.ring('handover.resume', accountId);
  }
}

/** $1 stint, $2 now, $3 live states. */
const FACTS = `
  SELECT s.state, s.ended_how AS "endedHow", s.ends_at AS "endsAt", l.ends_at AS "slotEndsAt",
    (SELECT g.ends_at FROM grants g WHERE g.stint_id = s.id ORDER BY g.opens_at DESC LIMIT 1) AS "plannedEnd",
    (SELECT count(*)::int FROM messages m WHERE m.stint_id = s.id AND m.channel = 'post'
       AND m.state IN ('sent', 'sending', 'unknown')) AS posts,
    l.kind = 'break' OR EXISTS (SELECT FROM stints o WHERE o.account_id = s.account_id AND o.seat = s.seat AND o.id <> s.id
       AND o.state = ANY ($3) AND (o.slot_id = s.slot_id OR (o.ends_at > $2 AND o.starts_at <
         (SELECT max(g.ends_at) FROM grants g WHERE g.stint_id = s.id)))) AS taken,
    EXISTS (SELECT FROM delegations d JOIN stints o ON o.id = d.stint_id WHERE d.account_id = s.account_id
       AND d.stint_id <> s.id AND ${UNPROVEN} AND (o.state NOT IN ('confirmed', 'active') OR o.ends_at <= $2))
    OR EXISTS (SELECT FROM reveals r JOIN stints o ON o.id = r.stint_id WHERE r.account_id = s.account_id
       AND r.stint_id <> s.id AND ${UNROTATED} AND (o.state NOT IN ('confirmed', 'active') OR o.ends_at <= $2))
    OR EXISTS (SELECT FROM boundaries b JOIN steps p ON p.boundary_id = b.id WHERE b.account_id = s.account_id
       AND b.outgoing <> ARRAY[s.id] AND p.name IN ('close', 'check', 'rotate') AND p.state <> 'done') AS "othersOpen"
  FROM stints s JOIN slots l ON l.id = s.slot_id WHERE s.id = $1`;

/** $1 account, $2 stint. Whether its last early end has put the profile back, or may have. */
const RESTORED = `
  SELECT NOT (s.state = 'waiting' AND NOT s.calls) AND NOT (s.by_hand AND s.ticked_at IS NULL AND NOT s.calls) AS changed
  FROM steps s JOIN boundaries b ON b.id = s.boundary_id
  WHERE b.account_id = $1 AND b.outgoing = ARRAY[$2]::uuid[] AND s.name = 'restore' ORDER BY b.at DESC LIMIT 1`;

/** $1 account, $2 now, $3 outgoing, $4 incoming. A boundary that lies at this very instant keeps its own. */
const BEGIN = `
  INSERT INTO boundaries (account_id, at, outgoing, incoming, started_at, lateness_ms)
  SELECT $1, free.at, $3, $4, $2, 0 FROM (
    SELECT $2::timestamptz + n * interval '1 millisecond' AS at FROM generate_series(0, 999) n) free
  WHERE NOT EXISTS (SELECT FROM boundaries b WHERE b.account_id = $1 AND b.at = free.at) ORDER BY free.at LIMIT 1
  RETURNING id`;
