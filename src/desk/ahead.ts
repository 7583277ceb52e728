import { dateAndTime, secondsTime } from '../credentials/dates.js';
import { pollInWords } from '../networks/poll.js';
import type { OwnPost } from './desk.service.js';

/** Of a post that leaves so soon after it was queued, its author may undo the sending; it is not scheduled. */
const LONGEST_UNDO = 120_000;

/** Posts that leave later, soonest first, and the others. Of a thread its first part stands for all. */
export function apart(posts: OwnPost[], now: Date): { ahead: OwnPost[]; rest: OwnPost[] } {
  const isAhead = ({ state, dueAt }: OwnPost) => state === 'waiting' && dueAt > now;
  const ahead = posts.filter((post) => isAhead(post) && (post.part ?? 1) === 1);
  return {
    ahead: ahead.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()),
    rest: posts.filter((p) => !isAhead(p)),
  };
}

/** What is scheduled, as the desk lists it, and whether somebody has to decide about posts that were overtaken. */
export function aheadView(zone: string, posts: OwnPost[], now: Date) {
  const { ahead, rest } = apart(posts, now);
  const isGoing = ({ dueAt, queuedAt }: OwnPost) => dueAt.getTime() - queuedAt.getTime() <= LONGEST_UNDO;
  return {
    going: ahead.filter(isGoing).map(({ id, text, dueAt }) => ({
      id,
      text,
      at: secondsTime(zone, dueAt),
      seconds: Math.ceil((dueAt.getTime() - now.getTime()) / 1000),
    })),
    scheduled: ahead
      .filter((post) => !isGoing(post))
      .map(({ id, text, poll, parts, dueAt }) => ({
        id,
        text,
        parts,
        poll: poll && pollInWords(poll),
        when: dateAndTime(zone, dueAt, { zone: true }),
      })),
    held: rest.filter(({ state }) => state === 'held').length,
  };
}
