import { Injectable } from '@nestjs/common';
import type { Gauge, LimitWindow } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';

/** What is left of an endpoint's calls, as the network last said. Instants are real time. */
export interface EndpointLimit extends LimitWindow {
  endpoint: string;
  seenAt: Date;
}

/** Below this share of a window every call is written down; above it each tenth of it. */
const SCARCE = 0.1;

/** What networks say of their limits, kept in rows so that every process knows what the others have used. */
@Injectable()
export class NetworkLimits {
  constructor(private readonly db: Db) {}

  /** The windows that still run, by endpoint. */
  async of(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<EndpointLimit[]> {
    return reader.query<EndpointLimit>(
      `SELECT endpoint, calls, remaining, resets_at AS "resetsAt", seen_at AS "seenAt" FROM network_limits
       WHERE account_id = $1 AND resets_at > clock_timestamp() ORDER BY endpoint`,
      [accountId],
    );
  }

  /** For the calls of one use: says what is used up, hears what is left, and keeps it when told. */
  async gauge(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<KeptGauge> {
    const known = await this.of(accountId, reader);
    const heard = new Map<string, LimitWindow>();
    const gauge: KeptGauge = {
      answered: false,
      usedUpUntil: (endpoint) => {
        const window = heard.get(endpoint) ?? known.find((each) => each.endpoint === endpoint);
        return window && window.remaining <= 0 ? window.resetsAt : null;
      },
      hear: (endpoint, window) => {
        gauge.answered = true;
        if (window) heard.set(endpoint, window);
      },
      keep: async () => {
        const news = [...heard].filter(([endpoint, window]) => {
          const before = known.find((each) => each.endpoint === endpoint);
          return isNews(before, window);
        });
        if (news.length > 0) await this.keep(accountId, news);
      },
    };
    return gauge;
  }

  private async keep(accountId: string, windows: [string, LimitWindow][]): Promise<void> {
    await this.db.write(async (tx) => {
      for (const [endpoint, { calls, remaining, resetsAt }] of windows) {
        await tx.query(
          `INSERT INTO network_limits (account_id, endpoint, calls, remaining, resets_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (account_id, endpoint) DO UPDATE SET calls = $3, resets_at = $5, seen_at = $6, remaining =
             CASE WHEN network_limits.resets_at = $5 THEN least(network_limits.remaining, $4) ELSE $4 END`,
          [accountId, endpoint, calls, remaining, resetsAt, tx.real],
        );
      }
    });
  }
}

export interface KeptGauge extends Gauge {
  /** Whether the network has answered at all. */
  answered: boolean;
  keep(): Promise<void>;
}

function isNews(before: EndpointLimit | undefined, now: LimitWindow): boolean {
  if (!before || before.resetsAt.getTime() !== now.resetsAt.getTime()) return true;
  if (now.remaining <= now.calls * SCARCE) return true;
  return before.remaining - now.remaining >= now.calls * SCARCE;
}
