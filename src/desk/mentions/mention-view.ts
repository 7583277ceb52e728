import { settings } from '../../../config/settings.js';
import type { Account } from '../../credentials/account.entity.js';
import { agoOf, dateAndTime } from '../../credentials/dates.js';
import { takesNoAnswer } from '../../messages/ending.js';
import { type Segment, segmentsOf } from '../../networks/segments.js';
import type { Answered, Looks, MentionRow } from './inbox.service.js';
import { mayAnswer, permalinkOf, wayOf, whyNoAnswer } from './mention.js';

const WAYS = { answer: 'Answered one of our posts', quote: 'Quoted one of our posts', mention: 'Mentioned us' };

const ANSWERS: Record<string, { text: string; colour: string }> = {
  waiting: { text: 'An answer is on its way', colour: 'blue' },
  sending: { text: 'An answer is on its way', colour: 'blue' },
  sent: { text: 'Answered', colour: 'green' },
  unknown: { text: 'An answer is being checked', colour: 'yellow' },
  held: { text: 'An answer is held for the team', colour: 'orange' },
  refused: { text: 'X refused the answer', colour: 'red' },
};

/** A mention as a card shows it. `segments` is null where X has not confirmed the post for so long that only a link may be shown. */
export interface Card {
  id: string;
  name: string;
  handle: string | null;
  way: string;
  when: string;
  href: string;
  segments: Segment[] | null;
  note: string | null;
  tag: { text: string; colour: string } | null;
  answered: { text: string; href: string | null } | null;
  /** The way to answer, or why there is none. */
  reply: { href: string; text: string } | null;
  noReply: string | null;
  hidden: boolean;
}

type Us = Pick<Account, 'slug' | 'handle' | 'zone' | 'networkUserId'>;

/** Everything that a card of the inbox says. */
export function cardOf(account: Us, row: MentionRow, now: Date): Card {
  const { id, handle, post, answer } = row;
  const stale = now.getTime() - row.seenAt.getTime() >= settings.feedExpiry || post.withheld !== null;
  const noReply = whyNoReply(account, row);
  return {
    id,
    name: row.authorName ?? 'Somebody on X',
    handle,
    way: WAYS[wayOf(post, account)],
    when: dateAndTime(account.zone, row.postedAt),
    href: permalinkOf(id, handle),
    segments: stale ? null : segmentsOf(post),
    note: noteOf(row),
    tag: answer ? (ANSWERS[answer.state] ?? null) : null,
    answered: answer ? answerWords(account, answer) : null,
    reply: noReply === null ? replyOf(account, row) : null,
    noReply,
    hidden: row.hidden,
  };
}

/** How fresh the inbox is, in sentences: a look that failed is never an empty inbox. */
export function looksView(looks: Looks | null, zone: string, now: Date) {
  if (!looks) return { asked: false, age: 'X has not been asked yet.', trouble: null, overflow: null };
  const { pulledAt, failingSince, failure, nextPullAt, overflowedAt } = looks;
  const age = pulledAt
    ? `X was last asked ${agoOf(pulledAt, now)}, on ${dateAndTime(zone, pulledAt)}.`
    : 'X has not been asked yet.';
  const next = nextPullAt > now ? ` The next try is on ${dateAndTime(zone, nextPullAt)}.` : '';
  const since =
    failingSince &&
    `X has not answered since ${dateAndTime(zone, failingSince)}: “${failure ?? ''}”. There may be mentions that are not here.${next}`;
  const recent = overflowedAt && now.getTime() - overflowedAt.getTime() < settings.feedExpiry;
  return {
    asked: pulledAt !== null,
    age,
    trouble: since,
    overflow: recent ? 'More people wrote at once than Baton reads. The oldest of those posts are on X only.' : null,
  };
}

function replyOf({ slug }: Us, { id, draftId, answer }: MentionRow): Card['reply'] {
  if (draftId) return { href: `/${slug}/desk?draft=${draftId}`, text: 'Go on with your answer' };
  return { href: `/${slug}/desk?reply=${id}`, text: answer && answer.state !== 'refused' ? 'Answer again' : 'Answer' };
}

function whyNoReply(account: Us, { post, answer }: MentionRow): string | null {
  if (answer?.state === 'refused' && takesNoAnswer(answer.detail))
    return 'X did not take an answer to this post from here. You cannot answer it through Baton.';
  return mayAnswer(post, account) ? null : whyNoAnswer(account);
}

function answerWords({ handle }: Us, { state, detail, by, providerRef }: Answered): Card['answered'] {
  if (state === 'refused') return { text: detail ?? '', href: null };
  return { text: `By ${by ?? 'the team'}`, href: providerRef ? permalinkOf(providerRef, handle) : null };
}

function noteOf({ post }: MentionRow): string | null {
  const notes = [
    post.pictures > 0 ? 'It has pictures or a video, which are on X.' : null,
    post.possiblySensitive ? 'X marks it as possibly upsetting.' : null,
    post.edited ? 'It was edited.' : null,
  ];
  return notes.filter((note) => note !== null).join(' ') || null;
}
