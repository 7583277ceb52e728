import { Injectable } from '@nestjs/common';
import type { PostNumbers } from '../desk/post-numbers.js';
import type { Metrics } from '../networks/network.js';
import { Db } from '../platform/database.service.js';

/** How posts did, as the last pull saw it. */
@Injectable()
export class FeedNumbers implements PostNumbers {
  constructor(private readonly db: Db) {}

  async of(accountId: string, networkIds: string[]): Promise<Map<string, Metrics>> {
    const rows = await this.db.query<{ id: string; metrics: Metrics }>(
      `SELECT network_id AS id, post->'metrics' AS metrics FROM feed_posts
       WHERE account_id = $1 AND network_id = ANY ($2) AND jsonb_typeof(post->'metrics') = 'object'`,
      [accountId, networkIds],
    );
    return new Map(rows.map(({ id, metrics }) => [id, metrics]));
  }
}
