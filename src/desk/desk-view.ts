import type { Answer } from '../credentials/access.js';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { hoursInWords } from '../credentials/hours.js';
import type { Metrics } from '../networks/network.js';
import { textLength } from '../networks/text.js';
import { aheadView, apart } from './ahead.js';
import { describeField, fieldOf, MEDIA_MOST, nameOf } from './compose.js';
import type { OwnPost } from './desk.service.js';
import type { DraftedPart } from './draft.entity.js';
import { leftUntil } from './remaining.js';
import type { Turn } from './turn.js';
import { wentOut } from './went-out.js';

const STATES: Record<string, { text: string; colour: string }> = {
  waiting: { text: 'Waiting to go out', colour: 'blue' },
  sending: { text: 'Going out now', colour: 'blue' },
  sent: { text: 'Posted', colour: 'green' },
  refused: { text: 'Refused', colour: 'red' },
  unknown: { text: 'Being checked', colour: 'yellow' },
  held: { text: 'Held for the team', colour: 'orange' },
  withdrawn: { text: 'Withdrawn', colour: 'grey' },
};

/** Everything the desk's page says, in words. */
export function deskView(
  account: Account,
  turn: Turn,
  answer: Answer & { now: Date },
  posts: OwnPost[],
  numbers: Map<string, Metrics>,
): object {
  const zone = account.zone;
  return {
    mayPost: answer.allowed,
    status: statusOf(answer, turn, zone),
    brief: briefOf(account, turn, answer.now),
    ...aheadView(zone, posts, answer.now),
    posts: apart(posts, answer.now).rest.map((post) =>
      wentOut(account, post, tagOf(post), { mayPost: answer.allowed, metrics: numbers.get(post.providerRef ?? '') }),
    ),
  };
}

function tagOf({ state, part, nextAttemptAt }: OwnPost): { text: string; colour: string } {
  if (state === 'waiting' && part !== null && nextAttemptAt === null)
    return { text: 'Waits for the part before it', colour: 'grey' };
  if (state === 'unknown' && nextAttemptAt === null) return { text: 'Not known: the team looks', colour: 'red' };
  return STATES[state] ?? { text: state, colour: 'grey' };
}

function statusOf(answer: Answer, turn: Turn, zone: string): { heading: string; text: string } {
  const until = answer.until ? dateAndTime(zone, answer.until, { zone: true }) : null;
  switch (answer.why) {
    case 'allowed':
      return { heading: 'You can post now', text: until ? `Until ${until}.` : '' };
    case 'outside-hours':
      return {
        heading: 'Outside posting hours',
        text: until ? `You can post again from ${until}. Drafts are kept.` : 'Drafts are kept.',
      };
    case 'held':
      return answer.hold?.kind === 'takeover'
        ? { heading: 'The team speaks as the account for now', text: 'You get it back. Drafts are kept.' }
        : { heading: 'The account is paused', text: 'Nothing goes out for now. Drafts are kept.' };
    case 'ended':
      return { heading: 'Your turn has ended', text: 'Thank you for curating. You can still read this page.' };
    default:
      return turn.state === 'ended'
        ? { heading: 'Your turn has ended', text: 'Thank you for curating. You can still read this page.' }
        : {
            heading: 'Your turn has not started',
            text: `Read-only until ${dateAndTime(zone, turn.startsAt, { zone: true })}. You can write drafts already.`,
          };
  }
}

/** Until when, within which hours and whom to ring: what the page says before its form. */
function briefOf(account: Account, turn: Turn, now: Date) {
  const left = turn.startsAt <= now ? leftUntil(turn.endsAt, now) : null;
  const brief = [
    { heading: 'Your turn', lines: [timeRange(account.zone, turn, { zone: true }), ...(left ? [left] : [])] },
    { heading: 'Posting hours', lines: account.postingHours ? hoursInWords(account.postingHours) : [] },
    { heading: 'Whom to ask', lines: account.helpContact ? [account.helpContact] : [] },
  ];
  return brief.filter(({ lines }) => lines.length > 0);
}

/** What was typed and is not kept with a draft: the descriptions of pictures that could not be taken. */
export type Typed = Record<string, unknown>;

/** The parts of a draft as the form shows them, with the names of their fields; one empty part where there is no draft. */
export function partsView(parts: DraftedPart[], typed: Typed = {}) {
  return (parts.length > 0 ? parts : [EMPTY]).map(({ text, media }, index) => {
    const number = index + 1;
    const [words, picture, description] = ['text', 'picture', 'description'].map((field) => fieldOf(field, number));
    return {
      text,
      number,
      fields: { text: words, picture, description },
      count: textLength('x', text),
      media: media.map((each) => ({ ...each, name: nameOf(each.type), field: describeField(each.id) })),
      takesMore: media.length < MEDIA_MOST && media.every(({ type }) => nameOf(type) === 'picture'),
      description: typeof typed[description ?? ''] === 'string' ? typed[description ?? ''] : '',
    };
  });
}

/** A part that nothing is written in yet. */
export const EMPTY: DraftedPart = { text: '', media: [], poll: null };
