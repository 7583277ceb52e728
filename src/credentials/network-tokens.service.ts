import { Injectable } from '@nestjs/common';
import type { Access, Tokens as NetworkTokenSet, Outcome } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { Accounts } from './accounts.service.js';
import { Vault } from './vault.service.js';

const SPARE_MS = 5 * 60_000;

interface TokenRow {
  account_id: string;
  state: 'connected' | 'disconnected';
  reason: string | null;
  access_token: Buffer;
  refresh_token: Buffer;
  expires_at: Date;
}

/**
 * The account's OAuth 2.0 tokens. X's refresh tokens are single-use and a spent one kills the family, so one
 * transaction takes the row's lock, reads again, refreshes only if still stale and stores before use.
 */
@Injectable()
export class NetworkTokens {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly networks: Networks,
    private readonly accounts: Accounts,
  ) {}

  /** Runs a call with a live access token, or says why there is none. Never refreshes on a refusal of the call. */
  async use<T>(accountId: string, call: (access: Access) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const row = await this.fresh(accountId);
    if ('kind' in row) return row;
    return call(this.accessOf(row));
  }

  /**
   * The access of an account whose token needs no refresh for some minutes, or null: for a call that is to follow the
   * commit of its intent at once, with nothing between at which a process could end.
   */
  async ready(tx: Tx, accountId: string): Promise<Access | null> {
    const [row] = await tx.query<TokenRow>(
      `SELECT * FROM network_tokens WHERE account_id = $1 AND state = 'connected' AND expires_at > $2`,
      [accountId, new Date(tx.real.getTime() + SPARE_MS)],
    );
    return row ? this.accessOf(row) : null;
  }

  /** Stores what a connection gave. A reconnect without a refresh token keeps the stored one. */
  async store(tx: Tx, accountId: string, tokens: NetworkTokenSet): Promise<void> {
    const target = { purpose: 'network-token', id: accountId };
    const refresh = tokens.refreshToken ? this.vault.seal(target, tokens.refreshToken) : null;
    await tx.query(
      `INSERT INTO network_tokens (account_id, state, access_token, refresh_token, expires_at, scopes, refreshed_at, connected_at)
       VALUES ($1, 'connected', $2, coalesce($3, ''::bytea), $4, $5, $6, $6)
       ON CONFLICT (account_id) DO UPDATE SET state = 'connected', reason = NULL, access_token = $2,
         refresh_token = coalesce($3, network_tokens.refresh_token), expires_at = $4, scopes = $5, refreshed_at = $6`,
      [
        accountId,
        this.vault.seal(target, tokens.accessToken),
        refresh,
        new Date(tx.real.getTime() + tokens.expiresInSeconds * 1000),
        tokens.scopes,
        tx.real,
      ],
    );
  }

  private accessOf({ account_id: id, access_token: sealed }: TokenRow): Access {
    return this.vault.use({ purpose: 'network-token', id }, sealed, (token) => ({ token }));
  }

  private async fresh(accountId: string): Promise<TokenRow | Outcome<never>> {
    const [row] = await this.db.query<TokenRow & { real: Date }>(
      'SELECT *, clock_timestamp() AS real FROM network_tokens WHERE account_id = $1',
      [accountId],
    );
    if (!row || row.state === 'disconnected') {
      return { kind: 'later', at: null, why: 'unavailable', detail: row?.reason ?? 'The account is not connected.' };
    }
    if (row.expires_at.getTime() - row.real.getTime() > SPARE_MS) return row;
    return this.db.write([lock('network_tokens', accountId, 'account_id')], (tx) => this.refresh(tx, accountId));
  }

  private async refresh(tx: Tx, accountId: string): Promise<TokenRow | Outcome<never>> {
    const [row] = await tx.query<TokenRow>('SELECT * FROM network_tokens WHERE account_id = $1', [accountId]);
    if (!row) throw new Error('The token row has gone');
    if (row.expires_at.getTime() - tx.real.getTime() > SPARE_MS) return row;
    const account = await this.accounts.byId(accountId, tx.manager);
    const target = { purpose: 'network-token', id: accountId };
    const refreshToken = this.vault.use(target, row.refresh_token, (text) => text);
    const outcome = await this.networks.for(account.network).refresh(refreshToken);
    if (outcome.kind === 'done') {
      await this.store(tx, accountId, outcome.value);
      const [stored] = await tx.query<TokenRow>('SELECT * FROM network_tokens WHERE account_id = $1', [accountId]);
      if (stored) return stored;
    }
    if (outcome.kind === 'refused' && outcome.why === 'not-signed-in') {
      await tx.query(`UPDATE network_tokens SET state = 'disconnected', reason = $2 WHERE account_id = $1`, [
        accountId,
        outcome.detail,
      ]);
    }
    return { kind: 'later', at: null, why: 'unavailable', detail: 'detail' in outcome ? outcome.detail : 'No token.' };
  }
}
