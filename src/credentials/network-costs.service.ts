import { Injectable } from '@nestjs/common';
import type { NetworkName } from '../networks/network.js';
import { type CostKind, priceOf } from '../networks/prices.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';

/** What a call was made for. `re-check` has a budget of its own. */
export type CostPurpose = 'feed' | 're-check' | 'posting' | 'connection' | 'mentions' | 'handover' | 'insight';

/** What an account's calls of one purpose and kind cost on one UTC day, by our own count. */
export interface NetworkCost {
  /** ISO date, UTC. */
  day: string;
  purpose: CostPurpose;
  kind: CostKind;
  items: number;
  microDollars: number;
}

/**
 * Counts what calls to a network cost, by its price list. Only what was answered is counted: a call that ended unknown
 * may be on the network's bill and not here.
 */
@Injectable()
export class NetworkCosts {
  constructor(private readonly db: Db) {}

  /**
   * Counts the items that an answered call returned or made, by their network ids. The same item of a kind is charged
   * once on a UTC day, whatever it was asked for.
   */
  async count(
    tx: Tx,
    account: { id: string; network: NetworkName },
    purpose: CostPurpose,
    kind: CostKind,
    items: string[],
  ): Promise<void> {
    if (items.length === 0) return;
    const day = dayOf(tx.now);
    tx.send(
      `WITH past AS (DELETE FROM network_charges WHERE account_id = $1 AND day < $2), charged AS (
         INSERT INTO network_charges (account_id, day, kind, item) SELECT DISTINCT $1::uuid, $2::date, $4, unnest($5::text[])
         ON CONFLICT DO NOTHING RETURNING item
       )
       INSERT INTO network_costs (account_id, day, purpose, kind, items, micro_dollars)
       SELECT $1::uuid, $2::date, $3, $4, count(*), count(*) * $6::bigint FROM charged HAVING count(*) > 0
       ON CONFLICT (account_id, day, purpose, kind) DO UPDATE
         SET items = network_costs.items + excluded.items, micro_dollars = network_costs.micro_dollars + excluded.micro_dollars`,
      [account.id, day, purpose, kind, items, priceOf(account.network, kind)],
    );
  }

  /** From the UTC day of an instant on, newest day first. */
  since(accountId: string, first: Date): Promise<NetworkCost[]> {
    return this.db.query<NetworkCost>(
      `SELECT day::text, purpose, kind, items, micro_dollars::float8 AS "microDollars" FROM network_costs
       WHERE account_id = $1 AND day >= $2 ORDER BY day DESC, purpose, kind`,
      [accountId, dayOf(first)],
    );
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
