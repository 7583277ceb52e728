import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import type { NetworkPost, Outcome, PageRequest } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import { FeedCalls } from './feed-calls.service.js';
import { FeedSettingsRows } from './feed-settings.service.js';

/** The newest posts of a timeline. */
export interface Newest {
  /** Newest first: posts, and what the account answered to itself. */
  posts: NetworkPost[];
  /** Ids that were there at the last look, are not among these, and are known to be gone; `all` when nothing is left. */
  gone: string[] | 'all';
}

interface Read {
  posts: NetworkPost[];
  /** How many posts the network gave, of whatever kind. */
  seen: number;
  /** Whether the network says that there are no others. */
  whole: boolean;
}

/** Reads an account's own timeline until it has a feed's worth of posts. */
@Injectable()
export class Timeline {
  constructor(
    private readonly db: Db,
    private readonly calls: FeedCalls,
    private readonly settings: FeedSettingsRows,
  ) {}

  /**
   * What a whole timeline lacks of the posts that the last look saw is believed to be gone only when a look-up of the
   * posts themselves says so; an empty one that holds back what is there is no answer.
   */
  async newest(account: Account, userId: string): Promise<Outcome<Newest>> {
    const read = await this.pages(account, userId);
    if (read.kind !== 'done') return read;
    const { posts, seen, whole } = read.value;
    const lacking = whole ? await this.lackingIds(account.id, posts) : [];
    if (lacking.length === 0) return { kind: 'done', value: { posts, gone: [] } };
    const found = await this.calls.lookUp(account, lacking);
    if (found.kind !== 'done') return found;
    if (seen === 0 && found.value.posts.length > 0) return unavailable('an empty page although its posts are there');
    const gone = found.value.missing.filter(({ why }) => why !== 'unavailable').map(({ id }) => id);
    return { kind: 'done', value: { posts, gone: seen === 0 && gone.length === lacking.length ? 'all' : gone } };
  }

  /**
   * Page by page, since a network may leave out of a page what was not wanted, and answers to others take up room. More
   * pages than a few are not asked for: they are paid for.
   */
  private async pages(account: Account, userId: string): Promise<Outcome<Read>> {
    const posts = new Map<string, NetworkPost>();
    const reposts = (await this.settings.of(account.id))?.reposts ?? false;
    let [pageToken, seen] = [undefined as string | undefined, 0];
    for (let pages = 0; pages < settings.feedPages; pages += 1) {
      const page = await this.calls.page(account, userId, request(reposts, pageToken));
      if (page.kind !== 'done') return page;
      for (const post of page.value.posts.filter((each) => isOwn(each, userId))) posts.set(post.id, post);
      seen += page.value.posts.length;
      pageToken = page.value.nextPage ?? undefined;
      if (!pageToken || countHeads(posts) >= settings.feedPosts) break;
    }
    if (seen === 0 && pageToken) return unavailable('only empty pages although it says that there are more');
    return { kind: 'done', value: { posts: [...posts.values()], seen, whole: !pageToken } };
  }

  /** What the last look saw and this one does not, the newest first. */
  private async lackingIds(accountId: string, posts: NetworkPost[]): Promise<string[]> {
    const rows = await this.db.query<{ network_id: string }>(
      `SELECT p.network_id FROM feed_posts p JOIN feeds f USING (account_id)
       WHERE p.account_id = $1 AND p.seen_at >= f.pulled_at AND NOT (p.network_id = ANY($2))
       ORDER BY p.posted_at DESC LIMIT $3`,
      [accountId, posts.flatMap((post) => [post.id, ...post.editHistoryIds]), settings.feedPosts],
    );
    return rows.map((row) => row.network_id);
  }
}

function request(reposts: boolean, pageToken: string | undefined): PageRequest {
  return {
    limit: settings.feedPosts,
    ...(reposts ? {} : { exclude: ['reposts'] }),
    ...(pageToken ? { pageToken } : {}),
  };
}

function countHeads(posts: Map<string, NetworkPost>): number {
  return [...posts.values()].filter(({ replyTo }) => replyTo === null).length;
}

/** What is said to nobody else: an answer to another account is no post of the feed. */
function isOwn({ replyTo, replyToUserId }: NetworkPost, userId: string): boolean {
  return replyTo === null || replyToUserId === userId;
}

function unavailable(what: string): Outcome<never> {
  return { kind: 'later', at: null, why: 'unavailable', detail: `The network gave ${what}.` };
}
