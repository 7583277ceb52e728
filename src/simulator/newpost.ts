import { z } from 'zod';
import { type Answer, type Call, refuse, userOf } from './call.js';
import { duplicate, forbidden, invalidRequest, replyGate } from './problems.js';
import type { Media, Poll, Post, User } from './rows.js';
import type { State } from './state.js';
import { hasLink, mentionsIn, weightedLength } from './text.js';
import { postsAnswer } from './view.js';
import { askedIn } from './vocabulary.js';

/** How long a text may not be posted again, milliseconds. X does not say; a day is what people have seen. */
const DUPLICATE_FOR = 24 * 60 * 60_000;
const LONGEST = { usual: 280, long: 25_000 };

const postId = z.string().regex(/^\d{1,19}$/);
const newPost = z.object({
  text: z.string().optional(),
  media: z.object({ media_ids: z.array(postId).min(1).max(4) }).optional(),
  reply: z.object({ in_reply_to_tweet_id: postId.optional(), in_reply_to_post_id: postId.optional() }).optional(),
  quote_tweet_id: postId.optional(),
  poll: z
    .object({
      options: z.array(z.string().min(1).max(25)).min(2).max(4),
      duration_minutes: z.number().int().min(5).max(10_080),
    })
    .optional(),
});

/** A post with nothing but a text. */
export function plainPost(id: string, authorId: string, text: string, createdAt: Date): Post {
  return {
    id,
    authorId,
    text,
    createdAt: createdAt.toISOString(),
    conversationId: id,
    replyTo: null,
    replyToUserId: null,
    quoteOf: null,
    repostOf: null,
    mediaKeys: [],
    poll: null,
    history: [id],
    withheld: [],
    protected: false,
    sensitive: false,
    likes: 0,
    views: null,
    source: 'X for iPhone',
  };
}

/**
 * Puts a post under another: it belongs to that one's conversation. As X does, its text then begins with those to whom it
 * speaks: the author of the other and whom that one mentions.
 */
export function asReply(state: State, post: Post, target: Post): Post {
  const { id: replyTo, authorId: replyToUserId, conversationId } = target;
  const users = [state.get('users', replyToUserId), ...mentionsIn(target.text).map((each) => state.userByHandle(each))];
  const said = mentionsIn(post.text);
  const others = users.flatMap((user) => (user && user.id !== post.authorId ? user.handle : []));
  const spokenTo = replyToUserId === post.authorId ? [] : [...new Set(others)];
  const handles = spokenTo.filter((handle) => !said.includes(handle.toLowerCase())).map((handle) => `@${handle}`);
  const text = [...handles, post.text].filter((words) => words !== '').join(' ');
  return { ...post, text, replyTo, replyToUserId, conversationId };
}

/** A poll; nobody has voted in it unless `votes` says so, option by option. */
export function pollOf(id: string, options: string[], minutes: number, at: Date, votes: number[] = []): Poll {
  return {
    id,
    options: options.map((label, index) => ({ label, votes: votes[index] ?? 0 })),
    endsAt: new Date(at.getTime() + minutes * 60_000).toISOString(),
  };
}

/** Makes a post through the API, with all that X refuses there. */
export function create(call: Call): Answer {
  const read = newPost.safeParse(call.body);
  if (!read.success) {
    const issue = read.error.issues[0];
    return refuse(invalidRequest(issue?.path.join('.') ?? 'body', '', issue?.message ?? 'is not valid'));
  }
  const author = userOf(call);
  const { text = '', media, reply, poll, quote_tweet_id: quoteOf } = read.data;
  const pictures = (media?.media_ids ?? []).map((id) => pictureOf(call, author, id));
  const replyTo = reply?.in_reply_to_tweet_id ?? reply?.in_reply_to_post_id;
  const target = replyTo ? call.state.get('posts', replyTo) : undefined;
  const id = call.newId();
  const plain = {
    ...plainPost(id, author.id, text.normalize('NFC').trim(), call.now),
    mediaKeys: pictures.flatMap((picture) => picture?.id ?? []),
    poll: poll ? pollOf(call.newId(), poll.options, poll.duration_minutes, call.now) : null,
    source: call.state.get('apps', call.appId)?.name ?? call.appId,
  };
  const post = target ? asReply(call.state, plain, target) : plain;
  const refusal = refusalOf(call.state, author, post, {
    text: plain.text,
    mediaIds: media?.media_ids ?? [],
    pictures,
    missingTarget: replyTo !== undefined && (!target || target.protected),
    target,
    quotes: quoteOf !== undefined,
  });
  if (refusal) return refusal;
  const answered = postsAnswer(call.state, [post], askedIn({}), call.mediaUrl, call.now).data[0];
  return {
    status: 201,
    body: { data: answered },
    act: [{ put: 'posts', row: post }],
    items: [priceOf(post, author, target)],
  };
}

interface Wanted {
  /** Without the names that X puts before a reply, which take no room. */
  text: string;
  mediaIds: string[];
  pictures: (Media | undefined)[];
  target: Post | undefined;
  missingTarget: boolean;
  quotes: boolean;
}

function refusalOf(state: State, author: User, post: Post, wanted: Wanted): Answer | null {
  if (wanted.text === '' && post.mediaKeys.length === 0 && wanted.mediaIds.length === 0) {
    return refuse(invalidRequest('text', '', 'Missing one of the required fields: text, media'));
  }
  if (weightedLength(wanted.text) > (author.longPosts ? LONGEST.long : LONGEST.usual)) {
    return refuse(forbidden('Your Tweet text is too long. For more information, see https://help.x.com.'));
  }
  if (post.poll && wanted.mediaIds.length > 0) {
    return refuse(invalidRequest('poll', '', 'A post holds media or a poll, not both.'));
  }
  if (wanted.pictures.includes(undefined)) {
    return refuse(invalidRequest('media.media_ids', wanted.mediaIds, 'Your media IDs are invalid.'));
  }
  if (!fitTogether(wanted.pictures)) {
    const message = 'A post holds up to 4 photos, or 1 GIF, or 1 video.';
    return refuse(invalidRequest('media.media_ids', wanted.mediaIds, message));
  }
  if (wanted.missingTarget) {
    return refuse(forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.'));
  }
  if (wanted.quotes) return refuse(forbidden('Quoting posts is not part of this access level.'));
  if (wanted.target && !engaged(state, wanted.target, author)) return refuse(replyGate);
  return isDuplicate(state, post) ? refuse(duplicate) : null;
}

function pictureOf({ state, real }: Call, author: User, mediaId: string): Media | undefined {
  const media = state.find('media', ({ id }) => id.endsWith(`_${mediaId}`));
  const usable = media?.ownerId === author.id && (!media.expiresAt || media.expiresAt > real.toISOString());
  return usable ? media : undefined;
}

function fitTogether(pictures: (Media | undefined)[]): boolean {
  return pictures.length <= 1 || pictures.every((picture) => picture?.type === 'photo');
}

/** Through the API only those are answered who mentioned or quoted the account, and the account itself. */
function engaged(state: State, target: Post, author: User): boolean {
  if (target.authorId === author.id) return true;
  const quoted = target.quoteOf ? state.get('posts', target.quoteOf) : undefined;
  return quoted?.authorId === author.id || mentionsIn(target.text).includes(author.handle.toLowerCase());
}

function isDuplicate(state: State, post: Post): boolean {
  if (state.get('settings', 'duplicates')?.off.includes('create')) return false;
  const since = Date.parse(post.createdAt) - DUPLICATE_FOR;
  const same = state.find(
    'posts',
    (other) =>
      other.authorId === post.authorId &&
      other.text === post.text &&
      other.replyTo === post.replyTo &&
      other.mediaKeys.join() === post.mediaKeys.join() &&
      Date.parse(other.createdAt) > since,
  );
  return same !== undefined;
}

function priceOf(post: Post, author: User, target: Post | undefined) {
  if (hasLink(post.text)) return { what: 'post with a link' as const, id: post.id };
  const summoned = target && target.authorId !== author.id;
  return { what: summoned ? ('summoned reply' as const) : ('post' as const), id: post.id };
}
