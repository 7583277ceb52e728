import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime, longDate, timeRange } from '../credentials/dates.js';
import { bestOf, type Counted, MEASURES, type Measure, readBetween, standingOf, sumOf } from './how-it-did.js';
import { counted, inFigures } from './numbers.js';
import { growthOf, LABELS, type NamedPlot, plotsOf } from './plots.js';
import type { TurnDay } from './series.service.js';
import type { ReadPost, ReadTurn } from './turns-read.service.js';

const LONGEST = 200;

/** A turn with all that is known of its posts, in the order in which they went out. */
export interface TurnRead {
  account: Account;
  turn: ReadTurn;
  posts: ReadPost[];
  days: TurnDay[];
}

/** The plots of a turn. */
export function turnPlots({ account, posts, days }: TurnRead): NamedPlot[] {
  return [
    ...plotsOf(
      posts.map((post, index) => ({ label: String(index + 1), figures: figuresOf(post) })),
      'Post',
    ),
    ...growthOf(days.map((day) => ({ label: shortDate(account.zone, middayOf(day.day)), figures: day }))),
  ];
}

/** Everything that a turn's page says, in words. */
export function turnView(read: TurnRead, now: Date) {
  const { account, turn, posts, days } = read;
  const rows = posts.map((post, index) => rowOf(account, post, index + 1, now));
  const best = bestOf(posts);
  return {
    span: timeRange(account.zone, turn),
    lines: linesOf(read, now),
    figures: posts.length > 0 ? figuresList(posts, counted(posts.length, 'post')) : [],
    best: best && { ...rows[posts.indexOf(best)], words: bestWords(best) },
    rows,
    days: days.map((day) => ({ when: longDate(account.zone, middayOf(day.day)), cells: cellsOf(day) })),
    headings: MEASURES.map((measure) => LABELS[measure]),
  };
}

/** What the numbers of some posts come to, and of how many posts each is known where that is not of all. */
export function figuresList(posts: Counted[], all: string) {
  const sums = MEASURES.map((measure) => ({ label: LABELS[measure], ...sumOf(posts, measure) }));
  return [
    { label: 'Went out', figure: all, note: null },
    ...sums.map(({ label, sum, of }) => ({
      label,
      figure: inFigures(sum),
      note: of > 0 && of < posts.length ? `Known of ${of} of ${counted(posts.length, 'post')}` : null,
    })),
  ];
}

/** The numbers of one post; null is not known. */
function figuresOf({ metrics }: Counted): Record<Measure, number | null> {
  const of = (measure: Measure) => metrics?.[measure] ?? null;
  return { impressions: of('impressions'), likes: of('likes'), replies: of('replies'), reposts: of('reposts') };
}

/** The cells of a table's line, each with the heading of its column for narrow windows. */
export function cellsOf(figures: Record<Measure, number | null>) {
  return MEASURES.map((measure) => ({ heading: LABELS[measure], figure: inFigures(figures[measure]) }));
}

/** "1,204 impressions, 12 likes, 3 replies and 1 repost", as far as they are known. */
export function bestWords(post: Counted): string {
  const known = MEASURES.flatMap((measure) => {
    const value = post.metrics?.[measure] ?? null;
    return value === null
      ? []
      : counted(
          value,
          LABELS[measure].toLowerCase().replace(/ies$/, 'y').replace(/s$/, ''),
          LABELS[measure].toLowerCase(),
        );
  });
  return known.join(', ');
}

/** "7 Dec" */
export function shortDate(zone: string, instant: Date): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone }).format(instant);
}

function rowOf({ zone, handle }: Account, post: ReadPost, number: number, now: Date) {
  return {
    number,
    when: dateAndTime(zone, post.postedAt),
    text: wordsOf(post, now),
    href: post.readAt ? `https://x.com/${handle}/status/${post.id}` : null,
    cells: cellsOf(figuresOf(post)),
  };
}

/** X wants words gone from us within a day of their going from X: those not seen there for a day are shown only if we sent them. */
function wordsOf({ readAt, text, ownText }: ReadPost, now: Date): string | null {
  if (!readAt) return null;
  const fresh = now.getTime() - readAt.getTime() < settings.feedExpiry;
  const words = Array.from((fresh ? text : ownText) ?? '');
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1).join('')}…` : words.join('') || null;
}

/** How far the numbers can be trusted, in sentences. */
function linesOf({ account, turn, posts }: TurnRead, now: Date): string[] {
  const standing = standingOf(turn, now);
  const { zone, handle } = account;
  if (standing === 'ahead') return ['This turn has not started. How its posts did is shown here once they are out.'];
  if (account.connection !== 'api' && posts.length === 0)
    return [`Baton does not read what is posted on @${handle}, so it knows no numbers.`];
  if (standing === 'imported' && posts.length === 0)
    return ['This turn is from before Baton, so how its posts did was never read.'];
  if (posts.length === 0) return [standing === 'on' ? 'No post has gone out yet.' : 'No posts went out in this turn.'];
  const between = readBetween(posts);
  const missing = posts.filter(({ readAt }) => !readAt).length;
  return [
    standingWords[standing](turn, zone),
    ...(between ? [readingWords(between, zone)] : ['X has not given any numbers of these posts yet.']),
    ...(missing > 0 && between
      ? [`${counted(missing, 'post is', 'posts are')} not on X any more, or not read yet: the numbers are not known.`]
      : []),
  ];
}

const LEFT = () => 'These are the numbers as X last gave them. They were not counted for good.';

const standingWords = {
  imported: LEFT,
  left: LEFT,
  on: () => 'The turn is going on: these are the numbers so far.',
  reading: ({ endsAt }: ReadTurn, zone: string) =>
    `Numbers are still being read. They are counted for good a week after the turn, from ${dateAndTime(zone, new Date(endsAt.getTime() + settings.countAfter))}.`,
  final: ({ countedAt }: ReadTurn, zone: string) =>
    `These numbers are settled${countedAt ? `: they were counted on ${longDate(zone, countedAt)}` : ''}.`,
};

function readingWords({ from, to }: { from: Date; to: Date }, zone: string): string {
  const [first, last] = [dateAndTime(zone, from), dateAndTime(zone, to)];
  return first === last ? `X gave them on ${first}.` : `X gave them between ${first} and ${last}.`;
}

function middayOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}
