import { z } from 'zod';
import { type Answer, type Call, type Endpoint, ok, refuse } from './call.js';
import { readPageToken, type TimelineRequest, timelineMeta, timelinePage } from './paging.js';
import { readsOf } from './posts.js';
import { invalidRequest, missing, notForYou } from './problems.js';
import type { Post, User } from './rows.js';
import { mentionsIn } from './text.js';
import { postsAnswer } from './view.js';
import { type Asked, askedIn, inWords } from './vocabulary.js';

const id = z
  .string()
  .regex(/^\d{1,19}$/)
  .optional();
const time = z.iso.datetime().optional();
const query = z.object({
  max_results: z.coerce.number().int().min(5).max(100).default(10),
  since_id: id,
  until_id: id,
  start_time: time,
  end_time: time,
  pagination_token: z
    .string()
    .refine((token) => readPageToken(token) !== null, 'is not a token of this timeline')
    .optional(),
});

export const timelineEndpoints: Endpoint[] = [
  {
    name: 'timeline',
    method: 'GET',
    path: '/2/users/:id/tweets',
    scopes: ['tweet.read', 'users.read'],
    forApps: true,
    answer: (call) => timeline(call, (user) => call.state.all('posts').filter((post) => post.authorId === user.id)),
  },
  {
    name: 'mentions',
    method: 'GET',
    path: '/2/users/:id/mentions',
    scopes: ['tweet.read', 'users.read'],
    forApps: true,
    answer: (call) => timeline(call, (user) => call.state.all('posts').filter((post) => mentions(post, user))),
  },
];

/** A network's timelines are copies: a post may be there for a while before they show it. The same post, the same while. */
function appeared({ state, now }: Call, { id, createdAt }: Post): boolean {
  const upTo = state.get('lags', 'timelines')?.upTo ?? 0;
  const behind = Number((BigInt(id) * 2_654_435_761n) % BigInt(upTo + 1));
  return Date.parse(createdAt) + behind <= now.getTime() || upTo === 0;
}

function timeline(call: Call, postsOf: (user: User) => Post[]): Answer {
  const asked = askedIn(call.query);
  const read = query.safeParse(call.query);
  if (!read.success) {
    const issue = read.error.issues[0];
    const name = String(issue?.path[0] ?? 'query');
    return refuse(invalidRequest(name, call.query[name], `The \`${name}\` query parameter value ${issue?.message}`));
  }
  const user = call.state.get('users', call.params.id ?? '');
  if (!user) return ok({ errors: [missing('user', 'id', call.params.id ?? '')] });
  if (user.protected && call.user?.id !== user.id) return ok({ errors: [notForYou('user', 'id', user.id)] });
  const page = timelinePage(
    postsOf(user).filter((post) => appeared(call, post)),
    requestOf(read.data, asked),
  );
  const meta = inWords(asked.words, timelineMeta(page));
  if (page.posts.length === 0) return ok({ meta });
  const found = postsAnswer(call.state, page.posts, asked, call.mediaUrl, call.now);
  return ok({ ...found, meta }, { items: itemsOf(call, page.posts, user, asked) });
}

function requestOf(read: z.infer<typeof query>, asked: Asked): TimelineRequest {
  return {
    max: read.max_results,
    sinceId: read.since_id,
    untilId: read.until_id,
    startTime: read.start_time,
    endTime: read.end_time,
    page: read.pagination_token,
    excludeReplies: asked.exclude.has('replies'),
    excludeReposts: asked.exclude.has('retweets'),
  };
}

/** An account reading its own timeline through its own app pays less; expanded authors are billed as users. */
function itemsOf(call: Call, posts: Post[], user: User, asked: Asked) {
  const app = call.state.get('apps', call.appId);
  const ownApp = !app?.owner || app.owner.toLowerCase() === user.handle.toLowerCase();
  const own = call.user?.id === user.id && posts.every((post) => post.authorId === user.id) && ownApp;
  const authors = asked.expansions.has('author_id') ? [...new Set(posts.map((post) => post.authorId))] : [];
  return [...readsOf(posts, own), ...authors.map((author) => ({ what: 'user read' as const, id: author }))];
}

function mentions(post: Post, user: User): boolean {
  return post.authorId !== user.id && mentionsIn(post.text).includes(user.handle.toLowerCase());
}
