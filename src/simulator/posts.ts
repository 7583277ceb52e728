import { type Answer, type Call, type Endpoint, ok, refuse, userOf } from './call.js';
import { create } from './newpost.js';
import { forbidden, invalidRequest, missing, notForYou } from './problems.js';
import type { Post } from './rows.js';
import type { State } from './state.js';
import { postsAnswer } from './view.js';
import { askedIn } from './vocabulary.js';

export const postEndpoints: Endpoint[] = [
  {
    name: 'create',
    method: 'POST',
    path: '/2/tweets',
    scopes: ['tweet.read', 'tweet.write', 'users.read'],
    answer: create,
  },
  { name: 'delete', method: 'DELETE', path: '/2/tweets/:id', scopes: ['tweet.read', 'tweet.write'], answer: remove },
  { name: 'lookup', method: 'GET', path: '/2/tweets', scopes: ['tweet.read'], forApps: true, answer: lookUp },
  { name: 'lookup', method: 'GET', path: '/2/tweets/:id', scopes: ['tweet.read'], forApps: true, answer: lookUpOne },
];

/** X answers `deleted: true` for a post that is gone already. */
function remove(call: Call): Answer {
  const { id = '' } = call.params;
  const post = call.state.get('posts', id);
  if (!post) return ok({ data: { deleted: true } });
  if (post.authorId !== userOf(call).id) return refuse(forbidden('You are not authorized to delete this Tweet.'));
  return ok({ data: { deleted: true } }, { act: withoutPost(call.state, post), items: [{ what: 'deletion', id }] });
}

/** Deletes a post with all its versions, and the reposts of it. */
export function withoutPost(state: State, post: Post) {
  const gone = state.all('posts').filter(({ id, repostOf }) => post.history.includes(id) || repostOf === post.id);
  return gone.map(({ id }) => ({ drop: 'posts' as const, id }));
}

function lookUp(call: Call): Answer {
  const ids = (call.query.ids ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > 100 || ids.some((id) => !/^\d{1,19}$/.test(id))) {
    return refuse(invalidRequest('ids', ids, 'The `ids` query parameter must hold between 1 and 100 ids'));
  }
  const errors = ids.flatMap((id) => troubleWith(call, 'ids', id) ?? []);
  const posts = [...new Set(ids)]
    .flatMap((id) => call.state.get('posts', id) ?? [])
    .filter((post) => mayRead(call, post));
  const found = postsAnswer(call.state, posts, askedIn(call.query), call.mediaUrl, call.now);
  const body = { ...(posts.length > 0 ? found : {}), ...(errors.length > 0 ? { errors } : {}) };
  return ok(body, { items: readsOf(posts, false) });
}

function lookUpOne(call: Call): Answer {
  const { id = '' } = call.params;
  if (!/^\d{1,19}$/.test(id)) {
    return refuse(invalidRequest('id', id, `The \`id\` query parameter value [${id}] is not valid`));
  }
  const trouble = troubleWith(call, 'id', id);
  const post = call.state.get('posts', id);
  if (trouble || !post) return ok({ errors: [trouble] });
  const found = postsAnswer(call.state, [post], askedIn(call.query), call.mediaUrl, call.now);
  return ok({ ...found, data: found.data[0] }, { items: readsOf([post], false) });
}

function troubleWith(call: Call, parameter: string, id: string) {
  const post = call.state.get('posts', id);
  if (!post) return missing('tweet', parameter, id);
  return mayRead(call, post) ? null : notForYou('tweet', parameter, id);
}

function mayRead({ state, user }: Call, post: Post): boolean {
  const closed = state.get('users', post.authorId)?.protected && user?.id !== post.authorId;
  return !closed && !post.protected;
}

/** What X charges for posts that it returned. */
export function readsOf(posts: readonly Post[], owned: boolean) {
  return posts.map(({ id }) => ({ what: owned ? ('owned read' as const) : ('post read' as const), id }));
}
