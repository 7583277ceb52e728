import type { Account } from '../credentials/account.entity.js';
import { dateAndTime, longDate } from '../credentials/dates.js';
import { bestOf, MEASURES, type Measure, sumOf } from './how-it-did.js';
import { counted, inFigures } from './numbers.js';
import { LABELS, type NamedPlot, plotsOf } from './plots.js';
import { bestWords, cellsOf, figuresList, shortDate } from './turn-view.js';
import type { ReadPost, ReadTurn } from './turns-read.service.js';

/** The turns that began in a year, oldest first, and all their posts. */
export interface YearRead {
  account: Account;
  year: number;
  turns: ReadTurn[];
  posts: ReadPost[];
}

/** The plots of a year: a bar for each turn, by the day on which it began. */
export function yearPlots({ account, turns, posts }: YearRead): NamedPlot[] {
  return plotsOf(
    turns.map((turn) => ({ label: shortDate(account.zone, turn.startsAt), figures: sumsOf(turn, posts) })),
    'Turn',
  );
}

/** Everything that the page of a year says, in words. */
export function yearView({ account, turns, posts }: YearRead) {
  const best = bestOf(posts);
  const whose = turns.find(({ id }) => id === best?.stintId);
  return {
    figures:
      posts.length > 0
        ? figuresList(posts, `${counted(posts.length, 'post')} in ${counted(turns.length, 'turn')}`)
        : [],
    best: best &&
      whose && {
        when: dateAndTime(account.zone, best.postedAt),
        by: whose.name,
        href: `/team/${account.slug}/insight/${whose.id}`,
        words: bestWords(best),
      },
    headings: MEASURES.map((measure) => LABELS[measure]),
    rows: turns
      .map((turn) => ({
        href: `/team/${account.slug}/insight/${turn.id}`,
        name: turn.name,
        when: longDate(account.zone, turn.startsAt),
        posts:
          postsOf(turn, posts).length === 0 && turn.imported ? 'Not known' : inFigures(postsOf(turn, posts).length),
        cells: cellsOf(sumsOf(turn, posts)),
      }))
      .reverse(),
  };
}

function postsOf({ id }: ReadTurn, posts: ReadPost[]): ReadPost[] {
  return posts.filter(({ stintId }) => stintId === id);
}

function sumsOf(turn: ReadTurn, posts: ReadPost[]): Record<Measure, number | null> {
  const own = postsOf(turn, posts);
  const of = (measure: Measure) => sumOf(own, measure).sum;
  return { impressions: of('impressions'), likes: of('likes'), replies: of('replies'), reposts: of('reposts') };
}
