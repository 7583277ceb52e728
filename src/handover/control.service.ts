import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Secrets } from '../credentials/secrets.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Delegations } from './delegations.service.js';
import { type Openings, openingsOf, type StepName, type WaitsFor, type Written } from './steps.js';

interface Controlled {
  id: string;
  outgoing: string[];
  startedAt: Date | null;
  doneAt: Date | null;
  suspendedAt: Date | null;
}

/** What people of the team do to a handover: keep it back, let it go on, and settle a step that cannot go on by itself. */
@Injectable()
export class Control {
  constructor(
    private readonly db: Db,
    private readonly delegations: Delegations,
    private readonly secrets: Secrets,
    private readonly audit: Audit,
  ) {}

  /** No step is taken from now on until somebody resumes it. Grants end by themselves all the same. */
  async suspend(account: Account, id: string, reason: string, by: string): Promise<void> {
    await this.act(account, id, async (tx, handover) => {
      if (handover.doneAt) throw new Conflict('This handover is finished, so there is nothing to suspend.');
      if (handover.suspendedAt) throw new Conflict('This handover is suspended already.');
      await tx.query(
        'UPDATE boundaries SET suspended_at = $2, suspended_by = $3, suspended_reason = $4 WHERE id = $1',
        [id, tx.now, by, reason],
      );
      await this.record(tx, account.id, id, by, 'handover.suspended', {}, reason);
    });
  }

  async resume(account: Account, id: string, by: string): Promise<void> {
    await this.act(account, id, async (tx, handover) => {
      if (!handover.suspendedAt) throw new Conflict('This handover is not suspended.');
      await tx.query(
        'UPDATE boundaries SET suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL WHERE id = $1',
        [id],
      );
      await this.record(tx, account.id, id, by, 'handover.resumed');
    });
  }

  /**
   * A keeper lets a step pass that waits for a proof: access given outside Baton may still be open, and the pages go on
   * saying so until it is proven.
   */
  async override(account: Account, id: string, step: StepName, reason: string, by: string): Promise<void> {
    await this.settle(account, id, step, 'override', async (tx, { outgoing }) => {
      if (step === 'check') await this.delegations.override(tx, outgoing, by);
      if (step === 'rotate') await this.secrets.override(tx, account, by, reason);
      await tx.query(
        'UPDATE steps SET overridden_at = $3, done_by = $4, reason = $5 WHERE boundary_id = $1 AND name = $2',
        [id, step, tx.now, by, reason],
      );
      await this.record(tx, account.id, id, by, 'handover.overridden', { step }, reason);
    });
  }

  /** Somebody has done themselves what a step was to do. */
  async byHand(account: Account, id: string, step: StepName, reason: string, by: string): Promise<void> {
    await this.settle(account, id, step, 'byHand', async (tx) => {
      await tx.query(
        `UPDATE steps SET state = 'done', outcome = 'Done by hand.', done_at = $3, done_by = $4, reason = $5,
                waits_for = NULL, lease_until = NULL WHERE boundary_id = $1 AND name = $2`,
        [id, step, tx.now, by, reason],
      );
      await this.record(tx, account.id, id, by, 'handover.done-by-hand', { step }, reason);
    });
  }

  /** Tries a failed step again now instead of at its time. */
  async retry(account: Account, id: string, step: StepName, by: string): Promise<void> {
    await this.settle(account, id, step, 'retry', async (tx) => {
      await tx.query('UPDATE steps SET next_attempt_at = $3 WHERE boundary_id = $1 AND name = $2', [id, step, tx.now]);
      await this.record(tx, account.id, id, by, 'handover.retried', { step });
    });
  }

  private async settle(
    account: Account,
    id: string,
    name: StepName,
    opening: keyof Openings,
    work: (tx: Tx, handover: Controlled) => Promise<void>,
  ): Promise<void> {
    await this.act(account, id, async (tx, handover) => {
      const [step] = await tx.query<Written & { waitsFor: WaitsFor | null }>(STEP, [id, name]);
      if (!step) throw new NotFound('There is no such step in this handover.');
      if (!openingsOf(step, tx.real)[opening]) throw new Conflict(REFUSED[opening]);
      await work(tx, handover);
    });
  }

  private async act(account: Account, id: string, work: (tx: Tx, handover: Controlled) => Promise<void>) {
    await this.db.write([lockAccess(account.id), lock('boundaries', id)], async (tx) => {
      const [handover] = await tx.query<Controlled>(HANDOVER, [account.id, id]);
      if (!handover) throw new NotFound('There is no such handover on this account.');
      await work(tx, handover);
      tx.ring('handover.resume', account.id);
    });
  }

  private async record(
    tx: Tx,
    accountId: string,
    id: string,
    by: string,
    verb: `handover.${string}`,
    detail = {},
    reason?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb,
      subject: { kind: 'handover', id },
      detail,
      ...(reason ? { particulars: { reason } } : {}),
    });
  }
}

const REFUSED: Record<keyof Openings, string> = {
  override: 'This step does not wait for a proof any more.',
  byHand: 'This step is done, or a worker is at it at this moment. Look at the handover again.',
  retry: 'This step has not failed, or a worker is at it at this moment. Look at the handover again.',
};

const HANDOVER = `
  SELECT id, outgoing, started_at AS "startedAt", done_at AS "doneAt", suspended_at AS "suspendedAt"
  FROM boundaries WHERE account_id = $1 AND id = $2`;

const STEP = `
  SELECT name, state, attempts, next_attempt_at AS "nextAttemptAt", lease_until AS "leaseUntil", waits_for AS "waitsFor", calls
  FROM steps WHERE boundary_id = $1 AND name = $2`;
