import { settings } from '../../config/settings.js';
import { Refusal } from '../platform/errors.js';
import type { Format } from './formats/formats.js';
import type { ShownPost } from './shown.js';

/** Which posts of a feed are wanted. Null is: whichever. */
export interface Selection {
  /** Only posts made after this instant, or after this post. */
  since: Date | string | null;
  /** How many at most; null is as many as the plain feed has. */
  limit: number | null;
  /** Only posts credited to this turn (a stint's id). */
  curator: string | null;
  /** Only posts with this hashtag, in lower case, without its `#`. */
  tag: string | null;
  /** Of `embed.html`: the level of a heading to put first. */
  heading: number | null;
}

/** A query of a feed's address that cannot be read. `allowed` says what can. */
export class Unreadable extends Refusal {
  readonly status = 400;
  readonly title = 'We could not read that';
  constructor(
    message: string,
    readonly allowed: Record<string, string>,
  ) {
    super(message);
  }
}

type Parameter = keyof Selection;

/** What each parameter may be, in words: for refusals and for `/openapi.json`. */
export const PARAMETERS: Record<Parameter, string> = {
  since: 'An instant (RFC 3339, such as 2026-12-07T08:00:00Z) or the id of a post: only posts made after it',
  limit: 'A whole number from 1 to 100: at most so many posts',
  curator: 'The id of a turn: only posts credited to it',
  tag: 'A hashtag without its #: only posts that have it',
  heading: 'A whole number from 2 to 6: begins with a heading of that level',
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOTHING: Selection = { since: null, limit: null, curator: null, tag: null, heading: null };

const READ: { [name in Parameter]: (text: string) => Selection[name] } = {
  // A post's id is longer than a year.
  since: (text) => (/^[1-9]\d{4,19}$/.test(text) ? text : instant(text)),
  limit: (text) => within(text, 1, 100),
  curator: (text) => (UUID.test(text) ? text.toLowerCase() : null),
  tag: (text) => (/^#?[\p{L}\p{M}\p{N}_]{1,100}$/u.test(text) ? text.replace('#', '').normalize().toLowerCase() : null),
  heading: (text) => within(text, 2, 6),
};

/** Reads the query of a feed's address. Throws Unreadable for anything that is not known, twice there or out of bounds. */
export function selectionOf(query: string, format: Format): Selection {
  const names = (Object.keys(PARAMETERS) as Parameter[]).filter(
    (name) => name !== 'heading' || format === 'embed.html',
  );
  const refuse = (why: string) =>
    new Unreadable(why, Object.fromEntries(names.map((name) => [name, PARAMETERS[name]])));
  const selection = { ...NOTHING };
  const given = [...new URLSearchParams(query)];
  for (const [name, text] of given) {
    const known = names.find((each) => each === name);
    if (!known) throw refuse(`There is no parameter ${name.slice(0, 40)}.`);
    if (given.filter(([other]) => other === name).length > 1) throw refuse(`${name} may be there only once.`);
    const value = READ[known](text);
    if (value === null) throw refuse(`${name} must be: ${PARAMETERS[known]}.`);
    Object.assign(selection, { [known]: value });
  }
  return selection;
}

/** The query that says the same, always in the same words, and without what says nothing; empty for the plain feed. */
export function queryOf(selection: Selection): string {
  const said = Object.entries(selection).flatMap(([name, value]): [string, string][] => {
    if (value === null) return [];
    return [[name, value instanceof Date ? value.toISOString() : String(value)]];
  });
  return new URLSearchParams(said).toString();
}

/** The selected ones of a feed's newest posts (newest first), or null when the selection may want others as well. */
export function selectedOf(posts: ShownPost[], { since, limit, curator, tag }: Selection): ShownPost[] | null {
  if (curator || tag) return null;
  const after = posts.filter((post) => isAfter(post, since));
  const all = posts.length < settings.feedPosts || after.length < posts.length;
  const enough = limit === null || after.length >= limit || all;
  return enough ? after.slice(0, limit ?? undefined) : null;
}

function isAfter(post: ShownPost, since: Selection['since']): boolean {
  if (since === null) return true;
  return typeof since === 'string' ? BigInt(post.id) > BigInt(since) : post.postedAt > since;
}

function within(text: string, least: number, most: number): number | null {
  const number = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  return number >= least && number <= most ? number : null;
}

function instant(text: string): Date | null {
  const read = INSTANT.test(text) ? new Date(text) : null;
  return read && Number.isFinite(read.getTime()) ? read : null;
}
