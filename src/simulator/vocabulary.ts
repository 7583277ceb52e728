/** X answers in the words that it was asked with: its older ones (tweet) or its newer ones (post). */
export type Vocabulary = 'tweet' | 'post';

/** What a reading call asked for, in the older words. */
export interface Asked {
  words: Vocabulary;
  postFields: Set<string>;
  userFields: Set<string>;
  mediaFields: Set<string>;
  pollFields: Set<string>;
  expansions: Set<string>;
  exclude: Set<string>;
}

const NEWER: Record<string, string> = {
  edit_history_tweet_ids: 'edit_history_post_ids',
  note_tweet: 'note_post',
  referenced_tweets: 'referenced_posts',
  retweet_count: 'repost_count',
  most_recent_tweet_id: 'most_recent_post_id',
  pinned_tweet_id: 'pinned_post_id',
  tweet_count: 'post_count',
  tweets: 'posts',
};
const NEWER_VALUES: Record<string, string> = { retweeted: 'reposted' };
const OLDER = new Map([
  ...Object.entries(NEWER).map(([older, newer]) => [newer, older] as const),
  ['referenced_posts.id', 'referenced_tweets.id'] as const,
  ['referenced_posts.id.author_id', 'referenced_tweets.id.author_id'] as const,
  ['referenced_posts.id.attachments.media_keys', 'referenced_tweets.id.attachments.media_keys'] as const,
  ['reposts', 'retweets'] as const,
]);

/** Reads the words of a query. */
export function askedIn(query: Record<string, string | undefined>): Asked {
  const list = (...names: string[]) =>
    new Set(names.flatMap((name) => (query[name] ?? '').split(',').filter((word) => word !== '')));
  const older = (words: Set<string>) => new Set([...words].map((word) => OLDER.get(word) ?? word));
  const fields = list('tweet.fields', 'post.fields');
  const expansions = list('expansions');
  const exclude = list('exclude');
  const newer = 'post.fields' in query || [...fields, ...expansions, ...exclude].some((word) => OLDER.has(word));
  return {
    words: newer ? 'post' : 'tweet',
    postFields: older(fields),
    userFields: older(list('user.fields')),
    mediaFields: list('media.fields'),
    pollFields: list('poll.fields'),
    expansions: older(expansions),
    exclude: older(exclude),
  };
}

/** Puts an answer, written in the older words, into those that were asked with. */
export function inWords<T>(words: Vocabulary, answer: T): T {
  return words === 'tweet' ? answer : (newer(answer) as T);
}

function newer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(newer);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      NEWER[key] ?? key,
      key === 'type' && typeof inner === 'string' ? (NEWER_VALUES[inner] ?? inner) : newer(inner),
    ]),
  );
}
