import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { UNROTATED } from '../credentials/reveals.js';
import type { Tx } from '../platform/tx.js';
import { heldAt } from './boundaries.js';
import { UNPROVEN } from './delegations.service.js';
import { BY_CALLS, type HandoverAtWork, type StepResult } from './handover.js';
import { IncomingHalf } from './incoming.service.js';
import { OutgoingHalf } from './outgoing.service.js';
import { startedOf } from './planning.service.js';
import { ProfileChanges } from './profile-changes.service.js';
import { type Facts, type Half, nextMove, type StepName, stepsOf, type WaitsFor, type Written } from './steps.js';
import { Turns } from './turns.service.js';

/** How long until a sweep looks again at what waits for a person; their act rings at once. Service time. */
const LOOK_AGAIN_MS = 30_000;

/** Steps that change stints and grants, after which they are read again. */
const CHANGES_STINTS: readonly StepName[] = ['close', 'grant'];
/** Steps that the account's rows may keep waiting. */
const ASKS_FACTS: readonly StepName[] = ['check', 'rotate', 'grant'];
/** Steps that say something to somebody, so that doing them twice would be heard. */
const SPEAKS: readonly StepName[] = ['thank', 'announce', 'welcome'];
const NOT_REPEATED = 'Nothing was sent: this may have been done before the database was restored.';

/** What a step did. */
type Settled = StepResult & { step: StepName };

interface BoundaryRow {
  id: string;
  accountId: string;
  at: Date;
  outgoing: string[];
  incoming: string[];
  startedAt: Date | null;
  doneAt: Date | null;
  suspended: boolean;
  mayHaveRun: boolean;
}

/** Takes the steps of one boundary. The transaction holds the account's access and the boundary's row. */
@Injectable()
export class Steps {
  constructor(
    private readonly turns: Turns,
    private readonly outgoing: OutgoingHalf,
    private readonly incoming: IncomingHalf,
    private readonly profileChanges: ProfileChanges,
    private readonly audit: Audit,
    private readonly accounts: Accounts,
  ) {}

  /** Begins a boundary that is due: settles whom it holds and writes its steps. Nothing is left of one that holds nobody. */
  async begin(tx: Tx, id: string, accountId: string): Promise<void> {
    const [[boundary], turns] = await Promise.all([
      tx.query<BoundaryRow>(BOUNDARY, [id]),
      this.turns.live(tx, accountId),
    ]);
    if (!boundary || boundary.startedAt || boundary.suspended || boundary.at > tx.now) return;
    const started = await startedOf(tx, boundary.accountId, turns);
    const { outgoing, incoming } = heldAt(boundary, turns, started, tx.now);
    if (outgoing.length + incoming.length > 0) await this.start(tx, { ...boundary, outgoing, incoming });
    else await tx.query('DELETE FROM boundaries WHERE id = $1', [id]);
  }

  /**
   * Takes every step that can be taken now, telling each before; notes what the others wait for, or finishes. `singly`
   * waits for each to its end, so that the step that was told last is the one that fails.
   */
  async take(tx: Tx, id: string, begun: (step: StepName) => void, singly = false): Promise<void> {
    const [boundary, written, known] = await this.read(tx, id);
    if (!boundary?.startedAt || boundary.doneAt) return;
    const results: Settled[] = [];
    let [facts, work]: [Facts | null, HandoverAtWork | null] = [known, null];
    for (;;) {
      facts ??= await this.facts(tx, id);
      const move = nextMove(written, facts, tx.now, tx.real);
      if (move.act !== 'run') await this.done(tx, id, results);
      if (move.act === 'finish') return this.finish(tx, boundary);
      if (move.act === 'call') tx.ring('handover.call', id);
      if (move.act !== 'run') return this.note(tx, id, move.for);
      begun(move.step);
      work ??= await this.atWork(tx, boundary);
      const result = await this.perform(tx, work, move.step);
      if (singly) await tx.settled();
      if (result === BY_CALLS) await this.profileChanges.plan(tx, work, move.step);
      else results.push({ step: move.step, ...result });
      for (const step of written) if (step.name === move.step) settle(step, result);
      if (!CHANGES_STINTS.includes(move.step)) continue;
      if (written.some(({ name, state }) => ASKS_FACTS.includes(name) && state !== 'done')) facts = null;
      work = await this.atWork(tx, boundary, work.account);
    }
  }

  /** The step whose call is to be made next, with what it works on; null when none is to be made now. */
  async toCall(tx: Tx, id: string): Promise<{ step: Written; work: HandoverAtWork } | null> {
    const [boundary, written, facts] = await this.read(tx, id);
    if (!boundary?.startedAt || boundary.doneAt) return null;
    const move = nextMove(written, facts, tx.now, tx.real);
    if (move.act !== 'call') return null;
    const step = written.find(({ name }) => name === move.step);
    return step ? { step, work: await this.atWork(tx, boundary) } : null;
  }

  private async start(tx: Tx, boundary: BoundaryRow): Promise<void> {
    const { id, at, outgoing, incoming } = boundary;
    tx.send(
      `UPDATE boundaries SET started_at = $2, outgoing = $3, incoming = $4, lateness_ms = least($5::bigint, 2147483647)
       WHERE id = $1`,
      [id, tx.now, outgoing, incoming, tx.now.getTime() - at.getTime()],
    );
    const halves: Half[] = [
      ...(outgoing.length > 0 ? ['outgoing' as const] : []),
      ...(incoming.length > 0 ? ['incoming' as const] : []),
    ];
    const steps = halves.flatMap((half) => stepsOf[half].map((name) => ({ name, half })));
    tx.send(
      `INSERT INTO steps (boundary_id, name, half, next_attempt_at)
       SELECT $1, name, half, $3 FROM json_to_recordset($2) AS each (name text, half text)`,
      [id, JSON.stringify(steps), tx.now],
    );
    await this.record(tx, boundary, 'handover.started', { outgoing, incoming });
  }

  private async read(tx: Tx, id: string): Promise<[BoundaryRow | undefined, Written[], Facts]> {
    const [[boundary], written, facts] = await Promise.all([
      tx.query<BoundaryRow>(BOUNDARY, [id]),
      tx.query<Written>(WRITTEN, [id]),
      this.facts(tx, id),
    ]);
    return [boundary, written, facts];
  }

  private async facts(tx: Tx, id: string): Promise<Facts> {
    const [facts] = await tx.query<Facts>(FACTS, [id, tx.now]);
    return facts ?? { suspended: true, unproven: true, unrotated: true, unclear: true };
  }

  private async atWork(
    tx: Tx,
    { id, accountId, outgoing, incoming, mayHaveRun }: BoundaryRow,
    account?: Account,
  ): Promise<HandoverAtWork> {
    const [turns, known] = await Promise.all([
      this.turns.of(tx, [...outgoing, ...incoming]),
      account ?? this.accounts.byId(accountId, tx),
    ]);
    return {
      id,
      mayHaveRun,
      account: known,
      outgoing: turns.filter((turn) => outgoing.includes(turn.id)),
      incoming: turns.filter((turn) => incoming.includes(turn.id)),
    };
  }

  private async perform(tx: Tx, work: HandoverAtWork, step: StepName): Promise<StepResult | typeof BY_CALLS> {
    if (work.mayHaveRun && SPEAKS.includes(step)) return { outcome: NOT_REPEATED, byHand: step !== 'welcome' };
    const steps: Record<StepName, () => Promise<StepResult | typeof BY_CALLS>> = {
      close: () => this.outgoing.close(tx, work),
      check: () => this.outgoing.check(tx, work),
      rotate: () => this.outgoing.rotate(tx, work),
      restore: () => this.outgoing.restore(tx, work),
      thank: () => this.outgoing.thank(tx, work),
      grant: () => this.incoming.grant(tx, work),
      profile: () => this.incoming.profile(tx, work),
      announce: () => this.incoming.announce(tx, work),
      welcome: () => this.incoming.welcome(tx, work),
    };
    return steps[step]();
  }

  /** Settles steps as done. */
  async done(tx: Tx, id: string, results: Settled[]): Promise<void> {
    if (results.length === 0) return;
    tx.send(
      `UPDATE steps s SET state = 'done', outcome = r.outcome, by_hand = coalesce(r."byHand", false), done_at = $3,
              waits_for = NULL, lease_until = NULL
       FROM json_to_recordset($2) AS r (step text, outcome text, "byHand" boolean)
       WHERE s.boundary_id = $1 AND s.name = r.step`,
      [id, JSON.stringify(results), tx.now],
    );
  }

  private async note(tx: Tx, id: string, waits: { step: StepName; waitsFor: WaitsFor }[]): Promise<void> {
    tx.send(
      `UPDATE steps s SET waits_for = (SELECT w."waitsFor" FROM json_to_recordset($2) AS w (step text, "waitsFor" text) WHERE w.step = s.name),
              next_attempt_at = CASE WHEN attempts = 0 AND NOT calls THEN $3 ELSE next_attempt_at END
       WHERE boundary_id = $1 AND state <> 'done'`,
      [id, JSON.stringify(waits), new Date(tx.now.getTime() + LOOK_AGAIN_MS)],
    );
  }

  private async finish(tx: Tx, boundary: BoundaryRow): Promise<void> {
    tx.send('UPDATE boundaries SET done_at = $2 WHERE id = $1', [boundary.id, tx.now]);
    await this.record(tx, boundary, 'handover.finished');
  }

  private async record(tx: Tx, { id, accountId }: BoundaryRow, verb: `handover.${string}`, detail = {}): Promise<void> {
    const subject = { kind: 'handover', id };
    await this.audit.record(tx, { accountId, actor: { kind: 'system' }, verb, subject, detail });
  }
}

function settle(step: Written, result: StepResult | typeof BY_CALLS): void {
  if (result === BY_CALLS) step.calls = true;
  else step.state = 'done';
}

const BOUNDARY = `
  SELECT id, account_id AS "accountId", at, outgoing, incoming, started_at AS "startedAt", done_at AS "doneAt",
         suspended_at IS NOT NULL AS suspended, may_have_run AS "mayHaveRun"
  FROM boundaries WHERE id = $1`;

const WRITTEN = `
  SELECT name, state, attempts, next_attempt_at AS "nextAttemptAt", lease_until AS "leaseUntil", calls
  FROM steps WHERE boundary_id = $1`;

/** $1 the boundary, $2 now. */
const FACTS = `
  SELECT me.suspended_at IS NOT NULL AS suspended,
    EXISTS (SELECT FROM delegations d WHERE d.stint_id = ANY (me.outgoing) AND ${UNPROVEN}) AS unproven,
    EXISTS (SELECT FROM reveals r WHERE r.stint_id = ANY (me.outgoing) AND ${UNROTATED}) AS unrotated,
    EXISTS (SELECT FROM grants WHERE account_id = me.account_id AND closed_at IS NULL AND ends_at <= $2)
    OR EXISTS (SELECT FROM delegations d JOIN stints s ON s.id = d.stint_id
               WHERE d.account_id = me.account_id AND ${UNPROVEN} AND (s.state NOT IN ('confirmed', 'active') OR s.ends_at <= $2))
    OR EXISTS (SELECT FROM reveals r JOIN stints s ON s.id = r.stint_id
               WHERE r.account_id = me.account_id AND ${UNROTATED} AND (s.state NOT IN ('confirmed', 'active') OR s.ends_at <= $2))
    OR EXISTS (SELECT FROM boundaries b WHERE b.account_id = me.account_id AND b.at < me.at AND b.id <> me.id AND b.done_at IS NULL
               AND b.outgoing <> '{}' AND (b.started_at IS NULL OR EXISTS (SELECT FROM steps s
                 WHERE s.boundary_id = b.id AND s.name IN ('close', 'check', 'rotate') AND s.state <> 'done')))
    AS unclear
  FROM boundaries me WHERE me.id = $1`;
