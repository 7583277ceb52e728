import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import type { Account } from './account.entity.js';
import {
  budgetWords,
  type ConnectionFacts,
  costsByKind,
  creditWords,
  limitRows,
  standingWords,
} from './connection-view.js';
import { agoOf, dateAndTime } from './dates.js';
import { NetworkBudgets } from './network-budgets.service.js';
import { NetworkCosts } from './network-costs.service.js';
import { NetworkLimits } from './network-limits.service.js';

const DAYS_30 = 30 * 24 * 60 * 60_000;

/** What the connection page and the doctor say of an account's connection. Reads only. */
@Injectable()
export class ConnectionPages {
  constructor(
    private readonly db: Db,
    private readonly budgets: NetworkBudgets,
    private readonly costs: NetworkCosts,
    private readonly limits: NetworkLimits,
  ) {}

  async facts(accountId: string): Promise<{ facts: ConnectionFacts | null; real: Date }> {
    const [row] = await this.db.query<ConnectionFacts & { real: Date }>(FACTS, [accountId]);
    if (row) return { facts: row, real: row.real };
    const [clock] = await this.db.query<{ real: Date }>('SELECT clock_timestamp() AS real');
    return { facts: null, real: clock?.real ?? new Date(0) };
  }

  async of(account: Account) {
    const { id, zone } = account;
    const now = await this.db.now();
    const [{ facts, real }, budget, limits, costs] = await Promise.all([
      this.facts(id),
      this.budgets.of(id),
      this.limits.of(id),
      this.costs.since(id, new Date(now.getTime() - DAYS_30)),
    ]);
    const today = now.toISOString().slice(0, 10);
    const spent = costs.filter(({ day }) => day === today).reduce((sum, { microDollars }) => sum + microDollars, 0);
    const at = (instant: Date | null | undefined) =>
      instant ? `${dateAndTime(zone, instant)}, ${agoOf(instant, real)}` : null;
    return {
      standing: standingWords(facts, zone, real),
      as: facts?.handle ?? null,
      method: facts?.method ?? null,
      scopes: facts?.scopes ?? [],
      connectedAt: at(facts?.connectedAt),
      connectedBy: facts?.connectedBy ?? null,
      renewedAt: at(facts?.refreshedAt),
      goodAt: at(facts?.goodAt),
      out: budget.outSince !== null,
      credits: creditWords(budget, zone),
      budget: budgetWords(budget.dailyMicroDollars, spent),
      daily: budget.dailyMicroDollars === null ? '' : (budget.dailyMicroDollars / 1_000_000).toFixed(2),
      limits: limitRows(limits, zone),
      costs: costsByKind(costs),
    };
  }
}

const FACTS = `
  SELECT method, state, why, reason, scopes, handle, expires_at AS "expiresAt", refreshing_until AS "refreshingUntil",
    unanswered_since AS "unansweredSince", refused_since AS "refusedSince", refreshed_at AS "refreshedAt",
    connected_at AS "connectedAt",
    (SELECT name FROM persons WHERE id = connected_by) AS "connectedBy", good_at AS "goodAt", length(refresh_token) > 0 AS "hasRefreshToken",
    clock_timestamp() AS real
  FROM network_tokens WHERE account_id = $1`;
