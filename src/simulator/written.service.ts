import { z } from 'zod';
import { asReply, plainPost, pollOf } from './newpost.js';
import { keepPicture } from './profile.routes.js';
import type { Media, Post } from './rows.js';
import type { Change, State } from './state.js';
import type { World } from './world.service.js';

const id = z.string().regex(/^\d{1,19}$/);
const yes = z.union([z.boolean(), z.literal('on').transform(() => true)]);

const form = z.object({
  handle: z.string(),
  text: z.string().max(25_000).default(''),
  /** Service time; now when left out. */
  at: z.iso.datetime({ offset: true }).optional(),
  /** Bytes in base64. */
  media: z
    .array(
      z.object({
        bytes: z.string(),
        alt: z.string().optional(),
        /** Of what moves, the bytes are its still. */
        type: z.enum(['photo', 'animated_gif', 'video']).default('photo'),
      }),
    )
    .default([]),
  replyTo: id.optional(),
  quoteOf: id.optional(),
  repostOf: id.optional(),
  /** The id of an earlier version. */
  edits: id.optional(),
  poll: z
    .object({
      options: z.array(z.string().min(1).max(25)).min(2).max(4),
      minutes: z.number().int().min(5),
      votes: z.array(z.number().int().min(0)).default([]),
    })
    .optional(),
  withheld: z.array(z.string().length(2)).default([]),
  protected: yes.default(false),
  sensitive: yes.default(false),
  likes: z.number().int().min(0).default(0),
  views: z.number().int().min(0).nullable().default(null),
});

/** A post that somebody made without the API, as from a phone; a sentence when what it names is not there. */
export async function writtenPost(world: World, body: unknown): Promise<{ post: Post; act: Change[] } | string> {
  const given = form.parse(body);
  const author = world.state.userByHandle(given.handle);
  if (!author) return `There is no account @${given.handle}.`;
  const [target, quoted, reposted, edited] = [given.replyTo, given.quoteOf, given.repostOf, given.edits].map((each) =>
    each ? world.state.get('posts', each) : undefined,
  );
  const named = [given.replyTo, given.quoteOf, given.repostOf, given.edits].filter((each) => each !== undefined);
  const gone = named.find((each) => !world.state.get('posts', each));
  if (gone) return `There is no post ${gone}.`;
  const at = given.at ? new Date(given.at) : world.now();
  const postId = world.newId(at);
  const media = await picturesOf(world, given.media);
  const plain: Post = {
    ...plainPost(postId, author.id, given.text, at),
    quoteOf: quoted?.id ?? null,
    repostOf: reposted?.id ?? null,
    mediaKeys: media.map((each) => each.id),
    poll: given.poll ? pollOf(world.newId(at), given.poll.options, given.poll.minutes, at, given.poll.votes) : null,
    withheld: given.withheld,
    protected: given.protected,
    sensitive: given.sensitive,
    likes: given.likes,
    views: given.views,
  };
  const post = edited ? asEdit(plain, edited) : target ? asReply(world.state, plain, target) : plain;
  const earlier = edited ? versionsOf(world.state, edited).map((each) => ({ ...each, history: post.history })) : [];
  return {
    post,
    act: [
      ...media.map((row) => ({ put: 'media' as const, row })),
      ...[...earlier, post].map((row) => ({ put: 'posts' as const, row })),
    ],
  };
}

/** A new version keeps its place in a conversation, and its pictures unless it has others. */
function asEdit(post: Post, earlier: Post): Post {
  const { conversationId, replyTo, replyToUserId, quoteOf, mediaKeys, history } = earlier;
  const kept = post.mediaKeys.length > 0 ? post.mediaKeys : mediaKeys;
  return { ...post, conversationId, replyTo, replyToUserId, quoteOf, mediaKeys: kept, history: [...history, post.id] };
}

function versionsOf(state: State, post: Post): Post[] {
  return post.history.flatMap((each) => state.get('posts', each) ?? []);
}

async function picturesOf(world: World, given: z.infer<typeof form>['media']): Promise<Media[]> {
  const kept: Media[] = [];
  for (const { bytes, alt, type } of given) {
    const media = await keepPicture(world, Buffer.from(bytes, 'base64'));
    if (media) kept.push({ ...media, type, alt: alt ?? null });
  }
  return kept;
}
