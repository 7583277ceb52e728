import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { NetworkProfile, Outcome } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { Account } from './account.entity.js';
import { isOwn } from './connecting.js';
import { NetworkBudgets } from './network-budgets.service.js';
import { NetworkCosts } from './network-costs.service.js';
import { NetworkTokens } from './network-tokens.service.js';

/** What keepers do about a connection that is there: try it, limit what it may cost, let it go on. */
@Injectable()
export class ConnectionCare {
  constructor(
    private readonly db: Db,
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly budgets: NetworkBudgets,
    private readonly costs: NetworkCosts,
    private readonly audit: Audit,
  ) {}

  /** Asks the network who we are: the smallest call that needs everything to work. Posts nothing; its cost is counted. */
  async ask(account: Account): Promise<Outcome<NetworkProfile>> {
    const network = this.networks.for(account.network);
    const answer = await this.tokens.use(account.id, (access) => network.me(access));
    if (answer.kind === 'done') {
      await this.db.write((tx) => this.costs.count(tx, account, 'connection', 'user-read', [answer.value.id]));
    }
    return answer;
  }

  /** Throws Conflict with a sentence when the connection does not do what it should. */
  async test(account: Account): Promise<void> {
    const answer = await this.ask(account);
    if (answer.kind !== 'done')
      throw new Conflict(`X did not answer as it should: “${answer.detail}”. Nothing was posted.`);
    if (isOwn(account, answer.value)) return;
    throw new Conflict(`X says that this is @${answer.value.handle}, not @${account.handle}.`);
  }

  /** In millionths of a dollar for each UTC day; null for none. */
  async setBudget(account: Account, daily: number | null, by: string): Promise<void> {
    await this.act(account, by, 'connection.budget-set', { daily }, (tx) => this.budgets.set(tx, account.id, daily));
  }

  /** Lets the next call through although the credits were used up. */
  async tryAgain(account: Account, by: string): Promise<void> {
    await this.act(account, by, 'connection.credits-tried', {}, (tx) => this.budgets.tryAgain(tx, account.id));
  }

  private async act(
    { id }: Account,
    by: string,
    verb: `connection.${string}`,
    detail: Record<string, unknown>,
    work: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    await this.db.write(async (tx) => {
      await work(tx);
      const actor = { kind: 'person', id: by } as const;
      await this.audit.record(tx, { accountId: id, actor, verb, subject: { kind: 'account', id }, detail });
    });
  }
}
