import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccess } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Changes } from '../rota/changes.service.js';
import { liveStates } from '../rota/stint.js';
import { type Halves, shiftProblem, type Timed } from './instants.js';
import { type TurnRow, Turns } from './turns.service.js';

interface Coming {
  id: string;
  at: Date;
  outgoing: string[];
  incoming: string[];
  begun: boolean;
  suspended: boolean;
}

/** Running a handover early or late: moves its turns first, so that grants always lie inside stints, then lets it run. */
@Injectable()
export class Instants {
  constructor(
    private readonly db: Db,
    private readonly turns: Turns,
    private readonly changes: Changes,
    private readonly grants: Grants,
    private readonly audit: Audit,
  ) {}

  /**
   * Moves a coming handover to another instant; null is now. Throws Conflict when it cannot be moved any more, and
   * Invalid with a sentence for the field `when` when not to that instant.
   */
  async move(account: Account, id: string, wanted: Date | null, reason: string, by: string): Promise<void> {
    await this.db.write([lockAccess(account.id), lock('boundaries', id)], async (tx) => {
      const { at, outgoing, incoming } = await this.coming(tx, account, id);
      const halves = { outgoing: await this.turns.of(tx, outgoing), incoming: await this.turns.of(tx, incoming) };
      demandCurrent(at, halves);
      const to = wanted ?? tx.now;
      const others = await tx.query<Timed>(OTHERS, [account.id, [...outgoing, ...incoming], liveStates]);
      const problem = shiftProblem(at, to, halves, others, tx.now);
      if (problem) throw new Invalid(problem, { when: problem });
      await this.shift(tx, account, halves, to, reason, by);
      await tx.query(RETIME, [id, to, account.id]);
      await this.record(tx, account.id, id, by, { from: at, to }, reason);
      tx.ring('handover.run', id, to > tx.now ? to : null);
    });
  }

  private async coming(tx: Tx, account: Account, id: string): Promise<Coming> {
    const [coming] = await tx.query<Coming>(COMING, [account.id, id]);
    if (!coming) throw new NotFound('There is no such handover on this account.');
    if (coming.begun || coming.at <= tx.now) throw new Conflict('This handover has begun, or is due at this moment.');
    if (coming.suspended) throw new Conflict('This handover is suspended. Resume it first.');
    return coming;
  }

  private async shift(
    tx: Tx,
    account: Account,
    { outgoing, incoming }: Halves<TurnRow>,
    to: Date,
    reason: string,
    by: string,
  ): Promise<void> {
    for (const { id } of outgoing) {
      await this.changes.shiftIn(tx, account, id, { endsAt: to }, reason, by);
      await this.grants.shift(tx, id, to);
    }
    for (const { id } of incoming) await this.changes.shiftIn(tx, account, id, { startsAt: to }, reason, by);
  }

  private async record(tx: Tx, accountId: string, id: string, by: string, detail: object, reason: string) {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb: 'handover.moved',
      subject: { kind: 'handover', id },
      detail: { ...detail },
      particulars: { reason },
    });
  }
}

/** What the handover holds is planned from the rota, which may have changed a moment ago. */
function demandCurrent(at: Date, { outgoing, incoming }: Halves<TurnRow>): void {
  const ends = outgoing.every(({ state, endsAt }) => LIVE.includes(state) && endsAt.getTime() === at.getTime());
  const starts = incoming.every(({ state, startsAt }) => state === 'confirmed' && startsAt.getTime() === at.getTime());
  if (!ends || !starts) throw new Conflict('The rota has changed at this moment. Look at the handover again.');
}

const LIVE: string[] = ['confirmed', 'active'];

const COMING = `
  SELECT id, at, outgoing, incoming, started_at IS NOT NULL AS begun, suspended_at IS NOT NULL AS suspended
  FROM boundaries WHERE account_id = $1 AND id = $2`;

const OTHERS = `
  SELECT s.id, p.shown_name AS "shownName", s.seat, s.starts_at AS "startsAt", s.ends_at AS "endsAt"
  FROM stints s JOIN persons p ON p.id = s.person_id
  WHERE s.account_id = $1 AND s.id <> ALL ($2) AND s.state = ANY ($3)`;

/** Where another handover lies at that instant the plan makes one of the two. */
const RETIME = `
  UPDATE boundaries SET at = $2 WHERE id = $1
    AND NOT EXISTS (SELECT FROM boundaries o WHERE o.account_id = $3 AND o.at = $2 AND o.id <> $1)`;
