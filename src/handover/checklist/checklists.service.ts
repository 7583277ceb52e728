import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit.service.js';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { lockAccessShared } from '../../credentials/grants.service.js';
import { Db } from '../../platform/database.service.js';
import { NotAllowed, NotFound } from '../../platform/errors.js';
import type { Tx } from '../../platform/tx.js';
import type { Doer } from './line.js';
import { ChecklistLines } from './lines.service.js';
import { plannedTasks } from './plan.js';
import { isOverdue, type OpenTurn, type Task } from './task.js';

interface MarkRow {
  stintId: string;
  key: string;
  at: Date;
  by: string;
  skippedBecause: string | null;
}

/** What ticks a line, or takes a tick away. */
export interface Tick {
  accountId: string;
  stintId: string;
  key: string;
  doer: Doer;
  by: string;
}

/** The checklists around turns: worked out from the lines and the rota when asked, with a row only for each tick. */
@Injectable()
export class Checklists {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly lines: ChecklistLines,
    private readonly audit: Audit,
  ) {}

  /** Every line of every open turn of an account, in the order in which they are due. */
  async of(account: Account, reader: Pick<Tx, 'query'> = this.db): Promise<Task[]> {
    const turns = await reader.query<OpenTurn>(`${TURNS} AND s.account_id = $1`, [account.id]);
    return this.tasks(reader, account, turns);
  }

  /** A curator's own lines of one turn. Throws NotFound for anybody else. */
  async ofCurator(stintId: string, personId: string): Promise<{ account: Account; turn: OpenTurn; tasks: Task[] }> {
    const [turn] = await this.db.query<OpenTurn>(`${TURNS} AND s.id = $1 AND s.person_id = $2`, [stintId, personId]);
    if (!turn) throw new NotFound('There is no checklist for this turn.');
    const account = await this.accounts.byId(turn.accountId);
    const tasks = await this.tasks(this.db, account, [turn]);
    return { account, turn, tasks: tasks.filter(({ line }) => line.doer === 'curator') };
  }

  /** How a person's own lines stand, by the id of each turn that has a checklist. */
  async openOf(personId: string, now: Date): Promise<Map<string, { all: number; done: number; overdue: number }>> {
    const turns = await this.db.query<OpenTurn>(`${TURNS} AND s.person_id = $1`, [personId]);
    const standing = turns.map(async ({ id }) => {
      const { tasks } = await this.ofCurator(id, personId);
      const done = tasks.filter(({ mark }) => mark).length;
      return [id, { all: tasks.length, done, overdue: tasks.filter((task) => isOverdue(task, now)).length }] as const;
    });
    return new Map(await Promise.all(standing));
  }

  /** How many open lines were due by now. */
  async overdue(account: Account, now: Date, doer: Doer): Promise<number> {
    return (await this.of(account)).filter((task) => isOverdue(task, now) && task.line.doer === doer).length;
  }

  /** Done, or left out with a reason. Doing it twice changes nothing. */
  async mark(tick: Tick, skippedBecause: string | null): Promise<void> {
    await this.settle(tick, skippedBecause ? 'checklist.skipped' : 'checklist.done', skippedBecause, (tx) =>
      tx.query(
        `INSERT INTO checklist_marks (stint_id, key, skipped_because, marked_at, marked_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING key`,
        [tick.stintId, tick.key, skippedBecause, tx.now, tick.by],
      ),
    );
  }

  /** Takes a tick away. */
  async unmark(tick: Tick): Promise<void> {
    await this.settle(tick, 'checklist.undone', null, (tx) =>
      tx.query('DELETE FROM checklist_marks WHERE stint_id = $1 AND key = $2 RETURNING key', [tick.stintId, tick.key]),
    );
  }

  private async settle(
    { accountId, stintId, key, doer, by }: Tick,
    verb: `checklist.${string}`,
    reason: string | null,
    write: (tx: Tx) => Promise<unknown[]>,
  ): Promise<void> {
    await this.db.write([lockAccessShared(accountId)], async (tx) => {
      const [turn] = await tx.query<OpenTurn>(`${TURNS} AND s.id::text = $1 AND s.account_id = $2`, [
        stintId,
        accountId,
      ]);
      if (!turn) throw new NotFound('There is no checklist for this turn any more.');
      if (doer === 'curator' && turn.personId !== by) throw new NotAllowed('This is the checklist of another curator.');
      const lines = await this.lines.of(accountId, tx);
      if (!lines.some((line) => line.key === key && line.doer === doer && !line.off))
        throw new NotFound('This line is no longer on the checklist.');
      if ((await write(tx)).length === 0) return;
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: by },
        verb,
        subject: { kind: 'stint', id: stintId },
        detail: { line: key },
        ...(reason ? { particulars: { reason } } : {}),
      });
    });
  }

  private async tasks(reader: Pick<Tx, 'query'>, account: Account, turns: OpenTurn[]): Promise<Task[]> {
    if (turns.length === 0) return [];
    const lines = (await this.lines.of(account.id, reader)).filter(({ off }) => !off);
    const marks = await reader.query<MarkRow>(MARKS, [turns.map(({ id }) => id)]);
    const tasks = turns.flatMap((turn) =>
      plannedTasks(lines, turn, account.zone).map(({ line, dueAt }): Task => {
        const found = marks.find(({ stintId, key }) => stintId === turn.id && key === line.key);
        return { turn, line, dueAt, mark: found ?? null };
      }),
    );
    return tasks.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  }
}

/** The feedback is the last thing, a fortnight after the end. */
const AFTERWARDS = "interval '30 days'";

const TURNS = `
  SELECT s.id, s.account_id AS "accountId", s.person_id AS "personId", s.state, p.shown_name AS "shownName",
         s.confirmed_at AS "confirmedAt", s.starts_at AS "startsAt", s.ends_at AS "endsAt"
  FROM stints s JOIN persons p ON p.id = s.person_id CROSS JOIN clock_anchor a
  WHERE s.confirmed_at IS NOT NULL
    AND (s.state IN ('confirmed', 'active') OR (s.state = 'ended' AND s.ended_how <> 'no-show'
      AND s.ends_at > a.service_start + (clock_timestamp() - a.anchored_at) * a.speed - ${AFTERWARDS}))`;

const MARKS = `
  SELECT m.stint_id AS "stintId", m.key, m.marked_at AS at, p.name AS by, m.skipped_because AS "skippedBecause"
  FROM checklist_marks m JOIN persons p ON p.id = m.marked_by WHERE m.stint_id = ANY ($1)`;
