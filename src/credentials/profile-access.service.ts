import { Injectable } from '@nestjs/common';
import type { Access, Keys, Outcome } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { NetworkBudgets } from './network-budgets.service.js';
import { NetworkLimits } from './network-limits.service.js';
import { Vault } from './vault.service.js';

interface Row {
  access_token: Buffer | null;
  access_secret: Buffer | null;
}

/** What an account's profile is set with: whether a keeper has put keys in, and the picture of the house in Files. */
export interface ProfileSetting {
  on: boolean;
  housePicture: string | null;
  putInAt: Date | null;
}

/** The keys by which Baton may set an account's profile (X: the account's OAuth 1.0a tokens), sealed, and its picture. */
@Injectable()
export class ProfileAccess {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly limits: NetworkLimits,
    private readonly budgets: NetworkBudgets,
  ) {}

  async of(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<ProfileSetting> {
    const [row] = await reader.query<ProfileSetting>(
      `SELECT access_token IS NOT NULL AS on, house_picture AS "housePicture", put_in_at AS "putInAt"
       FROM account_profiles WHERE account_id = $1`,
      [accountId],
    );
    return row ?? { on: false, housePicture: null, putInAt: null };
  }

  /** Whether a keeper has switched it on. */
  async isOn(reader: Pick<Tx, 'query'>, accountId: string): Promise<boolean> {
    return (await this.of(accountId, reader)).on;
  }

  /**
   * Runs a call with the keys, or refuses it where there are none any more. Like every other call of the account it is
   * not made while the credits are used up or its endpoint is, and what its answer says of either is kept.
   */
  async use<T>(accountId: string, call: (access: Access) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const [budget, gauge, [row]] = await Promise.all([
      this.budgets.of(accountId),
      this.limits.gauge(accountId),
      this.db.query<Row>('SELECT access_token, access_secret FROM account_profiles WHERE account_id = $1', [accountId]),
    ]);
    if (!row?.access_token || !row.access_secret) {
      return { kind: 'refused', why: 'not-signed-in', detail: 'Setting the profile is switched off.' };
    }
    const stopped = budget.outSince && (await this.budgets.stopped(accountId, budget));
    if (stopped) return stopped;
    const target = targetOf(accountId);
    const token = this.vault.use(target, row.access_token, (text) => text);
    const secret = this.vault.use(target, row.access_secret, (text) => text);
    const answer = await call({ token, secret, gauge });
    // The outcome of the call must not be lost over what it taught.
    if (gauge.answered)
      await Promise.all([gauge.keep(), this.budgets.heed(accountId, answer, budget.outSince !== null)]).catch(
        () => undefined,
      );
    return answer;
  }

  /** Switches it on. The keys are never shown again. */
  async put(tx: Tx, accountId: string, { token, secret }: Keys, by: string): Promise<void> {
    const target = targetOf(accountId);
    await tx.query(
      `INSERT INTO account_profiles (account_id, access_token, access_secret, put_in_at, put_in_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (account_id) DO UPDATE SET access_token = $2, access_secret = $3, put_in_at = $4, put_in_by = $5`,
      [accountId, this.vault.seal(target, token), this.vault.seal(target, secret), tx.now, by],
    );
  }

  /** Switches it off: the keys are gone. */
  async remove(tx: Tx, accountId: string): Promise<void> {
    await tx.query('UPDATE account_profiles SET access_token = NULL, access_secret = NULL WHERE account_id = $1', [
      accountId,
    ]);
  }

  /** The picture that the profile goes back to; null for leaving pictures alone. */
  async keepPicture(tx: Tx, accountId: string, file: string | null): Promise<void> {
    await tx.query(
      `INSERT INTO account_profiles (account_id, house_picture) VALUES ($1, $2)
       ON CONFLICT (account_id) DO UPDATE SET house_picture = $2`,
      [accountId, file],
    );
  }
}

function targetOf(accountId: string) {
  return { purpose: 'profile-key', id: accountId };
}
