import { Injectable } from '@nestjs/common';
import type { Account } from '../../credentials/account.entity.js';
import { type Span, slotsFrom } from '../../credentials/week.js';
import type { Person } from '../../people/person.entity.js';
import type { Tx } from '../../platform/tx.js';
import * as community from './community.js';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** The demonstration's people by their keys. */
export type Cast = Map<string, Person>;

export function castMember(cast: Cast, key: string): Person {
  const person = cast.get(key);
  if (!person) throw new Error(`Nobody is called ${key}`);
  return person;
}

/** The demonstration's applications, slots and stints, and what the handovers before its beginning would have left. */
@Injectable()
export class DemonstrationRota {
  /** Last week's curator, this week's, next week's, an offer, and people in every state of an application. */
  async make(tx: Tx, account: Account, cast: Cast): Promise<void> {
    const [last, current, next, after] = slotsFrom(
      account.zone,
      account.slotPattern,
      new Date(tx.now.getTime() - WEEK_MS),
      4,
    );
    if (!last || !current || !next || !after) throw new Error('The pattern gives no slots');
    await this.stint(tx, account, cast, 'ben', last, 'ended');
    await this.stint(tx, account, cast, 'grace', current, current.startsAt <= tx.now ? 'active' : 'confirmed');
    await this.stint(tx, account, cast, 'maya', next, 'confirmed');
    await this.stint(tx, account, cast, 'tom', after, 'offered');
    await this.application(tx, account, cast, 'sofia', 'accepted');
    await this.application(tx, account, cast, 'huw', 'waiting');
    await this.application(tx, account, cast, 'leila', 'on-hold');
  }

  /** An account that is handed over by X's Delegate feature: somebody is on as a delegate, somebody is next. */
  async makeDelegated(tx: Tx, account: Account, cast: Cast): Promise<void> {
    const [current, next] = slotsFrom(account.zone, account.slotPattern, tx.now, 2);
    if (!current || !next) throw new Error('The pattern gives no slots');
    const on = current.startsAt <= tx.now;
    await this.stint(tx, account, cast, 'sofia', current, on ? 'active' : 'confirmed');
    await this.stint(tx, account, cast, 'leila', next, 'confirmed');
    if (!on) return;
    await tx.query(
      `INSERT INTO delegations (account_id, stint_id, person_id, handle, invited_at, invited_by)
       SELECT account_id, id, person_id, $2, starts_at, $3 FROM stints WHERE account_id = $1 AND state = 'active'`,
      [account.id, castMember(cast, 'sofia').handle, castMember(cast, 'olu').id],
    );
  }

  private async stint(
    tx: Tx,
    account: Account,
    cast: Cast,
    key: string,
    span: Span,
    state: 'ended' | 'active' | 'confirmed' | 'offered',
  ): Promise<void> {
    const application = await this.application(tx, account, cast, key, 'accepted');
    const [slot] = await tx.query<{ id: string }>(
      `INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $2, $3) RETURNING id`,
      [account.id, span.startsAt, span.endsAt],
    );
    const [agreement] = await tx.query<{ id: string }>('SELECT id FROM agreements WHERE account_id = $1', [account.id]);
    const [proposer, approver] = [castMember(cast, 'olu').id, castMember(cast, 'priya').id];
    const before = new Date(Math.min(span.startsAt.getTime(), tx.now.getTime()) - WEEK_MS);
    const confirmed = state !== 'offered';
    const [stint] = await tx.query<{ id: string }>(
      `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, ended_how, starts_at, ends_at, proposed_by,
         proposed_at, approved_by, approved_at, offered_at, answered_at, confirmed_at, agreement_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $10, $12, $12, $13) RETURNING id`,
      [
        ...[account.id, slot?.id, castMember(cast, key).id, application, state, state === 'ended' ? 'completed' : null],
        ...[
          span.startsAt,
          span.endsAt,
          proposer,
          before,
          approver,
          confirmed ? before : null,
          confirmed ? agreement?.id : null,
        ],
      ],
    );
    if (stint && (state === 'ended' || state === 'active'))
      await this.handedOver(tx, account, castMember(cast, key).id, stint.id, span, state);
  }

  /** What an earlier handover would have left: the grant, and the boundaries that are done. */
  private async handedOver(
    tx: Tx,
    account: Account,
    personId: string,
    stintId: string,
    span: Span,
    state: 'ended' | 'active',
  ): Promise<void> {
    await tx.query(
      `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at, closed_at, close_reason)
       VALUES ($1, $2, $3, 1, $4, $5, $6, $7)`,
      [
        account.id,
        stintId,
        personId,
        span.startsAt,
        span.endsAt,
        ...(state === 'ended' ? [span.endsAt, 'handover'] : [null, null]),
      ],
    );
    await this.boundary(tx, account.id, span.startsAt, 'incoming', stintId);
    if (state === 'ended') await this.boundary(tx, account.id, span.endsAt, 'outgoing', stintId);
  }

  private async boundary(
    tx: Tx,
    accountId: string,
    at: Date,
    half: 'incoming' | 'outgoing',
    stintId: string,
  ): Promise<void> {
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO boundaries (account_id, at, ${half}, started_at, done_at, lateness_ms) VALUES ($1, $2, $3, $2, $2, 0) RETURNING id`,
      [accountId, at, [stintId]],
    );
    const names =
      half === 'incoming'
        ? ['grant', 'profile', 'announce', 'welcome']
        : ['close', 'check', 'rotate', 'restore', 'thank'];
    for (const name of names) {
      await tx.query(
        `INSERT INTO steps (boundary_id, name, half, state, outcome, next_attempt_at, done_at) VALUES ($1, $2, $3, 'done', 'Before the demonstration began', $4, $4)`,
        [row?.id, name, half, at],
      );
    }
  }

  private async application(
    tx: Tx,
    account: Account,
    cast: Cast,
    key: string,
    state: 'accepted' | 'waiting' | 'on-hold',
  ): Promise<string> {
    const person = castMember(cast, key);
    const about = community.people[key as keyof typeof community.people];
    const answers = {
      capacity: about.capacity,
      name: about.name,
      role: about.role,
      bio: about.bio,
      topics: about.topics,
      experience: '3',
      weeks: { first: [], second: [], unavailable: [], flexible: true },
    };
    const applied = new Date(tx.now.getTime() - 6 * WEEK_MS);
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO applications (account_id, person_id, state, email, email_key, handle_key, answers, created_at, submitted_at, verified_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8) RETURNING id`,
      [account.id, person.id, state, person.email, person.emailKey, person.handle, JSON.stringify(answers), applied],
    );
    if (!row) throw new Error('No application was made');
    if (state !== 'waiting') {
      await tx.query(
        'INSERT INTO decisions (application_id, verdict, note, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5)',
        [...[row.id, state, 'Made for the demonstration', castMember(cast, 'olu').id, applied]],
      );
    }
    return row.id;
  }
}
