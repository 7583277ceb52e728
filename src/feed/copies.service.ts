import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { NetworkPost } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import type { KeptPost } from './feed-rows.service.js';
import { type Copy, Pictures } from './pictures.service.js';

/** Gives posts our own copies of their pictures: each is fetched once, and stays when it cannot be fetched again. */
@Injectable()
export class Copies {
  constructor(
    private readonly db: Db,
    private readonly pictures: Pictures,
  ) {}

  async of(accountId: string, posts: NetworkPost[]): Promise<KeptPost[]> {
    const known = await this.made(accountId, posts);
    return Promise.all(posts.map((post) => this.withCopies(post, known)));
  }

  private async made(accountId: string, posts: NetworkPost[]): Promise<Record<string, Copy>> {
    const rows = await this.db.query<{ copies: Record<string, Copy> }>(
      `SELECT post->'copies' AS copies FROM feed_posts WHERE account_id = $1 AND network_id = ANY($2)
       UNION ALL SELECT post->'copies' FROM feed_originals WHERE account_id = $1 AND network_id = ANY($2) AND post IS NOT NULL`,
      [accountId, posts.flatMap((post) => [post.id, ...post.editHistoryIds])],
    );
    return Object.assign({}, ...rows.map((row) => row.copies));
  }

  private async withCopies(post: NetworkPost, known: Record<string, Copy>): Promise<KeptPost> {
    const copies: KeptPost['copies'] = {};
    for (const { key, type, url, previewUrl } of post.media) {
      const address = type === 'photo' ? url : previewUrl;
      const copy = known[key] ?? (address ? await this.pictures.copy(address, settings.pictureWidest) : null);
      if (copy) copies[key] = copy;
    }
    return { ...post, copies };
  }
}
