import { dateAndTime } from '../credentials/dates.js';
import type { OwnPost } from './desk.service.js';

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
  return {
    scheduled: ahead.map(({ id, text, parts, dueAt }) => ({
      id,
      text,
      parts,
      when: dateAndTime(zone, dueAt, { zone: true }),
    })),
    held: rest.filter(({ state }) => state === 'held').length,
  };
}
