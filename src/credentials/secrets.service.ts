import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { Account } from './account.entity.js';
import { HandOver } from './hand-over.service.js';
import { Passwords } from './passwords.service.js';
import { UNROTATED } from './reveals.js';
import { Reveals } from './reveals.service.js';
import { type SecretKind, type SecretVersion, secretTarget } from './secrets.js';
import { Vault } from './vault.service.js';

interface Making {
  kind: SecretKind;
  text: string;
  state: 'proposed' | 'current';
  generated: boolean;
  by: string;
}

/**
 * The secrets of an account, a row for each version. Putting a new one in use destroys the one before: its sealed bytes
 * go, the row stays. Every write must hold `lockAccess`.
 */
@Injectable()
export class Secrets {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly passwords: Passwords,
    private readonly reveals: Reveals,
    private readonly handOver: HandOver,
    private readonly audit: Audit,
  ) {}

  /** The versions in use and proposed. */
  async of(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<SecretVersion[]> {
    return reader.query<SecretVersion>(
      `SELECT id, kind, version, state, made_at AS "madeAt", made_by AS "madeBy", generated FROM secrets
       WHERE account_id = $1 AND state <> 'destroyed' ORDER BY kind, version`,
      [accountId],
    );
  }

  /** Whether there is a password in use. */
  async isKept(accountId: string): Promise<boolean> {
    return (await this.of(accountId)).some(({ kind, state }) => kind === 'password' && state === 'current');
  }

  /** Destroys everything that is kept. Throws Conflict while somebody has seen a password that was not changed. */
  async destroyAll(tx: Tx, account: Account, by: string): Promise<void> {
    const seen = await tx.query(
      `SELECT 1 FROM reveals WHERE account_id = $1 AND state = 'revealed' AND rotated_at IS NULL`,
      [account.id],
    );
    if (seen.length > 0) throw new Conflict('A curator has seen the password. Change it on X first.');
    for (const { id, kind, state } of await this.of(account.id, tx)) {
      await this.destroy(tx, account.id, kind, state === 'proposed' ? 'proposed' : 'current');
      await this.reveals.burn(tx, account.id, id);
      await this.record(tx, account.id, by, 'credential.destroyed', id, { kind });
    }
  }

  /** Seals what a keeper typed in, as what is in use at the network from now on. Throws Invalid for a password that is no change. */
  async put(tx: Tx, account: Account, kind: SecretKind, text: string, by: string): Promise<void> {
    await this.handOver.demandAcceptance(tx, account);
    if (kind === 'password') await this.demandChange(tx, account.id, text);
    if (kind === 'password') await this.withdraw(tx, account.id);
    await this.retire(tx, account.id, kind);
    const id = await this.make(tx, account.id, { kind, text, state: 'current', generated: false, by });
    await this.reveals.lay(tx, account.id);
    await this.record(tx, account.id, by, 'credential.sealed', id, { kind });
  }

  /** Makes the next password and gives it, this once. One that was made before and never used is destroyed. */
  async propose(tx: Tx, account: Account, by: string): Promise<string> {
    await this.handOver.demandAcceptance(tx, account);
    await this.withdraw(tx, account.id);
    const text = this.passwords.make();
    const id = await this.make(tx, account.id, { kind: 'password', text, state: 'proposed', generated: true, by });
    await this.record(tx, account.id, by, 'credential.proposed', id, {});
    return text;
  }

  /** A keeper has changed the password at the network to the proposed one: it is in use, the old one is destroyed. */
  async confirm(tx: Tx, account: Account, id: string, by: string): Promise<void> {
    const proposed = (await this.of(account.id, tx)).find((each) => each.id === id && each.state === 'proposed');
    if (!proposed) throw new Conflict('This password is in use already, or another one was made since.');
    await this.retire(tx, account.id, 'password');
    await tx.query(`UPDATE secrets SET state = 'current' WHERE id = $1`, [id]);
    await this.reveals.lay(tx, account.id);
    await this.record(tx, account.id, by, 'credential.rotated', id, {});
  }

  /**
   * Lets the next turn begin although what was seen in turns that are over was not changed. Whoever has the account now
   * is another matter, at their own end. False when there was nothing to let pass.
   */
  async override(tx: Tx, account: Account, by: string, reason: string): Promise<boolean> {
    const passed = await tx.query<{ secret_id: string; stint_id: string }>(
      `UPDATE reveals r SET overridden_at = $2, overridden_by = $3
       WHERE r.account_id = $1 AND ${UNROTATED}
         AND NOT EXISTS (SELECT FROM grants g WHERE g.stint_id = r.stint_id AND g.closed_at IS NULL AND g.ends_at > $2)
       RETURNING r.secret_id, r.stint_id`,
      [account.id, tx.now, by],
    );
    for (const { secret_id, stint_id } of passed) {
      const detail = { stintId: stint_id };
      await this.record(tx, account.id, by, 'credential.rotation-overridden', secret_id, detail, reason);
    }
    return passed.length > 0;
  }

  /** Destroys the version in use: what was seen of it counts as changed, what was not is burned. */
  private async retire(tx: Tx, accountId: string, kind: SecretKind): Promise<void> {
    const [old] = await this.destroy(tx, accountId, kind, 'current');
    if (!old) return;
    await tx.query(
      `UPDATE reveals SET rotated_at = $2 WHERE secret_id = $1 AND state = 'revealed' AND rotated_at IS NULL`,
      [old.id, tx.now],
    );
    await this.reveals.burn(tx, accountId, old.id);
  }

  private async withdraw(tx: Tx, accountId: string): Promise<void> {
    await this.destroy(tx, accountId, 'password', 'proposed');
  }

  private async destroy(
    tx: Tx,
    accountId: string,
    kind: SecretKind,
    state: 'proposed' | 'current',
  ): Promise<{ id: string }[]> {
    return tx.query<{ id: string }>(
      `UPDATE secrets SET state = 'destroyed', sealed = NULL, destroyed_at = $4
       WHERE account_id = $1 AND kind = $2 AND state = $3 RETURNING id`,
      [accountId, kind, state, tx.now],
    );
  }

  /** The id is chosen first: it is part of what is authenticated. */
  private async make(tx: Tx, accountId: string, { kind, text, state, generated, by }: Making): Promise<string> {
    const id = randomUUID();
    await tx.query(
      `INSERT INTO secrets (id, account_id, kind, version, state, sealed, made_at, made_by, generated)
       SELECT $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8 FROM secrets WHERE account_id = $2 AND kind = $3`,
      [id, accountId, kind, state, this.vault.seal(secretTarget(id, kind), text), tx.now, by, generated],
    );
    return id;
  }

  /** A password that somebody has seen is not changed by typing it in again. */
  private async demandChange(tx: Tx, accountId: string, text: string): Promise<void> {
    const [seen] = await tx.query<{ id: string; sealed: Buffer }>(
      `SELECT s.id, s.sealed FROM secrets s WHERE s.account_id = $1 AND s.kind = 'password' AND s.state = 'current'
         AND EXISTS (SELECT FROM reveals r WHERE r.secret_id = s.id AND r.state = 'revealed' AND r.rotated_at IS NULL)`,
      [accountId],
    );
    if (!seen || !this.holds(seen, text)) return;
    const problem = 'A curator has seen this password. Change it on X first, then enter the new one';
    throw new Invalid(problem, { password: problem });
  }

  /** A value that can no longer be opened must not keep a new one out. */
  private holds({ id, sealed }: { id: string; sealed: Buffer }, text: string): boolean {
    try {
      return this.vault.use(secretTarget(id, 'password'), sealed, (old) => old === text);
    } catch {
      return false;
    }
  }

  private async record(
    tx: Tx,
    accountId: string,
    by: string,
    verb: `credential.${string}`,
    secretId: string,
    detail: Record<string, unknown>,
    reason?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb,
      subject: { kind: 'secret', id: secretId },
      detail,
      ...(reason ? { particulars: { reason } } : {}),
    });
  }
}
