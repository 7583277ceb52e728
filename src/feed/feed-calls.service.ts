import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { type CostPurpose, NetworkCosts } from '../credentials/network-costs.service.js';
import { NetworkTokens } from '../credentials/network-tokens.service.js';
import type { Access, Found, Network, NetworkProfile, Outcome, Page, PageRequest } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import type { CostKind } from '../networks/prices.js';
import { Db } from '../platform/database.service.js';

/** The feed's calls to the network, each with its cost counted. */
@Injectable()
export class FeedCalls {
  constructor(
    private readonly db: Db,
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly costs: NetworkCosts,
  ) {}

  /** A page of the account's own timeline, the cheapest way to read its posts. */
  page(account: Account, userId: string, request: PageRequest): Promise<Outcome<Page>> {
    const call = (network: Network, access: Access) => network.posts(access, userId, request);
    return this.counted(account, 'feed', 'owned-read', call, ({ posts }) => posts.map(({ id }) => id));
  }

  lookUp(account: Account, ids: string[], purpose: CostPurpose = 'feed'): Promise<Outcome<Found>> {
    const call = (network: Network, access: Access) => network.lookUp(access, ids);
    return this.counted(account, purpose, 'post-read', call, ({ posts }) => posts.map(({ id }) => id));
  }

  profile(account: Account): Promise<Outcome<NetworkProfile>> {
    const call = (network: Network, access: Access) => network.me(access);
    return this.counted(account, 'feed', 'user-read', call, ({ id }) => [id]);
  }

  private async counted<T>(
    account: Account,
    purpose: CostPurpose,
    kind: CostKind,
    call: (network: Network, access: Access) => Promise<Outcome<T>>,
    itemsOf: (value: T) => string[],
  ): Promise<Outcome<T>> {
    const network = this.networks.for(account.network);
    const answer = await this.tokens.use(account.id, (access) => call(network, access));
    const items = answer.kind === 'done' ? itemsOf(answer.value) : [];
    if (items.length > 0) await this.db.write((tx) => this.costs.count(tx, account, purpose, kind, items));
    return answer;
  }
}
