import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { isOwn, missingScopes } from '../credentials/connecting.js';
import { ConnectionCare } from '../credentials/connection-care.service.js';
import { ConnectionPages } from '../credentials/connection-pages.service.js';
import { standingWords } from '../credentials/connection-view.js';
import { LetterChannel } from '../messages/letter.channel.js';
import { Clock } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { type Finding, ofSkew } from './diagnosis.js';
import { Health } from './health.service.js';
import { KeyRotation } from './key-rotation.service.js';

const NETWORK_CLOCK = 'https://api.x.com/2/openapi.json';

/** Looks at everything that a live connection needs, without posting. The one call in an account's name is "who am I". */
@Injectable()
export class Doctor {
  constructor(
    private readonly db: Db,
    private readonly health: Health,
    private readonly keys: KeyRotation,
    private readonly letters: LetterChannel,
    private readonly accounts: Accounts,
    private readonly care: ConnectionCare,
    private readonly pages: ConnectionPages,
    private readonly clock: Clock,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async *look(): AsyncGenerator<Finding> {
    yield this.environment();
    yield await this.database();
    yield await this.queue();
    yield await this.key();
    yield await this.databaseClock();
    yield await this.networkClock();
    yield await this.mail();
    for (const account of await this.accounts.all()) {
      if (account.connection === 'api') yield* this.account(account);
    }
  }

  private environment(): Finding {
    const { env, publicUrl } = this.runtime;
    const says = `network ${env.NETWORK}, people reach it at ${publicUrl}`;
    if (env.NETWORK === 'simulator') {
      const todo = 'Set NETWORK=x with X_CLIENT_ID and X_CLIENT_SECRET to go live (docs/going-live-on-x.md).';
      return { how: 'look', about: 'environment', says, todo };
    }
    if (publicUrl.startsWith('https:')) return { how: 'ok', about: 'environment', says };
    return {
      how: 'bad',
      about: 'environment',
      says,
      todo: 'Set PUBLIC_URL to an https address, and register its /connection/callback with X.',
    };
  }

  private async database(): Promise<Finding> {
    const before = this.clock.real().getTime();
    const [row] = await this.db.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
    const took = this.clock.real().getTime() - before;
    return { how: 'ok', about: 'database', says: `PostgreSQL ${row?.version ?? ''}, answered in ${took} ms` };
  }

  private async queue(): Promise<Finding> {
    const { queue } = await this.health.ready();
    const where = this.runtime.redisUrl ? 'Redis' : 'PostgreSQL';
    if (queue) return { how: 'ok', about: 'queue', says: `answers (${where})` };
    return {
      how: 'look',
      about: 'queue',
      says: `does not answer (${where})`,
      todo: 'Work goes on by sweeps. Look at REDIS_URL.',
    };
  }

  private async key(): Promise<Finding> {
    const used = await this.keys.inUse();
    const current = this.runtime.secrets.encryption.version;
    const says =
      used.map(({ version, values }) => `${values} values under ${version}`).join(', ') || 'nothing sealed yet';
    if (used.every(({ version }) => version === current)) return { how: 'ok', about: 'encryption key', says };
    return {
      how: 'look',
      about: 'encryption key',
      says,
      todo: 'Run npm run keys:rotate, then take earlier keys away.',
    };
  }

  private async databaseClock(): Promise<Finding> {
    const [row] = await this.db.query<{ real: Date }>('SELECT clock_timestamp() AS real');
    return ofSkew('clock of the database', row ? row.real.getTime() - this.clock.real().getTime() : null);
  }

  private async networkClock(): Promise<Finding> {
    const { simulatorUrl } = this.runtime;
    const url = simulatorUrl ? `${simulatorUrl}/simulator/faults` : NETWORK_CLOCK;
    const signal = AbortSignal.timeout(settings.outsideTimeout);
    const answer = await fetch(url, { method: simulatorUrl ? 'GET' : 'HEAD', signal }).catch(() => null);
    await answer?.body?.cancel();
    const date = Date.parse(answer?.headers.get('date') ?? '');
    return ofSkew('clock of the network', Number.isNaN(date) ? null : date - this.clock.real().getTime());
  }

  private async mail(): Promise<Finding> {
    const { hostname, port } = new URL(this.runtime.smtpUrl);
    const trouble = await this.letters.trouble();
    if (!trouble) return { how: 'ok', about: 'mail server', says: `${hostname}:${port} takes letters` };
    return {
      how: 'bad',
      about: 'mail server',
      says: trouble,
      todo: 'Look at SMTP_URL: host, port, user and password.',
    };
  }

  private async *account(account: Account): AsyncGenerator<Finding> {
    const name = `@${account.handle}`;
    const page = `/team/${account.slug}/connection`;
    const { facts, real } = await this.pages.facts(account.id);
    const standing = standingWords(facts, account.zone, real);
    const dead = standing.state === 'none' || standing.state === 'disconnected';
    const how = dead ? 'bad' : standing.state === 'unanswered' ? 'look' : 'ok';
    yield { how, about: `${name} connection`, says: standing.lines.join(' '), todo: standing.todo ?? undefined };
    if (!facts || dead) return;
    yield await this.whoAmI(account, page);
    const missing = facts.method === 'oauth2' ? missingScopes(facts.scopes) : [];
    const scopes = { about: `${name} scopes`, says: facts.scopes.join(' ') || 'those of the app (OAuth 1.0a)' };
    if (missing.length === 0) yield { how: 'ok', ...scopes };
    else yield { how: 'bad', ...scopes, todo: `${missing.join(', ')} missing: connect again at ${page}.` };
    const { limits, credits, budget, out } = await this.pages.of(account);
    const said =
      limits.map((row) => `${row[0]?.text} ${row[1]?.text}`).join('; ') || 'nothing said in the last minutes';
    const usedUp = limits.some((row) => row[1]?.text.startsWith('0 '));
    yield { how: usedUp ? 'look' : 'ok', about: `${name} calls left`, says: said };
    yield {
      how: out ? 'bad' : 'ok',
      about: `${name} credits`,
      says: credits,
      todo: out ? `Buy credits in X’s console, then press “Try X again now” at ${page}.` : undefined,
    };
    yield { how: 'ok', about: `${name} cost`, says: budget };
  }

  private async whoAmI(account: Account, page: string): Promise<Finding> {
    const about = `@${account.handle} users/me`;
    const answer = await this.care.ask(account);
    if (answer.kind !== 'done') {
      const todo = answer.kind === 'refused' ? `Connect again at ${page}.` : 'Try again in a few minutes.';
      return { how: 'bad', about, says: `${answer.kind}: ${answer.detail}`, todo };
    }
    const says = `X says that we are @${answer.value.handle} (${answer.value.id})`;
    if (isOwn(account, answer.value)) return { how: 'ok', about, says };
    return { how: 'bad', about, says, todo: `That is another account. Connect again at ${page}.` };
  }
}
