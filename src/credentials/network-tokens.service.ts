import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Access, Keys, NetworkName, Tokens as NetworkTokenSet, Outcome } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { afterEvent, type ConnectionEvent, nextForCall, type Standing, usable } from './connection.js';
import { NetworkBudgets } from './network-budgets.service.js';
import { type KeptGauge, NetworkLimits } from './network-limits.service.js';
import { Vault } from './vault.service.js';

/** How long a call waits for the process that refreshes, and how often it looks. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 100;
/** How often a store is tried again: a refresh token cannot be asked for twice. */
const STORES = 6;

interface TokenRow extends Standing {
  accountId: string;
  network: NetworkName;
  method: 'oauth2' | 'oauth1';
  reason: string | null;
  accessToken: Buffer;
  accessSecret: Buffer | null;
  refreshToken: Buffer;
  goodAt: Date | null;
  real: Date;
}

/** Who was connected, and by whom. */
export interface ConnectedAs {
  userId: string;
  handle: string;
  by: string;
}

/** Makes a call with access that is at hand. */
export type Use = <T>(call: (access: Access) => Promise<Outcome<T>>) => Promise<Outcome<T>>;

type Not = Exclude<Outcome<never>, { kind: 'done' }>;

/**
 * The account's access to its network. X's refresh tokens are single-use and a spent one kills the family: one process
 * takes the right to refresh by a lease in the row, asks, and stores before anybody uses; the others wait for it.
 */
@Injectable()
export class NetworkTokens {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly networks: Networks,
    private readonly limits: NetworkLimits,
    private readonly budgets: NetworkBudgets,
  ) {}

  /**
   * Runs a call with live access, or says why there is none. What the network refuses for want of credits stops all
   * calls; what it refuses as not signed in is renewed before the next call. Never refreshes on any other refusal.
   */
  async use<T>(accountId: string, call: (access: Access) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const [budget, gauge, row] = await Promise.all([
      this.budgets.of(accountId),
      this.limits.gauge(accountId),
      this.fresh(accountId),
    ]);
    if ('kind' in row) return row;
    const stopped = budget.outSince && (await this.budgets.stopped(accountId, budget));
    if (stopped) return stopped;
    return this.call(row, gauge, budget.outSince !== null, call);
  }

  /**
   * The same for a call that is to follow the commit of its intent at once, with nothing between at which a process
   * could end; null where there is no access without a refresh.
   */
  async ready(tx: Tx, accountId: string): Promise<Use | null> {
    const [budget, gauge, row] = await Promise.all([
      this.budgets.of(accountId, tx),
      this.limits.gauge(accountId, tx),
      this.read(tx, accountId),
    ]);
    if (!row || nextForCall(row, tx.real) !== 'use') return null;
    return (call) => this.call(row, gauge, budget.outSince !== null, call);
  }

  /** Stores what a connection gave. A reconnect without a refresh token keeps the stored one. */
  async store(tx: Tx, accountId: string, tokens: NetworkTokenSet, as: ConnectedAs | null = null): Promise<void> {
    const refresh = tokens.refreshToken ? this.sealed(accountId, tokens.refreshToken) : null;
    const expiresAt = new Date(tx.real.getTime() + tokens.expiresInSeconds * 1000);
    await tx.query(
      `INSERT INTO network_tokens (account_id, state, access_token, refresh_token, expires_at, scopes, refreshed_at, connected_at,
         user_id, handle, connected_by)
       VALUES ($1, 'connected', $2, coalesce($3, ''::bytea), $4, $5, $6, $6, $7, $8, $9)
       ON CONFLICT (account_id) DO UPDATE SET state = 'connected', reason = NULL, why = NULL, method = 'oauth2', access_token = $2,
         access_secret = NULL, refresh_token = coalesce($3, network_tokens.refresh_token), expires_at = $4, scopes = $5,
         refreshed_at = $6, connected_at = $6, user_id = $7, handle = $8, connected_by = $9,
         refreshing_until = NULL, unanswered_since = NULL, refused_since = NULL`,
      [
        ...[accountId, this.sealed(accountId, tokens.accessToken), refresh, expiresAt, tokens.scopes, tx.real],
        ...[as?.userId ?? null, as?.handle ?? null, as?.by ?? null],
      ],
    );
  }

  /** Stores keys of OAuth 1.0a, which sign every call and never end. */
  async storeKeys(tx: Tx, accountId: string, keys: Keys, as: ConnectedAs) {
    await tx.query(
      `INSERT INTO network_tokens (account_id, state, method, access_token, access_secret, refresh_token, scopes, refreshed_at,
         connected_at, user_id, handle, connected_by)
       VALUES ($1, 'connected', 'oauth1', $2, $3, ''::bytea, '{}', $4, $4, $5, $6, $7)
       ON CONFLICT (account_id) DO UPDATE SET state = 'connected', reason = NULL, why = NULL, method = 'oauth1', access_token = $2,
         access_secret = $3, expires_at = NULL, scopes = '{}', refreshed_at = $4, connected_at = $4, user_id = $5, handle = $6,
         connected_by = $7, refreshing_until = NULL, unanswered_since = NULL, refused_since = NULL`,
      [
        ...[accountId, this.sealed(accountId, keys.token), this.sealed(accountId, keys.secret), tx.real],
        ...[as.userId, as.handle, as.by],
      ],
    );
  }

  /** Has the network forget the tokens. Keys of OAuth 1.0a can only be withdrawn on the network's own pages. */
  async revoke(accountId: string): Promise<Outcome<null>> {
    const row = await this.read(this.db, accountId);
    if (!row || row.method === 'oauth1' || row.accessToken.length === 0) return { kind: 'done', value: null };
    const held = row.refreshToken.length > 0 ? row.refreshToken : row.accessToken;
    return this.networks.for(row.network).revoke(this.clear(accountId, held));
  }

  /** Destroys what is held of the connection. */
  async end(tx: Tx, accountId: string): Promise<void> {
    const row = await this.read(tx, accountId);
    if (!row) return;
    await this.become(tx, row, { kind: 'ended' }, null);
    await tx.query(
      `UPDATE network_tokens SET access_token = ''::bytea, access_secret = NULL, refresh_token = ''::bytea, expires_at = NULL
       WHERE account_id = $1`,
      [accountId],
    );
  }

  private async call<T>(
    row: TokenRow,
    gauge: KeptGauge,
    wasOut: boolean,
    call: (access: Access) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const answer = await call({ ...this.opened(row), gauge });
    if (!gauge.answered) return answer;
    // What a call taught can be learned from the next one; its outcome must not be lost over it.
    await Promise.all([gauge.keep(), this.learn(row, answer, wasOut)]).catch(() => undefined);
    return isSignedOut(answer) ? unavailable(answer.detail) : answer;
  }

  private async fresh(accountId: string): Promise<TokenRow | Not> {
    for (let waited = 0; ; waited += LOOK_MS) {
      const row = await this.read(this.db, accountId);
      const next = nextForCall(row, row?.real ?? new Date(0));
      if (!row || next === 'give-up') return unavailable(row?.reason ?? 'The account is not connected.');
      if (next === 'use') return row;
      if (waited >= PATIENCE_MS) return unavailable('Another process renews the connection.');
      const begun = next === 'refresh' ? await this.begin(accountId) : null;
      if (begun) return this.refresh(begun);
      await wait(LOOK_MS);
    }
  }

  /** Takes the right to refresh, unless it is no longer needed or another has it. That it was taken survives a crash. */
  private begin(accountId: string): Promise<TokenRow | null> {
    return this.db.write([lock('network_tokens', accountId, 'account_id')], async (tx) => {
      const row = await this.read(tx, accountId);
      if (!row || nextForCall(row, tx.real) !== 'refresh') return null;
      return this.become(tx, row, { kind: 'refresh-begun' }, row.reason);
    });
  }

  private async refresh(row: TokenRow): Promise<TokenRow | Not> {
    const outcome = await this.networks.for(row.network).refresh(this.clear(row.accountId, row.refreshToken));
    const settled = await this.persist(() => this.settle(row, outcome));
    if (outcome.kind === 'done') return settled;
    if (settled.state === 'connected' && usable(settled, settled.real)) return settled;
    return unavailable(outcome.detail);
  }

  /** Writes down how a refresh ended; reads the row again first, for somebody may have connected the account meanwhile. */
  private settle(asked: TokenRow, outcome: Outcome<NetworkTokenSet>): Promise<TokenRow> {
    const { accountId } = asked;
    return this.db.write([lock('network_tokens', accountId, 'account_id')], async (tx) => {
      const row = await this.read(tx, accountId);
      if (!row) throw new Error('The token row has gone');
      const same =
        row.state === 'connected' &&
        this.clear(accountId, row.refreshToken) === this.clear(accountId, asked.refreshToken);
      if (!same) return row;
      if (outcome.kind !== 'done') return this.become(tx, row, eventOf(outcome), outcome.detail);
      const { accessToken, refreshToken, expiresInSeconds, scopes } = outcome.value;
      await tx.query(
        `UPDATE network_tokens SET access_token = $2, refresh_token = coalesce($3, refresh_token), scopes = $4 WHERE account_id = $1`,
        [accountId, this.sealed(accountId, accessToken), refreshToken && this.sealed(accountId, refreshToken), scopes],
      );
      const expiresAt = new Date(tx.real.getTime() + expiresInSeconds * 1000);
      return this.become(tx, row, { kind: 'refreshed', expiresAt }, null);
    });
  }

  /** What the network gave can be had only once: a database that is away for a moment must not lose it. */
  private async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= STORES) throw error;
        await wait(LOOK_MS * 2 ** attempt);
      }
    }
  }

  private async learn(row: TokenRow, answer: Outcome<unknown>, wasOut: boolean): Promise<void> {
    await this.budgets.heed(row.accountId, answer, wasOut);
    if (answer.kind === 'done') await this.good(row);
    if (!isSignedOut(answer)) return;
    await this.db.write([lock('network_tokens', row.accountId, 'account_id')], async (tx) => {
      const now = await this.read(tx, row.accountId);
      if (now?.state !== 'connected' || !now.accessToken.equals(row.accessToken)) return;
      await this.become(tx, now, { kind: 'call-refused' }, answer.detail);
    });
  }

  private async good(row: TokenRow): Promise<void> {
    const lately = row.goodAt && row.real.getTime() - row.goodAt.getTime() < 60_000;
    if (lately && !row.refusedSince) return;
    await this.db.write(async (tx) =>
      tx.send('UPDATE network_tokens SET good_at = $2, refused_since = NULL WHERE account_id = $1', [
        row.accountId,
        tx.real,
      ]),
    );
  }

  private async become(tx: Tx, row: TokenRow, event: ConnectionEvent, reason: string | null): Promise<TokenRow> {
    const next = afterEvent(row, event, tx.real);
    await tx.query(
      `UPDATE network_tokens SET state = $2, why = $3, reason = $4, expires_at = $5, refreshing_until = $6,
         unanswered_since = $7, refused_since = $8, refreshed_at = $9 WHERE account_id = $1`,
      [
        ...[row.accountId, next.state, next.why, reason, next.expiresAt, next.refreshingUntil],
        ...[next.unansweredSince, next.refusedSince, next.refreshedAt],
      ],
    );
    const stored = await this.read(tx, row.accountId);
    if (!stored) throw new Error('The token row has gone');
    return stored;
  }

  private async read(reader: Pick<Tx, 'query'>, accountId: string): Promise<TokenRow | null> {
    const [row] = await reader.query<TokenRow>(READ, [accountId]);
    return row ?? null;
  }

  private opened({ accountId, accessToken, accessSecret }: TokenRow): Access {
    const token = this.clear(accountId, accessToken);
    return accessSecret ? { token, secret: this.clear(accountId, accessSecret) } : { token };
  }

  private sealed(accountId: string, text: string): Buffer {
    return this.vault.seal(targetOf(accountId), text);
  }

  private clear(accountId: string, sealed: Buffer): string {
    return sealed.length === 0 ? '' : this.vault.use(targetOf(accountId), sealed, (text) => text);
  }
}

const READ = `
  SELECT t.account_id AS "accountId", a.network, t.method, t.state, t.why, t.reason, t.access_token AS "accessToken",
    t.access_secret AS "accessSecret", t.refresh_token AS "refreshToken", t.expires_at AS "expiresAt",
    t.refreshing_until AS "refreshingUntil", t.unanswered_since AS "unansweredSince", t.refused_since AS "refusedSince",
    t.refreshed_at AS "refreshedAt", t.good_at AS "goodAt", clock_timestamp() AS real
  FROM network_tokens t JOIN accounts a ON a.id = t.account_id WHERE t.account_id = $1`;

/** Only a refused token says that the connection is lost; only what was never sent says that the token is unspent. */
function eventOf(outcome: Not): ConnectionEvent {
  if (outcome.kind === 'refused') {
    return { kind: outcome.why === 'not-signed-in' ? 'refresh-refused' : 'refresh-not-made' };
  }
  return { kind: outcome.kind === 'later' ? 'refresh-not-made' : 'refresh-unanswered' };
}

function isSignedOut(answer: Outcome<unknown>): answer is Outcome<never> & { kind: 'refused' } {
  return answer.kind === 'refused' && answer.why === 'not-signed-in';
}

function targetOf(accountId: string) {
  return { purpose: 'network-token', id: accountId };
}

function unavailable(detail: string): Not {
  return { kind: 'later', at: null, why: 'unavailable', detail };
}
