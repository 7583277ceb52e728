import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Secrets } from '../credentials/secrets.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { lock } from '../platform/tx.js';
import { Delegations } from './delegations.service.js';
import { Rotations } from './rotations.service.js';
import type { Half, StepName } from './steps.js';
import { type LeftByHand, type Task, tasksOf } from './tasks.js';
import { Turns } from './turns.service.js';

interface LeftRow {
  handoverId: string;
  step: StepName;
  half: Half;
  outgoing: string[];
  incoming: string[];
}

/** What only people can do for an account: derived from the rows each time that it is asked. */
@Injectable()
export class Tasks {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly delegations: Delegations,
    private readonly rotations: Rotations,
    private readonly secrets: Secrets,
    private readonly audit: Audit,
  ) {}

  /** The account's tasks, the most pressing first. */
  async of(accountId: string): Promise<Task[]> {
    const account = await this.accounts.byId(accountId);
    const delegations = await this.delegations.open(accountId, await this.db.now());
    const knowers = await this.rotations.knowers(accountId);
    const missing = account.handOverBy === 'sealed' && !(await this.secrets.isKept(accountId));
    const [held] = await this.db.query<{ count: number }>(HELD, [accountId]);
    return tasksOf(account, delegations, await this.left(accountId), held?.count ?? 0, { knowers, missing });
  }

  /** A person says that what a step left for them is done. */
  async tick(accountId: string, handoverId: string, step: StepName, by: string): Promise<void> {
    await this.db.write([lock('boundaries', handoverId)], async (tx) => {
      const ticked = await tx.query(
        `UPDATE steps s SET ticked_at = $4, ticked_by = $5 FROM boundaries b
         WHERE b.id = s.boundary_id AND b.account_id = $1 AND b.id = $2 AND s.name = $3 AND s.by_hand AND s.ticked_at IS NULL
         RETURNING s.name`,
        [accountId, handoverId, step, tx.now, by],
      );
      if (ticked.length === 0) throw new NotFound('This task is done already, or there was none.');
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: by },
        verb: 'task.ticked',
        subject: { kind: 'handover', id: handoverId },
        detail: { step },
      });
    });
  }

  private async left(accountId: string): Promise<LeftByHand[]> {
    const rows = await this.db.query<LeftRow>(LEFT, [accountId]);
    return Promise.all(
      rows.map(async ({ handoverId, step, half, ...stints }) => ({
        handoverId,
        step,
        turns: await this.turns.of(this.db, stints[half]),
      })),
    );
  }
}

/**
 * Of steps `s` of boundaries `b`: a person has to do it still. Of those that set the profile only the latest counts; what is
 * said of whoever comes in counts while they are on.
 */
export const BY_HAND_LEFT = `s.by_hand AND s.ticked_at IS NULL
    AND NOT (s.name IN ('restore', 'profile') AND EXISTS (
      SELECT FROM steps t JOIN boundaries c ON c.id = t.boundary_id
      WHERE c.account_id = b.account_id AND (t.by_hand OR t.calls) AND t.name IN ('restore', 'profile') AND t.done_at > s.done_at))
    AND (s.half = 'outgoing' OR EXISTS (SELECT FROM stints i WHERE i.id = ANY (b.incoming) AND i.state = 'active'))`;

const LEFT = `
  SELECT b.id AS "handoverId", s.name AS step, s.half, b.outgoing, b.incoming
  FROM steps s JOIN boundaries b ON b.id = s.boundary_id
  WHERE b.account_id = $1 AND ${BY_HAND_LEFT}
  ORDER BY b.at, s.done_at`;

const HELD = `
  SELECT count(*)::int FROM messages m JOIN stints s ON s.id = m.stint_id
  WHERE m.account_id = $1 AND m.channel = 'post' AND m.state = 'held' AND s.state = 'ended'`;
