import { instantOf, type Media, type Reference } from '../networks/network.js';
import { type Segment, segmentsOf } from '../networks/segments.js';
import type { KeptPost } from './feed-rows.service.js';
import { languageOf } from './language.js';
import { asLink, quoteAsLink } from './lapse.js';
import { addressById, permalink, type ShownPicture, type ShownPost, type ShownQuote } from './shown.js';

/** An original as it is kept: a post that another one quotes or passes on; without `post` when it is missing. */
export interface OriginalRow {
  id: string;
  /** As it came from JSON: its instants are texts. */
  post: KeptPost | null;
  missing: 'gone' | 'protected' | 'unavailable' | null;
  seen_at: string | Date;
}

/** A post as it is kept, with what it needs to be shown. Instants that came from JSON are texts. */
export interface PostRow {
  post: KeptPost;
  posted_at: string | Date;
  seen_at: string | Date;
  stint_id: string | null;
  shown_name: string | null;
  originals: OriginalRow[] | null;
}

/** A head with every answer of the account to itself in that conversation, oldest first. */
export interface HeadRow extends PostRow {
  answers: (PostRow & { hidden: boolean })[] | null;
}

/** Where a post is shown: whose it is, and where the service keeps its picture files. */
export interface Place {
  handle: string;
  picture(file: string): string;
}

/** A post as every format shows it, with its own thread. */
export function shownFrom(row: HeadRow, place: Place): ShownPost {
  return { ...single(row, place), thread: threadOf(row).map((part) => single(part, place)) };
}

/**
 * What the account went on to say to itself. An answer to anybody else ends it, since nobody here would see what it
 * answers; a hidden part is left out, and what follows it stays.
 */
function threadOf({ post, answers }: HeadRow): PostRow[] {
  const said = new Set(post.editHistoryIds);
  const thread = (answers ?? []).filter((answer) => {
    const follows = said.has(answer.post.replyTo ?? '');
    if (follows) for (const id of answer.post.editHistoryIds) said.add(id);
    return follows;
  });
  return thread.filter(({ hidden }) => !hidden);
}

function single(row: PostRow, place: Place): ShownPost {
  const { post, stint_id: stintId, shown_name: name } = row;
  const about = post.references.find(({ kind }) => kind !== 'reply');
  const repost = about?.kind === 'repost';
  const quote = about ? quoteFrom(about, row, place) : null;
  const whole: ShownPost = {
    id: post.id,
    permalink: permalink(place.handle, post.id),
    postedAt: new Date(row.posted_at),
    first: firstOf(row),
    lang: repost ? null : languageOf(post.lang),
    text: repost
      ? captionOf(quote)
          .map(({ text }) => text)
          .join('')
      : post.text,
    segments: repost ? captionOf(quote) : segmentsOf(post, quote?.id, hasCopies(post)),
    pictures: repost ? [] : picturesOf(post, place),
    sensitive: post.possiblySensitive,
    poll: post.poll && { ...post.poll, endsAt: post.poll.endsAt && new Date(post.poll.endsAt) },
    quote,
    repost,
    thread: [],
    edited: post.edited,
    checkedAt: new Date(row.seen_at),
    linkOnly: false,
    curator: stintId ? { name: name ?? 'A curator', stintId } : null,
  };
  return post.withheld || (repost && !quote) ? asLink(whole) : whole;
}

function firstOf({ post, posted_at: postedAt }: PostRow): ShownPost['first'] {
  const [id = post.id] = post.editHistoryIds;
  return { id, postedAt: id === post.id ? new Date(postedAt) : instantOf(id) };
}

/** Null when it is gone: then there is nothing to link to either. */
function quoteFrom({ id, handle }: Reference, row: PostRow, place: Place): ShownQuote | null {
  const original = row.originals?.find((each) => each.id === id);
  if (original?.missing === 'gone') return null;
  const quote: ShownQuote = {
    id,
    permalink: handle ? permalink(handle, id) : addressById(id),
    handle: handle ?? null,
    postedAt: instantOf(id),
    lang: languageOf(original?.post?.lang ?? null),
    segments: original?.post ? segmentsOf(original.post, null, hasCopies(original.post)) : [],
    pictures: original?.post ? picturesOf(original.post, place) : [],
    sensitive: original?.post?.possiblySensitive ?? false,
    checkedAt: new Date(original?.seen_at ?? row.seen_at),
    linkOnly: false,
  };
  return original?.post && !original.post.withheld ? quote : quoteAsLink(quote);
}

function captionOf(quote: ShownQuote | null): Segment[] {
  if (!quote?.handle) return [{ text: 'Reposted' }];
  return [{ text: 'Reposted ' }, { text: `@${quote.handle}`, href: `https://x.com/${quote.handle}` }];
}

/** A picture that cannot be had now is not passed over: its link stays in the text, as X shows it. */
function hasCopies({ media, copies }: KeptPost): boolean {
  return media.every(({ key }) => copies[key]);
}

function picturesOf(post: KeptPost, place: Place): ShownPicture[] {
  return post.media.flatMap(({ key, type, alt }: Media): ShownPicture[] => {
    const copy = post.copies[key];
    if (!copy) return [];
    const picture = {
      href: place.picture(copy.file),
      width: copy.width,
      height: copy.height,
      description: alt ?? null,
    };
    return [type === 'photo' ? picture : { ...picture, still: type }];
  });
}
