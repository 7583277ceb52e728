import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { Message } from '../messages/message.entity.js';
import { type ShownMessage, shown } from '../messages/shown.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Delegations } from './delegations.service.js';
import {
  type BoundaryRead,
  lateness,
  readinessOf,
  type StepRead,
  shownSteps,
  standing,
  whoToWhom,
} from './handover-view.js';
import { type Circumstances, QUESTIONS, readinessCells } from './readiness.js';
import { Rotations } from './rotations.service.js';
import { openingsOf, type StepName, stepsOf, type Written } from './steps.js';
import { STILL_OPEN } from './tasks.js';
import { letterKey, Turns } from './turns.service.js';

const COMING = 8;
const PAST = 26;

type Row = Omit<BoundaryRead, 'outgoing' | 'incoming'> & { outgoing: string[]; incoming: string[] };

/** Reads handovers for pages. */
@Injectable()
export class HandoverPages {
  constructor(
    private readonly db: Db,
    private readonly turns: Turns,
    private readonly delegations: Delegations,
    private readonly rotations: Rotations,
  ) {}

  /** What the list shows: the coming handovers with what they still want, and those that are over. */
  async list(account: Account) {
    const stillOpen = await this.stillOpen(account.id);
    const coming = await this.read(`account_id = $1 AND done_at IS NULL ORDER BY at LIMIT ${COMING}`, [account.id]);
    const past = await this.read(`account_id = $1 AND done_at IS NOT NULL ORDER BY at DESC LIMIT ${PAST}`, [
      account.id,
    ]);
    const about = await this.circumstances(account.id, coming);
    const line = (boundary: BoundaryRead) => ({
      href: `/team/${account.slug}/handovers/${boundary.id}`,
      what: whoToWhom(boundary),
      when: dateAndTime(account.zone, boundary.at, { zone: true }),
    });
    return {
      stillOpen: stillOpen.length > 0 ? STILL_OPEN : null,
      coming: coming.map((boundary) => ({
        ...line(boundary),
        running: boundary.startedAt !== null,
        suspended: boundary.suspendedAt !== null,
        cells: readinessCells(account, boundary, about),
      })),
      questions: QUESTIONS,
      past: past.map((boundary) => ({ ...line(boundary), lateness: lateness(boundary.latenessMs) })),
    };
  }

  /** What the page of one handover shows. Throws NotFound. */
  async one(account: Account, id: string, addresses: boolean) {
    const [boundary] = await this.read('account_id = $1 AND b.id::text = $2', [account.id, id]);
    if (!boundary) throw new NotFound('There is no such handover on this account.');
    const steps = await this.steps(boundary);
    const stillOpen = await this.stillOpen(account.id);
    const { before, beside } = await this.deliveries(account, boundary, addresses);
    return {
      what: whoToWhom(boundary),
      when: dateAndTime(account.zone, boundary.at, { zone: true, utc: true }),
      standing: standing(account, boundary, steps),
      stillOpen: stillOpen.length > 0 ? STILL_OPEN : null,
      readiness: boundary.doneAt ? [] : readinessOf(boundary, stillOpen),
      steps: shownSteps(account, steps, beside),
      letters: before,
      id: boundary.id,
      over: boundary.doneAt !== null,
      begun: boundary.startedAt !== null,
      suspended: boundary.suspendedAt !== null,
    };
  }

  /** Throws NotFound for a handover that is not one of this account. */
  async demand(account: Account, id: string): Promise<void> {
    const found = await this.db.query('SELECT 1 FROM boundaries WHERE account_id = $1 AND id::text = $2', [
      account.id,
      id,
    ]);
    if (found.length === 0) throw new NotFound('There is no such handover on this account.');
  }

  private async read(where: string, parameters: unknown[]): Promise<BoundaryRead[]> {
    const rows = await this.db.query<Row>(
      `SELECT b.id, at, started_at AS "startedAt", done_at AS "doneAt", lateness_ms AS "latenessMs", outgoing, incoming,
              suspended_at AS "suspendedAt", suspended_reason AS "suspendedReason", p.name AS "suspendedByName"
       FROM boundaries b LEFT JOIN persons p ON p.id = b.suspended_by WHERE ${where}`,
      parameters,
    );
    const turns = await this.turns.of(this.db, [...new Set(rows.flatMap((row) => [...row.outgoing, ...row.incoming]))]);
    const those = (ids: string[]) => turns.filter(({ id }) => ids.includes(id));
    return rows.map((row) => ({ ...row, outgoing: those(row.outgoing), incoming: those(row.incoming) }));
  }

  private async steps({ id, startedAt, outgoing, incoming }: BoundaryRead): Promise<StepRead[]> {
    const rows: StepRead[] = (await this.db.query<StepRow>(STEPS, [id])).map(({ real, ...step }) => ({
      ...step,
      openings: openingsOf(step, real),
    }));
    const halves = [outgoing.length > 0 && ('outgoing' as const), incoming.length > 0 && ('incoming' as const)];
    return halves
      .filter((half) => half !== false)
      .flatMap((half) => stepsOf[half].map((name) => ({ half, name })))
      .flatMap((step) => rows.find(({ name }) => name === step.name) ?? (startedAt ? [] : [{ ...step, ...TO_COME }]));
  }

  private async stillOpen(accountId: string): Promise<string[]> {
    const { delegates, knowers } = await this.openAccess(accountId);
    return [...delegates, ...knowers.map((name) => `${name} (who has seen the password)`)];
  }

  private async openAccess(accountId: string): Promise<{ delegates: string[]; knowers: string[] }> {
    const open = await this.delegations.open(accountId, await this.db.now());
    const knowers = await this.rotations.knowers(accountId);
    return {
      delegates: open.filter(({ over }) => over).map(({ handle, shownName }) => (handle ? `@${handle}` : shownName)),
      knowers: knowers.map(({ shownName }) => shownName),
    };
  }

  private async circumstances(accountId: string, coming: BoundaryRead[]): Promise<Circumstances> {
    const keys = new Map(
      coming.flatMap(({ incoming }) => incoming.map((turn) => [letterKey(turn, 'access'), turn.id] as const)),
    );
    const rows = await this.db.query<{ key: string; state: string; at: Date }>(
      `SELECT key, state, due_at AS at FROM messages WHERE account_id = $1 AND key = ANY ($2) AND state <> 'withdrawn'`,
      [accountId, [...keys.keys()]],
    );
    const letters = rows.map(({ key, state, at }) => ({ stintId: keys.get(key) ?? '', state, at }));
    return { ...(await this.openAccess(accountId)), letters };
  }

  /** The messages that the steps queued, and the letters before the turn. */
  private async deliveries(account: Account, { id, outgoing, incoming }: BoundaryRead, addresses: boolean) {
    const keys = (template: Parameters<typeof letterKey>[1], turns: BoundaryRead['outgoing']) =>
      turns.map((turn) => letterKey(turn, template));
    const wanted: Partial<Record<StepName | 'before', string[]>> = {
      thank: [...keys('thanks', outgoing), `handover ${id} thanks`],
      announce: [`handover ${id} announce`],
      welcome: keys('welcome', incoming),
      before: [...keys('reminder', incoming), ...keys('access', incoming)],
    };
    const rows = await this.db.manager
      .createQueryBuilder(Message, 'm')
      .where('m.accountId = :account AND m.key IN (:...keys)', {
        account: account.id,
        keys: Object.values(wanted).flat(),
      })
      .orderBy('m.dueAt')
      .getMany();
    const view = { slug: account.slug, handle: account.handle, zone: account.zone, addresses };
    const of = (step: StepName | 'before'): ShownMessage[] =>
      rows.filter(({ key }) => wanted[step]?.includes(key)).map((row) => shown(row, view));
    return { before: of('before'), beside: { thank: of('thank'), announce: of('announce'), welcome: of('welcome') } };
  }
}

type StepRow = Omit<StepRead, 'openings'> & Written & { real: Date };

const STEPS = `
  SELECT s.name, half, state, outcome, waits_for AS "waitsFor", done_at AS "doneAt", attempts,
         next_attempt_at AS "nextAttemptAt", lease_until AS "leaseUntil", overridden_at AS "overriddenAt", reason, calls,
         p.name AS "byName", clock_timestamp() AS real
  FROM steps s LEFT JOIN persons p ON p.id = s.done_by WHERE boundary_id = $1`;

const TO_COME: Omit<StepRead, 'name' | 'half'> = {
  state: 'waiting',
  outcome: null,
  waitsFor: null,
  doneAt: null,
  attempts: 0,
  nextAttemptAt: null,
  leaseUntil: null,
  overriddenAt: null,
  byName: null,
  reason: null,
  openings: { override: false, byHand: false, retry: false },
};
