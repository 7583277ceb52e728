import { Injectable } from '@nestjs/common';
import type { Avatars } from '../desk/avatars.js';
import { Db } from '../platform/database.service.js';

/** The account's picture, as the last look at its profile found it. */
@Injectable()
export class FeedAvatars implements Avatars {
  constructor(private readonly db: Db) {}

  async of(accountId: string): Promise<string | null> {
    const [row] = await this.db.query<{ href: string | null }>(
      `SELECT '/' || a.slug || '/pictures/' || (f.profile->>'avatarFile') || '.webp' AS href
       FROM feeds f JOIN accounts a ON a.id = f.account_id WHERE a.id = $1`,
      [accountId],
    );
    return row?.href ?? null;
  }
}
