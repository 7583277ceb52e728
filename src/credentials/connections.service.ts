import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Audit } from '../audit/audit.service.js';
import type { Access, Keys, NetworkProfile, Outcome, Tokens } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid, NotFound } from '../platform/errors.js';
import { hashOf } from '../platform/tokens.service.js';
import type { Tx } from '../platform/tx.js';
import type { Principal } from '../web/principal.js';
import type { Account } from './account.entity.js';
import { isOwn, missingScopes, SCOPES } from './connecting.js';
import { lockAccess } from './grants.service.js';
import { NetworkCosts } from './network-costs.service.js';
import { NetworkTokens } from './network-tokens.service.js';

/** How long a keeper has at the network's pages; real milliseconds. */
const ATTEMPT_MS = 15 * 60_000;
const START_AGAIN = 'Start again from the connection page.';

interface Attempt {
  accountId: string;
  slug: string;
}

/** Connecting an account to its network, and ending that. */
@Injectable()
export class Connections {
  constructor(
    private readonly db: Db,
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly costs: NetworkCosts,
    private readonly audit: Audit,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Where the keeper's browser goes. The state belongs to this session, works once, and for a quarter of an hour. */
  async begin(account: Account, who: Principal): Promise<string> {
    const state = randomBytes(32).toString('base64url');
    await this.db.write(async (tx) => {
      await tx.query('DELETE FROM connection_attempts WHERE expires_at < $1', [tx.real]);
      await tx.query(
        'INSERT INTO connection_attempts (state_hash, account_id, session_id, expires_at) VALUES ($1, $2, $3, $4)',
        [hashOf(state), account.id, who.sessionId, new Date(tx.real.getTime() + ATTEMPT_MS)],
      );
    });
    const codeChallenge = createHash('sha256').update(this.verifier(state)).digest('base64url');
    const redirectUri = this.callback();
    return this.networks.for(account.network).authorizeLink({ redirectUri, state, codeChallenge, scopes: SCOPES });
  }

  /** The address that the owner registers with the network's developer app. */
  callback(): string {
    return `${this.runtime.publicUrl}/connection/callback`;
  }

  /** Whose flow a state continues, for the page that X sends the browser back to. Changes nothing. Throws NotFound. */
  async look(state: string, who: Principal): Promise<Attempt> {
    const [found] = await this.db.query<Attempt>(
      `SELECT t.account_id AS "accountId", a.slug FROM connection_attempts t JOIN accounts a ON a.id = t.account_id
       WHERE t.state_hash = $1 AND t.session_id = $2 AND t.used_at IS NULL AND t.expires_at > clock_timestamp()`,
      [hashOf(state), who.sessionId],
    );
    if (!found)
      throw new NotFound(`This way back from X was used already, is too old, or began elsewhere. ${START_AGAIN}`);
    return found;
  }

  /** Changes the code for tokens and keeps them if they are the account's. Throws Conflict or Invalid with a sentence. */
  async finish(account: Account, who: Principal, state: string, code: string): Promise<void> {
    await this.useUp(account, who, state);
    const network = this.networks.for(account.network);
    const outcome = await network.exchange({ code, redirectUri: this.callback(), codeVerifier: this.verifier(state) });
    if (outcome.kind !== 'done')
      throw new Conflict(`X gave no access (“${outcome.detail}”). Its codes live for 30 seconds. ${START_AGAIN}`);
    const tokens = outcome.value;
    const profile = await this.own(account, { token: tokens.accessToken }).catch(async (error) => {
      await network.revoke(tokens.refreshToken ?? tokens.accessToken);
      throw error;
    });
    const missing = missingScopes(tokens.scopes);
    if (missing.length > 0) {
      await network.revoke(tokens.refreshToken ?? tokens.accessToken);
      throw new Invalid(`X did not grant ${missing.join(', ')}. Nothing was stored.`);
    }
    await this.keep(account, who, profile, 'oauth2', (tx) => this.store(tx, account, tokens, profile, who));
  }

  /** Keeps keys of OAuth 1.0a instead. Throws Invalid with a sentence. */
  async useKeys(account: Account, who: Principal, keys: Keys): Promise<void> {
    const profile = await this.own(account, keys);
    const as = { userId: profile.id, handle: profile.handle, by: who.personId };
    await this.keep(account, who, profile, 'oauth1', (tx) => this.tokens.storeKeys(tx, account.id, keys, as));
  }

  /** Has X forget the tokens and destroys them here. True when X says that it has forgotten them. */
  async disconnect(account: Account, who: Principal, reason: string): Promise<boolean> {
    const revoked = (await this.tokens.revoke(account.id)).kind === 'done';
    await this.db.write([lockAccess(account.id)], async (tx) => {
      await this.tokens.end(tx, account.id);
      await this.record(tx, account, who, 'connection.ended', { revoked }, { reason });
    });
    return revoked;
  }

  private async useUp(account: Account, who: Principal, state: string): Promise<void> {
    const used = await this.db.write((tx) =>
      tx.query(
        `UPDATE connection_attempts SET used_at = $4 WHERE state_hash = $1 AND session_id = $2 AND account_id = $3
           AND used_at IS NULL AND expires_at > $4 RETURNING 1`,
        [hashOf(state), who.sessionId, account.id, tx.real],
      ),
    );
    if (used.length === 0) throw new Conflict(`This way back from X was used already or is too old. ${START_AGAIN}`);
  }

  /** Whose access it is, when it is the account's. */
  private async own(account: Account, access: Access): Promise<NetworkProfile> {
    const outcome: Outcome<NetworkProfile> = await this.networks.for(account.network).me(access);
    if (outcome.kind === 'refused')
      throw new Invalid(`X does not accept this access (“${outcome.detail}”). Nothing was stored.`);
    if (outcome.kind !== 'done')
      throw new Invalid(
        `X could not be asked whose access this is (“${outcome.detail}”). Nothing was stored: try again.`,
      );
    const { id, handle } = outcome.value;
    await this.db.write((tx) => this.costs.count(tx, account, 'connection', 'user-read', [id]));
    if (isOwn(account, outcome.value)) return outcome.value;
    throw new Invalid(
      `You were signed in to X as @${handle}, not as @${account.handle}. Nothing was stored. Sign in to X as @${account.handle} and start again.`,
    );
  }

  private async store(tx: Tx, account: Account, tokens: Tokens, { id, handle }: NetworkProfile, who: Principal) {
    await this.tokens.store(tx, account.id, tokens, { userId: id, handle, by: who.personId });
  }

  private async keep(
    account: Account,
    who: Principal,
    profile: NetworkProfile,
    method: string,
    store: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    await this.db.write([lockAccess(account.id)], async (tx) => {
      await store(tx);
      await tx.query('UPDATE accounts SET network_user_id = $2 WHERE id = $1', [account.id, profile.id]);
      await this.record(tx, account, who, 'connection.made', { method, userId: profile.id });
      tx.ring('feed.pull', account.id);
    });
  }

  private record(
    tx: Tx,
    { id }: Account,
    who: Principal,
    verb: `connection.${string}`,
    detail: Record<string, unknown>,
    particulars?: Record<string, unknown>,
  ): Promise<void> {
    const actor = { kind: 'person', id: who.personId } as const;
    return this.audit.record(tx, { accountId: id, actor, verb, subject: { kind: 'account', id }, detail, particulars });
  }

  /** PKCE's verifier follows from the state and a key that only we have, so it need not be kept anywhere. */
  private verifier(state: string): string {
    return createHmac('sha256', this.runtime.secrets.signing).update(`connection ${state}`).digest('base64url');
  }
}
