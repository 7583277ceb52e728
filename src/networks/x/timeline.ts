import { instantOf, type MentionsPage, type Outcome, type Page } from '../network.js';
import { outcomeOfErrors, unreadable, withValue } from './outcomes.js';
import { pageFrom } from './translate.js';
import type { PostsAnswer, WirePost } from './wire.js';

const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;

/**
 * A page of a timeline. One that X will not show must never look like an empty one, and one that was damaged on its way
 * must never look like one that lacks posts: what a page lacks is taken to be gone. `ownerId` is whose timeline it is;
 * null where posts of anybody may stand, as among mentions.
 */
export function timelineFrom(answer: PostsAnswer, ownerId: string | null): Outcome<Page> {
  const { data, meta, errors } = answer;
  if (!data && meta?.result_count !== 0) return errors?.length ? outcomeOfErrors(errors) : unreadable('read');
  const posts = data ?? [];
  const whole = posts.length >= (meta?.result_count ?? 0);
  const sound = posts.every((post) => isOf(post, ownerId) && isDated(post) && isItself(post));
  return whole && sound ? { kind: 'done', value: pageFrom(answer) } : unreadable('read');
}

/** The same of posts that speak to an account, with who wrote them. */
export function mentionsFrom(answer: PostsAnswer): Outcome<MentionsPage> {
  const users = answer.includes?.users ?? [];
  const authors = users.map(({ id, username, name }) => ({ id, handle: username, name }));
  return withValue(timelineFrom(answer, null), (page) => ({ ...page, authors }));
}

function isOf({ author_id: authorId }: WirePost, ownerId: string | null): boolean {
  return authorId === undefined || ownerId === null || authorId === ownerId;
}

/** An id says when its post was made; an edit, which X allows for an hour, may bear the date of the first version. */
function isDated({ id, created_at: createdAt }: WirePost): boolean {
  if (createdAt === undefined) return true;
  const later = instantOf(id).getTime() - Date.parse(createdAt);
  return later > -2 * SECOND && later < 2 * HOUR;
}

/** A post is one of its own versions. */
function isItself({ id, edit_history_tweet_ids: older, edit_history_post_ids: newer }: WirePost): boolean {
  const versions = older ?? newer ?? [];
  return versions.length === 0 || versions.includes(id);
}
