import type { Media, Poll, Post, User } from './rows.js';
import type { State } from './state.js';
import { shortForm, weightedLength, wireText } from './text.js';
import { viewsOf } from './views.js';
import { type Asked, inWords } from './vocabulary.js';

/** Where pictures are reached from outside. */
export type MediaUrl = (key: string) => string;

type Fields = Record<string, unknown>;

/** How much of a reposted text X gives. */
const REPOST = 140;

/** A list of posts, or one, as X answers it: only the fields that were asked for, and what they expand to. */
export function postsAnswer(
  state: State,
  posts: readonly Post[],
  asked: Asked,
  mediaUrl: MediaUrl,
  now: Date,
): { data: Fields[]; includes?: Fields } {
  const referenced = asked.expansions.has('referenced_tweets.id') ? referencedBy(state, posts) : [];
  const view = (post: Post) => postView(state, post, asked, now);
  const includes = {
    media: wanted(asked, 'attachments.media_keys', () =>
      state.all('media').filter(({ id }) => [...posts, ...referenced].some((post) => post.mediaKeys.includes(id))),
    ).map((media) => mediaView(media, asked, mediaUrl)),
    polls: wanted(asked, 'attachments.poll_ids', () => posts.flatMap((post) => post.poll ?? [])).map((poll) =>
      pollView(poll, asked, now),
    ),
    users: wanted(asked, 'author_id', () => authorsOf(state, posts)).map((user) =>
      userView(state, user, asked, mediaUrl),
    ),
    tweets: referenced.map(view),
  };
  const filled = Object.fromEntries(Object.entries(includes).filter(([, rows]) => rows.length > 0));
  const answer = { data: posts.map(view), ...(Object.keys(filled).length > 0 ? { includes: filled } : {}) };
  return inWords(asked.words, answer);
}

/** A user as X answers it. */
export function userView(state: State, user: User, asked: Asked, mediaUrl: MediaUrl): Fields {
  const posts = state.all('posts').filter((post) => post.authorId === user.id);
  return chosen(['id', 'name', 'username'], asked.userFields, {
    id: user.id,
    name: user.name,
    username: user.handle,
    description: user.bio,
    created_at: user.createdAt,
    protected: user.protected,
    profile_image_url: user.picture ? mediaUrl(user.picture) : undefined,
    verified: false,
    verified_type: 'none',
    public_metrics: {
      followers_count: 0,
      following_count: 0,
      tweet_count: posts.length,
      listed_count: 0,
      like_count: 0,
    },
  });
}

/** A post's own page on X. */
function pageOf(state: State, post: Post): string {
  return `https://x.com/${state.get('users', post.authorId)?.handle ?? 'i'}/status/${post.id}`;
}

function postView(state: State, post: Post, asked: Asked, now: Date): Fields {
  const { text, entities, note } = textOf(state, post);
  const fields = new Set(asked.postFields);
  if (['attachments.media_keys', 'attachments.poll_ids'].some((each) => asked.expansions.has(each)))
    fields.add('attachments');
  if (asked.expansions.has('author_id')) fields.add('author_id');
  if (asked.expansions.has('referenced_tweets.id')) fields.add('referenced_tweets');
  return chosen(['id', 'text', 'edit_history_tweet_ids'], fields, {
    id: post.id,
    text,
    edit_history_tweet_ids: post.history,
    author_id: post.authorId,
    created_at: post.createdAt,
    conversation_id: post.conversationId,
    in_reply_to_user_id: post.replyToUserId ?? undefined,
    entities: Object.keys(entities).length > 0 ? entities : undefined,
    note_tweet: note,
    attachments: attachmentsOf(post),
    referenced_tweets: referencesOf(post),
    public_metrics: metricsOf(state, post, now),
    possibly_sensitive: post.sensitive,
    withheld: post.withheld.length > 0 ? { copyright: false, country_codes: post.withheld, scope: 'tweet' } : undefined,
    lang: 'en',
    source: post.source,
    reply_settings: 'everyone',
    edit_controls: {
      edits_remaining: Math.max(0, 6 - post.history.length),
      is_edit_eligible: post.replyTo === null,
      editable_until: new Date(Date.parse(post.createdAt) + 60 * 60_000).toISOString(),
    },
  });
}

/** A text over 280 is whole only in its note, which has entities of its own. */
function textOf(state: State, post: Post) {
  const userId = (handle: string) => state.userByHandle(handle)?.id;
  const page = pageOf(state, post);
  const media = post.mediaKeys.map((key, index) => ({ key, page: `${page}/photo/${index + 1}` }));
  const original = post.repostOf ? state.get('posts', post.repostOf) : undefined;
  if (original) {
    const handle = state.get('users', original.authorId)?.handle ?? '';
    return { ...wireText(cut(`RT @${handle}: ${original.text}`), [], userId), note: undefined };
  }
  const quoted = post.quoteOf ? state.get('posts', post.quoteOf) : undefined;
  const text = quoted ? `${post.text} ${pageOf(state, quoted)}`.trimStart() : post.text;
  if (weightedLength(post.text) <= 280) return { ...wireText(text, media, userId), note: undefined };
  const whole = wireText(text, [], userId);
  const note = { text: whole.text, ...(Object.keys(whole.entities).length > 0 ? { entities: whole.entities } : {}) };
  return { ...wireText(shortForm(post.text, page), [], userId), note };
}

/** X cuts the text of a repost where the repost itself would be too long. */
function cut(text: string): string {
  const points = Array.from(text);
  return points.length <= REPOST ? text : `${points.slice(0, REPOST - 1).join('')}…`;
}

function attachmentsOf(post: Post): Fields | undefined {
  if (post.mediaKeys.length > 0) return { media_keys: post.mediaKeys };
  return post.poll ? { poll_ids: [post.poll.id] } : undefined;
}

function referencesOf(post: Post): Fields[] | undefined {
  const references = [
    ...(post.repostOf ? [{ type: 'retweeted', id: post.repostOf }] : []),
    ...(post.quoteOf ? [{ type: 'quoted', id: post.quoteOf }] : []),
    ...(post.replyTo ? [{ type: 'replied_to', id: post.replyTo }] : []),
  ];
  return references.length > 0 ? references : undefined;
}

function metricsOf(state: State, post: Post, now: Date): Fields {
  const count = (fits: (other: Post) => boolean) => state.all('posts').filter(fits).length;
  return {
    retweet_count: count((other) => other.repostOf === post.id),
    reply_count: count((other) => other.replyTo === post.id),
    like_count: post.likes,
    quote_count: count((other) => other.quoteOf === post.id),
    bookmark_count: 0,
    impression_count: viewsOf(post, now),
  };
}

function mediaView(media: Media, asked: Asked, mediaUrl: MediaUrl): Fields {
  const still = media.type === 'photo';
  return chosen(['media_key', 'type'], asked.mediaFields, {
    media_key: media.id,
    type: media.type,
    url: still ? mediaUrl(media.id) : undefined,
    preview_image_url: still ? undefined : mediaUrl(media.id),
    alt_text: media.alt ?? undefined,
    width: media.width,
    height: media.height,
  });
}

function pollView(poll: Poll, asked: Asked, now: Date): Fields {
  return chosen(['id', 'options'], asked.pollFields, {
    id: poll.id,
    options: poll.options.map((option, index) => ({ position: index + 1, ...option })),
    end_datetime: poll.endsAt,
    voting_status: now.toISOString() < poll.endsAt ? 'open' : 'closed',
  });
}

function referencedBy(state: State, posts: readonly Post[]): Post[] {
  const ids = new Set(posts.flatMap((post) => [post.repostOf, post.quoteOf, post.replyTo]));
  return [...ids].flatMap((id) => (id ? (state.get('posts', id) ?? []) : [])).filter((post) => !post.protected);
}

function authorsOf(state: State, posts: readonly Post[]): User[] {
  return [...new Set(posts.map((post) => post.authorId))].flatMap((id) => state.get('users', id) ?? []);
}

function wanted<T>(asked: Asked, expansion: string, rows: () => T[]): T[] {
  return asked.expansions.has(expansion) ? rows() : [];
}

/** The fields that every answer has, and those that were asked for; what is undefined is left out. */
function chosen(always: string[], fields: Set<string>, all: Fields): Fields {
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== undefined && (always.includes(name) || fields.has(name))),
  );
}
