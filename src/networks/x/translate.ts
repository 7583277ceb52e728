import {
  type Found,
  instantOf,
  type Media,
  type Metrics,
  type NetworkPost,
  type NetworkProfile,
  type Page,
  type Poll,
  type Tokens,
} from '../network.js';
import { readText } from './entities.js';
import { typeWord } from './outcomes.js';
import { referencesFrom } from './references.js';
import type { PostsAnswer, TokenAnswer, WireMedia, WirePoll, WirePost, WireUser } from './wire.js';

const MEDIA_TYPES: Record<string, Media['type']> = { photo: 'photo', animated_gif: 'gif', video: 'video' };

const MISSING: Record<string, Found['missing'][number]['why']> = {
  'resource-not-found': 'gone',
  'not-authorized-for-resource': 'protected',
};

/** A page of a timeline. */
export function pageFrom(answer: PostsAnswer): Page {
  return { posts: postsFrom(answer), nextPage: answer.meta?.next_token ?? null };
}

/** The answer to a look-up of these ids: each is found, or missing with what X says of it. */
export function foundFrom(answer: PostsAnswer, ids: string[]): Found {
  const posts = postsFrom(answer);
  const here = new Set(posts.map((post) => post.id));
  const reasons = new Map(
    (answer.errors ?? []).map((error) => [error.resource_id ?? error.value, MISSING[typeWord(error.type)]]),
  );
  const missing = ids
    .filter((id) => !here.has(id))
    .map((id) => ({ id, why: reasons.get(id) ?? ('unavailable' as const) }));
  return { posts, missing };
}

export function profileFrom(user: WireUser): NetworkProfile {
  return {
    id: user.id,
    handle: user.username,
    name: user.name,
    bio: user.description ?? '',
    pictureUrl: user.profile_image_url ?? null,
    protected: user.protected ?? false,
  };
}

export function tokensFrom(answer: TokenAnswer): Tokens {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token || null,
    expiresInSeconds: answer.expires_in,
    scopes: (answer.scope ?? '').split(' ').filter((scope) => scope !== ''),
  };
}

function postsFrom(answer: PostsAnswer): NetworkPost[] {
  const media = new Map((answer.includes?.media ?? []).map((item) => [item.media_key, item]));
  const polls = new Map((answer.includes?.polls ?? []).map((poll) => [poll.id, poll]));
  return (answer.data ?? []).map((post) => postFrom(post, media, polls));
}

function postFrom(post: WirePost, media: Map<string, WireMedia>, polls: Map<string, WirePoll>): NetworkPost {
  const note = post.note_tweet ?? post.note_post;
  const versions = post.edit_history_tweet_ids ?? post.edit_history_post_ids ?? [];
  const history = versions.length > 0 ? versions : [post.id];
  const references = referencesFrom(post);
  const attached = (post.attachments?.media_keys ?? []).flatMap((key) => media.get(key) ?? []);
  const poll = polls.get(post.attachments?.poll_ids?.[0] ?? '');
  return {
    id: post.id,
    authorId: post.author_id ?? null,
    // Offsets of a long post's short form mean nothing in its whole text.
    ...(note ? readText(note.text, note.entities) : readText(post.text, post.entities)),
    media: attached.flatMap(mediaFrom),
    createdAt: instantFrom(post.created_at) ?? instantOf(post.id),
    editHistoryIds: history,
    edited: history.length > 1,
    replyTo: references.find((reference) => reference.kind === 'reply')?.id ?? null,
    replyToUserId: post.in_reply_to_user_id ?? null,
    conversationId: post.conversation_id ?? null,
    references,
    metrics: post.public_metrics ? metricsFrom(post.public_metrics) : null,
    poll: poll ? pollFrom(poll) : null,
    withheld: post.withheld
      ? { countries: post.withheld.country_codes ?? [], copyright: post.withheld.copyright ?? false }
      : null,
    lang: post.lang ?? null,
    possiblySensitive: post.possibly_sensitive ?? false,
  };
}

function mediaFrom(media: WireMedia): Media[] {
  const type = MEDIA_TYPES[media.type];
  if (!type) return [];
  return [
    {
      key: media.media_key,
      type,
      url: media.url ?? null,
      previewUrl: media.preview_image_url ?? null,
      alt: media.alt_text || null,
      width: media.width ?? null,
      height: media.height ?? null,
    },
  ];
}

function metricsFrom(counts: Record<string, number>): Metrics {
  return {
    reposts: counts.retweet_count ?? counts.repost_count ?? null,
    replies: counts.reply_count ?? null,
    likes: counts.like_count ?? null,
    quotes: counts.quote_count ?? null,
    bookmarks: counts.bookmark_count ?? null,
    impressions: counts.impression_count ?? null,
  };
}

function pollFrom(poll: WirePoll): Poll {
  const inOrder = [...poll.options].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return {
    id: poll.id,
    options: inOrder.map(({ label, votes }) => ({ label, votes })),
    endsAt: instantFrom(poll.end_datetime),
    open: poll.voting_status === 'open',
  };
}

function instantFrom(text: string | undefined): Date | null {
  const instant = new Date(text ?? '');
  return Number.isNaN(instant.getTime()) ? null : instant;
}
