import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import { type NetworkCost, NetworkCosts } from '../credentials/network-costs.service.js';
import { Db } from '../platform/database.service.js';
import { lock } from '../platform/tx.js';

/** How a keeper wants an account's feed to be. */
export interface FeedSettings {
  /** Whether what the account reposts is shown. */
  reposts: boolean;
  /** What re-checks may cost on a UTC day, in millionths of a US dollar. */
  recheckBudget: number;
}

const MONTH_MS = 30 * 24 * 60 * 60_000;

/** The settings of a feed, which keepers change, and what it costs. */
@Injectable()
export class FeedSettingsRows {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly costs: NetworkCosts,
  ) {}

  /** As they are; null where there is no feed yet. */
  async of(accountId: string): Promise<FeedSettings | null> {
    const [row] = await this.db.query<FeedSettings>(
      'SELECT reposts, recheck_budget AS "recheckBudget" FROM feeds WHERE account_id = $1',
      [accountId],
    );
    return row ?? null;
  }

  /** Changes them, and looks at the network anew, which is then asked for something else. */
  async change(accountId: string, wanted: FeedSettings, personId: string): Promise<void> {
    await this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const changed = await tx.query(
        `UPDATE feeds SET reposts = $2, recheck_budget = $3 WHERE account_id = $1
         AND (reposts, recheck_budget) IS DISTINCT FROM ($2, $3) RETURNING account_id`,
        [accountId, wanted.reposts, wanted.recheckBudget],
      );
      if (changed.length === 0) return;
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: personId },
        verb: 'feed.settings-changed',
        subject: { kind: 'feed', id: accountId },
        detail: { ...wanted },
      });
      tx.ring('feed.pull', accountId);
    });
  }

  /** How many of the posts that are kept nobody has seen at the network for so long that only a link is shown. */
  async links(accountId: string): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM feed_posts WHERE account_id = $1 AND seen_at <= $2',
      [accountId, new Date((await this.db.now()).getTime() - settings.feedExpiry)],
    );
    return row?.count ?? 0;
  }

  /** What the feed's calls cost today and in the last 30 days, UTC. */
  async spent(accountId: string): Promise<{ today: string; costs: NetworkCost[] }> {
    const now = await this.db.now();
    const costs = await this.costs.since(accountId, new Date(now.getTime() - MONTH_MS));
    const own = costs.filter(({ purpose }) => purpose === 'feed' || purpose === 're-check');
    return { today: now.toISOString().slice(0, 10), costs: own };
  }
}
