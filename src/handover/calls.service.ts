import { Injectable } from '@nestjs/common';
import { lockAccess } from '../credentials/grants.service.js';
import type { Outcome } from '../networks/network.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { Log } from '../platform/log.service.js';
import { lock, type Tx } from '../platform/tx.js';
import type { HandoverAtWork, StepResult } from './handover.js';
import { afterProfileCall, changeResult, isLost, type Part } from './profile.js';
import { ProfileChanges } from './profile-changes.service.js';
import { ProfileLine } from './profile-line.service.js';
import type { StepName } from './steps.js';
import { Steps } from './steps.service.js';

/** Calls that one process makes at once: a network that hangs must leave the queue's other workers free. */
const AT_ONCE = 4;
const OVERTAKEN = { outcome: 'A later change of the profile has taken its place.' };

/** One call about to be made: which attempt of which step, for which part, and what shall be there. */
interface Call {
  step: StepName;
  part: Part;
  attempt: number;
  work: HandoverAtWork;
  /** The text, or for a picture its name in Files. */
  value: string;
}

/**
 * Makes the calls of handovers: marks the step inside, one call outside, settles inside. Apart from the steps that only
 * write rows, so that a slow network delays no handover.
 */
@Injectable()
export class Calls {
  private underWay = 0;

  constructor(
    private readonly db: Db,
    private readonly steps: Steps,
    private readonly changes: ProfileChanges,
    private readonly outside: ProfileLine,
    private readonly log: Log,
  ) {}

  /** Makes the calls of a boundary that are to be made now. Harmless at any time and in any number of processes. */
  async run(boundaryId: string): Promise<void> {
    if (this.underWay >= AT_ONCE) return;
    this.underWay += 1;
    try {
      while (await this.one(boundaryId)) {}
    } finally {
      this.underWay -= 1;
    }
  }

  /** Finds the calls that were not rung, that failed, or whose worker was lost; the sweep. */
  async sweep(): Promise<void> {
    const due = await this.db.query<{ id: string }>(DUE);
    const work = async () => {
      for (let next = due.shift(); next; next = due.shift()) await this.quietly(next.id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  private async quietly(id: string): Promise<void> {
    await this.run(id).catch((error) => this.log.error({ handover: id, error }, 'a call failed; it is made again'));
  }

  /** True when there may be another one to make. */
  private async one(id: string): Promise<boolean> {
    const [boundary] = await this.db.query<{ accountId: string }>(
      'SELECT account_id AS "accountId" FROM boundaries WHERE id = $1 AND done_at IS NULL',
      [id],
    );
    if (!boundary) return false;
    const locks = [lockAccess(boundary.accountId), lock('boundaries', id)];
    const call = await this.db.write(locks, (tx) => this.begin(tx, id));
    if (call === 'none') return false;
    if (call === 'settled') return true;
    const outcome = await this.outside.set(call.work, call.part, call.value);
    return this.db.write(locks, (tx) => this.end(tx, id, call, outcome));
  }

  private async begin(tx: Tx, id: string): Promise<Call | 'none' | 'settled'> {
    const due = await this.steps.toCall(tx, id);
    if (!due) return 'none';
    const { work, step } = due;
    const { overtaken, busy } = await this.changes.inTheWay(tx, work, step.name);
    if (overtaken) return this.finish(tx, work, step.name, OVERTAKEN);
    if (busy) return 'none';
    if (isLost(step)) {
      const why = 'The process that was setting it ended again and again.';
      await this.changes.settle(tx, id, step.name, 'name', { end: 'failed', all: true, why });
    }
    const marked = await this.changes.mark(tx, id, step.name);
    if (!marked) return this.finish(tx, work, step.name);
    return { ...marked, step: step.name, work, value: await this.outside.wanted(tx, work, step.name, marked.part) };
  }

  private async end(tx: Tx, id: string, { step, part, attempt, work }: Call, outcome: Outcome<null>): Promise<boolean> {
    if (!(await this.changes.counts(tx, id, step, attempt))) {
      this.log.warn({ handover: id, step, part, ended: outcome.kind }, 'an answer came too late to count');
      return false;
    }
    const end = afterProfileCall(outcome, attempt, tx);
    await this.changes.settle(tx, id, step, part, end);
    if (end.end === 'again') tx.ring('handover.call', id, end.at);
    tx.ring('handover.resume', work.account.id);
    const open = (await this.changes.rows(tx, id, step)).some(({ settledAt }) => settledAt === null);
    if (!open) await this.finish(tx, work, step);
    return end.end !== 'again';
  }

  private async finish(
    tx: Tx,
    { id, account }: HandoverAtWork,
    step: StepName,
    result?: StepResult,
  ): Promise<'settled'> {
    const did = result ?? changeResult(step, await this.changes.rows(tx, id, step));
    await this.steps.done(tx, id, [{ step, ...did }]);
    tx.ring('handover.resume', account.id);
    return 'settled';
  }
}

const DUE = `
  SELECT s.boundary_id AS id FROM steps s JOIN boundaries b ON b.id = s.boundary_id CROSS JOIN (${CLOCK_SQL}) clock
  WHERE s.calls AND s.state <> 'done' AND s.next_attempt_at <= clock.now AND b.suspended_at IS NULL
    AND (s.lease_until IS NULL OR s.lease_until <= clock.real)
  GROUP BY s.boundary_id ORDER BY min(s.next_attempt_at) LIMIT 100`;
