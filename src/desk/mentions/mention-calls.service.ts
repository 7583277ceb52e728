import { Injectable } from '@nestjs/common';
import type { Account } from '../../credentials/account.entity.js';
import { NetworkCosts } from '../../credentials/network-costs.service.js';
import { NetworkTokens } from '../../credentials/network-tokens.service.js';
import type { Author, Found, MentionsPage, NetworkPost, Outcome, PageRequest } from '../../networks/network.js';
import { Networks } from '../../networks/networks.service.js';
import type { CostKind } from '../../networks/prices.js';
import { Db } from '../../platform/database.service.js';

/** The inbox's calls to the network, each with its cost counted. */
@Injectable()
export class MentionCalls {
  constructor(
    private readonly db: Db,
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly costs: NetworkCosts,
  ) {}

  async page(account: Account, userId: string, request: PageRequest): Promise<Outcome<MentionsPage>> {
    const network = this.networks.for(account.network);
    const answer = await this.tokens.use(account.id, (access) => network.mentions(access, userId, request));
    if (answer.kind === 'done') await this.count(account, answer.value.posts, answer.value.authors);
    return answer;
  }

  async lookUp(account: Account, ids: string[]): Promise<Outcome<Found>> {
    const network = this.networks.for(account.network);
    const answer = await this.tokens.use(account.id, (access) => network.lookUp(access, ids));
    if (answer.kind === 'done') await this.count(account, answer.value.posts, []);
    return answer;
  }

  private async count(account: Account, posts: NetworkPost[], authors: Author[]): Promise<void> {
    const billed: [CostKind, { id: string }[]][] = [
      ['post-read', posts],
      ['user-read', authors],
    ];
    await this.db.write(async (tx) => {
      for (const [kind, items] of billed) {
        const ids = items.map(({ id }) => id);
        await this.costs.count(tx, account, 'mentions', kind, ids);
      }
    });
  }
}
