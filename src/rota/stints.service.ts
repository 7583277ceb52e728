import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../audit/entry.js';
import { lockAccessShared } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { type Lock, lock, type Tx } from '../platform/tx.js';
import { Blackouts } from './blackouts.service.js';
import { Stint } from './stint.entity.js';
import { type EndedHow, isLive, moveStint, type StintMove } from './stint.js';

/** A stint with the names that pages and letters need. */
export type StintView = Stint & {
  personName: string;
  /** How the public sees them. */
  shownName: string;
  email: string | null;
  /** Their own line about what they do, from the application; may be empty. */
  role: string;
  /** Their own handle on the network, without the @. */
  personHandle: string | null;
  proposerName: string;
  approverName: string | null;
  accountSlug: string;
  accountHandle: string;
  accountName: string;
  zone: string;
  /** Whom to ask; may be empty. */
  helpContact: string;
};

/** Whose act it is and what else changes with it. */
export interface Change {
  actor: Actor;
  set?: Partial<Stint>;
  /** Kept in the audit log; `reason` is what a person wrote and can be erased. */
  detail?: Record<string, unknown>;
  reason?: string | undefined;
}

type Reader = Pick<Tx, 'query'>;

/** The turns of the rota: reading them, and the one way in which they change. */
@Injectable()
export class Stints {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly blackouts: Blackouts,
  ) {}

  /** Throws NotFound; so it does for a stint of another account when one is given. */
  async byId(id: string, accountId: string | null = null, reader: Reader = this.db): Promise<StintView> {
    const [stint] = await this.select(reader, 's.id = $1 AND ($2::uuid IS NULL OR s.account_id = $2)', [id, accountId]);
    if (!stint) throw new NotFound('There is no such turn on this account.');
    return stint;
  }

  /** Every turn of a person, the latest dates first. */
  async ofPerson(personId: string): Promise<StintView[]> {
    return (await this.select(this.db, 's.person_id = $1', [personId])).reverse();
  }

  /** Every turn that was ever put into a slot, in the order of proposal. */
  async ofSlot(slotId: string): Promise<StintView[]> {
    const stints = await this.select(this.db, 's.slot_id = $1', [slotId]);
    return stints.toSorted((a, b) => a.proposedAt.getTime() - b.proposedAt.getTime());
  }

  /** The turns, in whatever state, that touch `[from, to)`, in order. */
  async between(accountId: string, from: Date, to: Date, reader: Reader = this.db): Promise<StintView[]> {
    return this.select(reader, 's.account_id = $1 AND s.ends_at > $2 AND s.starts_at < $3', [accountId, from, to]);
  }

  /** The confirmed and active turns that touch `[from, to)`, in order. */
  async confirmedOrActive(accountId: string, from: Date, to: Date, reader: Reader = this.db): Promise<StintView[]> {
    const stints = await this.between(accountId, from, to, reader);
    return stints.filter(({ state }) => state === 'confirmed' || state === 'active');
  }

  /** Whose turn it is at an instant by the rota (confirmed or active), by seat; access is another matter. */
  async current(accountId: string, at: Date): Promise<StintView[]> {
    return this.select(
      this.db,
      `s.account_id = $1 AND s.starts_at <= $2 AND $2 < s.ends_at AND s.state IN ('confirmed', 'active')`,
      [accountId, at],
    );
  }

  /** The confirmed turns that start next after an instant, by seat. */
  async next(accountId: string, at: Date): Promise<StintView[]> {
    return this.select(
      this.db,
      `s.state = 'confirmed' AND s.account_id = $1 AND s.starts_at = (SELECT min(starts_at) FROM stints
         WHERE account_id = $1 AND state = 'confirmed' AND starts_at > $2)`,
      [accountId, at],
    );
  }

  /** Confirmed → active, in the transaction of the handover's grant. */
  async begin(tx: Tx, stintId: string): Promise<void> {
    await this.change(tx, stintId, 'start', { actor: { kind: 'system' } });
  }

  /** Active → ended, in the transaction of the handover's close. */
  async end(tx: Tx, stintId: string, how: EndedHow, actor: Actor = { kind: 'system' }, reason?: string): Promise<void> {
    await this.change(tx, stintId, how === 'completed' ? 'complete' : how, { actor, reason });
  }

  /** The locks that a change of a stint outside handover begins with: blackouts and changes do not pass each other. */
  async locks(id: string, accountId: string | null = null): Promise<Lock[]> {
    const stint = await this.byId(id, accountId);
    return [lockAccessShared(stint.accountId), lock('stints', id)];
  }

  /**
   * Makes a move of the state table: saved, audited, its letters' stops brought in line, handover told. Throws
   * Conflict with a sentence when the stint is no longer where the move starts.
   */
  async change(tx: Tx, id: string, move: StintMove, { actor, set = {}, detail, reason }: Change): Promise<StintView> {
    tx.send('SELECT 1 FROM stints WHERE id = $1 FOR UPDATE', [id]);
    const before = await this.byId(id, null, tx);
    const moved = moveStint(before.state, move);
    if (!moved.ok) throw new Conflict(moved.problem);
    const same = Object.keys(set).length === 0;
    if (same) tx.send('UPDATE stints SET state = $2, ended_how = $3 WHERE id = $1', [id, moved.state, moved.endedHow]);
    else await tx.manager.update(Stint, { id }, { ...set, state: moved.state, endedHow: moved.endedHow });
    const after = same ? { ...before, state: moved.state, endedHow: moved.endedHow } : await this.byId(id, null, tx);
    await this.blackouts.settle(tx, after, isLive(after.state));
    await this.record(tx, after, VERBS[move], actor, detail, reason);
    return after;
  }

  /** Audits what was done to a stint and tells handover. */
  async record(
    tx: Tx,
    stint: StintView,
    verb: `stint.${string}`,
    actor: Actor,
    detail: Record<string, unknown> = {},
    reason?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId: stint.accountId,
      actor,
      verb,
      subject: { kind: 'stint', id: stint.id },
      detail: { revision: stint.revision, slotId: stint.slotId, ...detail },
      ...(reason ? { particulars: { personId: stint.personId, reason } } : {}),
    });
    if (!PLANNED_ALREADY.includes(verb)) tx.ring('handover.plan', stint.accountId);
  }

  private select(reader: Reader, where: string, parameters: unknown[]): Promise<StintView[]> {
    return reader.query<StintView>(`${SELECT} WHERE ${where} ORDER BY s.starts_at, s.seat, s.proposed_at`, parameters);
  }
}

/** What handover itself does at a boundary: what comes next was planned when the stint was confirmed. */
const PLANNED_ALREADY = ['stint.started', 'stint.completed'];

const VERBS: Record<StintMove, `stint.${string}`> = {
  approve: 'stint.approved',
  return: 'stint.returned',
  offer: 'stint.offered',
  renew: 'stint.offered-again',
  move: 'stint.moved',
  confirm: 'stint.confirmed',
  decline: 'stint.declined',
  cancel: 'stint.cancelled',
  start: 'stint.started',
  complete: 'stint.completed',
  'cut-short': 'stint.cut-short',
  'no-show': 'stint.marked-no-show',
  shift: 'stint.shifted',
  reinstate: 'stint.given-back',
};

const SELECT = `
  SELECT s.id, s.account_id AS "accountId", s.slot_id AS "slotId", s.seat, s.person_id AS "personId",
         s.application_id AS "applicationId", s.state, s.ended_how AS "endedHow", s.revision,
         s.starts_at AS "startsAt", s.ends_at AS "endsAt", s.proposed_by AS "proposedBy", s.proposed_at AS "proposedAt",
         s.approved_by AS "approvedBy", s.approved_at AS "approvedAt", s.offered_at AS "offeredAt",
         s.answered_at AS "answeredAt", s.confirmed_at AS "confirmedAt", s.agreement_id AS "agreementId", s.reason,
         p.name AS "personName", coalesce(ap.answers ->> 'role', '') AS role, p.shown_name AS "shownName", p.email, p.handle AS "personHandle",
         proposer.name AS "proposerName", approver.name AS "approverName",
         a.slug AS "accountSlug", a.handle AS "accountHandle", a.name AS "accountName", a.zone,
         a.help_contact AS "helpContact"
  FROM stints s JOIN persons p ON p.id = s.person_id JOIN persons proposer ON proposer.id = s.proposed_by
    LEFT JOIN persons approver ON approver.id = s.approved_by JOIN accounts a ON a.id = s.account_id
    LEFT JOIN applications ap ON ap.id = s.application_id`;
