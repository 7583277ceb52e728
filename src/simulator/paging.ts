import type { Post } from './rows.js';
import { newestFirst } from './snowflake.js';

/** X shows no more of a timeline than this: https://docs.x.com/x-api/posts/timelines */
const NEWEST = 3200;

export interface TimelineRequest {
  max: number;
  sinceId?: string;
  untilId?: string;
  startTime?: string;
  endTime?: string;
  /** The page token of an earlier answer. */
  page?: string;
  excludeReplies: boolean;
  excludeReposts: boolean;
}

export interface TimelinePage {
  posts: Post[];
  nextToken: string | null;
}

/** One page of posts, newest first; only the last version of an edited post is in a timeline. */
export function timelinePage(all: readonly Post[], request: TimelineRequest): TimelinePage {
  const shown = all.filter((post) => post.history.at(-1) === post.id && !post.protected);
  const fitting = [...shown]
    .sort(newestFirst)
    .slice(0, NEWEST)
    .filter((post) => fits(post, request));
  const posts = fitting.slice(0, request.max);
  const last = posts.at(-1);
  return { posts, nextToken: last && fitting.length > posts.length ? pageToken(last.id) : null };
}

/** The number of ids' places before which a page begins; null for what is no token of ours. */
export function readPageToken(token: string): string | null {
  if (!/^7140[0-9a-z]+$/.test(token)) return null;
  return String([...token.slice(4)].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n));
}

export function timelineMeta({ posts, nextToken }: TimelinePage): Record<string, unknown> {
  if (posts.length === 0) return { result_count: 0 };
  return {
    newest_id: posts[0]?.id,
    oldest_id: posts.at(-1)?.id,
    result_count: posts.length,
    ...(nextToken ? { next_token: nextToken } : {}),
  };
}

function pageToken(id: string): string {
  return `7140${BigInt(id).toString(36)}`;
}

function fits(post: Post, request: TimelineRequest): boolean {
  const id = BigInt(post.id);
  const before = request.page ? readPageToken(request.page) : null;
  if (before && id >= BigInt(before)) return false;
  if (request.sinceId && id <= BigInt(request.sinceId)) return false;
  if (request.untilId && id >= BigInt(request.untilId)) return false;
  const created = Date.parse(post.createdAt);
  if (request.startTime && !request.sinceId && created < Date.parse(request.startTime)) return false;
  if (request.endTime && !request.untilId && created > Date.parse(request.endTime)) return false;
  if (request.excludeReplies && post.replyTo !== null) return false;
  return !(request.excludeReposts && post.repostOf !== null);
}
