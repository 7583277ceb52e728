import { z } from 'zod';

/**
 * The answers of X's API v2, as far as Baton reads them: https://docs.x.com/x-api. What Baton cannot do without is
 * required; everything else may be missing, or be of a shape that X has changed, without spoiling the rest.
 */
const maybe = <T extends z.ZodType>(type: T) => type.optional().catch(undefined);

const words = maybe(z.string());
const count = maybe(z.number());
/** Of a list, what is of the shape. */
const list = <T extends z.ZodType>(item: T) =>
  maybe(
    z.array(z.unknown()).transform((items): z.infer<T>[] =>
      items.flatMap((each) => {
        const read = item.safeParse(each);
        return read.success ? [read.data] : [];
      }),
    ),
  );
const id = z.string().regex(/^\d{1,19}$/);

const span = { start: z.number(), end: z.number() };
const entities = z.object({
  urls: list(
    z.object({
      ...span,
      url: z.string(),
      display_url: words,
      expanded_url: words,
      unwound_url: words,
      media_key: words,
    }),
  ),
  mentions: list(z.object({ ...span, username: z.string(), id: words })),
  hashtags: list(z.object({ ...span, tag: z.string() })),
  cashtags: list(z.object({ ...span, tag: z.string() })),
});
const note = z.object({ text: z.string(), entities: maybe(entities) });
const references = list(z.object({ type: z.string(), id }));

const post = z.object({
  id,
  text: z.string(),
  author_id: words,
  created_at: words,
  conversation_id: words,
  in_reply_to_user_id: words,
  entities: maybe(entities),
  attachments: maybe(z.object({ media_keys: list(z.string()), poll_ids: list(z.string()) })),
  lang: words,
  possibly_sensitive: maybe(z.boolean()),
  withheld: maybe(z.object({ copyright: maybe(z.boolean()), country_codes: list(z.string()) })),
  public_metrics: maybe(z.record(z.string(), z.number())),
  // The same things in X's older and newer words.
  note_tweet: maybe(note),
  note_post: maybe(note),
  referenced_tweets: references,
  referenced_posts: references,
  edit_history_tweet_ids: list(id),
  edit_history_post_ids: list(id),
});

const media = z.object({
  media_key: z.string().regex(/^\d{1,3}_\d{1,19}$/),
  type: z.string(),
  url: words,
  preview_image_url: words,
  alt_text: words,
  width: count,
  height: count,
});

const poll = z.object({
  id: z.string(),
  options: z.array(z.object({ position: count, label: z.string(), votes: z.number() })),
  end_datetime: words,
  voting_status: words,
});

const user = z.object({
  id,
  username: z.string(),
  name: z.string(),
  description: words,
  profile_image_url: words,
  protected: maybe(z.boolean()),
});

const problem = z.object({ type: words, title: words, detail: words, resource_id: words, value: words });
const problems = list(problem);

export const postsAnswer = z.object({
  data: z.array(post).optional(),
  includes: maybe(z.object({ media: list(media), polls: list(poll), users: list(user) })),
  meta: maybe(z.object({ result_count: count, next_token: words })),
  errors: problems,
});

export const userAnswer = z.object({ data: user.optional(), errors: problems });

export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: words,
  expires_in: z.number().default(7200).catch(7200),
  scope: words,
});

export const createdAnswer = z.object({ data: z.object({ id }) });

export const messageAnswer = z.object({ data: z.object({ dm_event_id: z.string() }) });

export const mediaAnswer = z.object({
  data: z.object({
    id: z.string(),
    expires_after_secs: count,
    processing_info: maybe(
      z.object({
        state: z.string(),
        check_after_secs: count,
        error: maybe(z.object({ message: words })),
      }),
    ),
  }),
});

/** With the headers: X says in how many seconds an upload expires, counted from its answer's date. */
export const datedMediaAnswer = z.object({ data: mediaAnswer, headers: z.object({ date: words }) });

export const deletedAnswer = z.object({ data: z.object({ deleted: z.literal(true) }) });

/** For calls whose answer says nothing that Baton needs, but must be an answer of X and not of something between. */
export const anyAnswer = z.object({});

export type WirePost = z.infer<typeof post>;
export type WireEntities = z.infer<typeof entities>;
export type WireMedia = z.infer<typeof media>;
export type WirePoll = z.infer<typeof poll>;
export type WireUser = z.infer<typeof user>;
export type PostsAnswer = z.infer<typeof postsAnswer>;
export type TokenAnswer = z.infer<typeof tokenAnswer>;
export type MediaAnswer = z.infer<typeof mediaAnswer>;
