import { dateAndTime } from '../credentials/dates.js';
import { type Standstill, standstill } from './thread-words.js';

/** What each kind of alert needs to know. Names are shown names only: webhooks leave the organisation. Instants are ISO. */
export interface AlertFacts {
  'first-post': { name: string; at: string; postId: string };
  'no-first-post': { name: string };
  /** `endedAt`: when the turn ended, empty where it never began; `overridden`: a keeper let the next turn begin. */
  'access-open': { name: string; endedAt: string; by: 'delegate' | 'secret'; overridden: boolean };
  'handover-stuck': { handoverId: string; at: string; from: string; to: string; how: Stuck; waitsFor: string };
  'handover-late': { handoverId: string; at: string; from: string; to: string; startedAt: string };
  /** What is left for people in one half of it, in the order in which it is best done. */
  'hand-work': { handoverId: string; at: string; from: string; to: string; work: HandWork[] };
  disconnected: Record<string, never>;
  'credits-out': Record<string, never>;
  'post-unknown': { messageId: string };
  'thread-broken': { messageId: string } & Standstill;
  'posts-held': { count: number };
  'letters-refused': { count: number };
  /** `path`: the page on which the team can do something about it. */
  panic: { name: string; path: string };
  test: Record<string, never>;
}

export type AlertKind = keyof AlertFacts;
/** `waits`: for a person; `fails`: a step goes wrong again and again. */
type Stuck = 'not-begun' | 'suspended' | 'waits' | 'fails';
/** What only people can do at a handover, where Baton may not or cannot. */
export type HandWork = 'remove' | 'restore' | 'thank' | 'invite' | 'profile' | 'announce';

/** An alert as it is queued. `again`: a reminder; `over`: what it told has ended. */
export interface Alert<Kind extends AlertKind = AlertKind> {
  kind: Kind;
  phase: 'first' | 'again' | 'over';
  /** Handle of the shared account, without the @. */
  account: string;
  slug: string;
  zone: string;
  /** When it was first told. */
  since: string;
  /** When it was over. */
  until?: string;
  facts: AlertFacts[Kind];
}

/** An alert in words. `href` is a whole address or a path of this service. */
export interface AlertWords {
  title: string;
  lines: string[];
  action: { text: string; href: string };
}

/** Kinds in the order in which a keeper chooses among them, each in a sentence. */
export const ALERTS: { kind: Exclude<AlertKind, 'test'>; text: string; hint: string }[] = [
  { kind: 'panic', text: 'A curator asks for help', hint: 'They have pressed the panic button' },
  { kind: 'first-post', text: 'The first post of a turn', hint: 'Once in each turn, with a link' },
  { kind: 'no-first-post', text: 'No post yet', hint: 'After four posting hours of a turn without one' },
  {
    kind: 'access-open',
    text: 'Access is still open',
    hint: 'Two hours after a turn, then each day until it is closed',
  },
  {
    kind: 'handover-stuck',
    text: 'A handover is stuck',
    hint: 'After 10 minutes, or an hour when it waits for a person',
  },
  { kind: 'handover-late', text: 'A handover began late', hint: 'More than 10 minutes after its time' },
  {
    kind: 'hand-work',
    text: 'A handover needs a hand',
    hint: 'What Baton cannot do itself and nobody has done after 10 minutes; then each day',
  },
  { kind: 'disconnected', text: 'The account is not connected', hint: 'Posts and the feed have stopped; each day' },
  { kind: 'credits-out', text: 'The network’s credits are used up', hint: 'Nothing is posted or read; each day' },
  { kind: 'post-unknown', text: 'Nobody knows whether a post went out', hint: 'Each day until somebody has looked' },
  {
    kind: 'thread-broken',
    text: 'A thread stands still',
    hint: 'Parts of it are not out; each day until it is settled',
  },
  { kind: 'posts-held', text: 'Posts are held', hint: 'They do not go out before somebody decides; each day' },
  { kind: 'letters-refused', text: 'Letters are refused', hint: 'Three or more letters or webhooks within a day' },
];

/** What an alert says. */
export function alertWords(alert: Alert): AlertWords {
  const words = (first[alert.kind] as (given: Alert) => AlertWords)(alert);
  const title = `@${alert.account}: ${words.title}`;
  if (alert.phase === 'over')
    return { ...words, title: `@${alert.account}: over: ${words.title}`, lines: [overOf(alert)] };
  if (alert.phase === 'first') return { ...words, title };
  const reminder = `This is a reminder: it was first told ${when(alert, alert.since)} and is still so.`;
  return { ...words, title: `@${alert.account}: still: ${words.title}`, lines: [...words.lines, reminder] };
}

const first: { [Kind in AlertKind]: (alert: Alert<Kind>) => AlertWords } = {
  'first-post': (alert) => ({
    title: `the first post by ${alert.facts.name}`,
    lines: [`${alert.facts.name} made the first post of their turn ${when(alert, alert.facts.at)}.`],
    action: { text: 'See the post', href: `https://x.com/${alert.account}/status/${alert.facts.postId}` },
  }),

  'no-first-post': ({ slug, account, facts: { name } }) => ({
    title: `no post by ${name} yet`,
    lines: [
      `@${account} has had no post by ${name}, four posting hours after the start of their turn.`,
      'Ask them whether they are well and can get in. We write again when the first post is there.',
    ],
    action: { text: 'See who is on', href: `/team/${slug}` },
  }),

  'access-open': (alert) => ({
    title: `access of ${alert.facts.name} is still open`,
    lines: [
      alert.facts.endedAt
        ? `The turn of ${alert.facts.name} ended ${when(alert, alert.facts.endedAt)}.`
        : `The turn of ${alert.facts.name} will not take place.`,
      alert.facts.by === 'delegate'
        ? 'Access was given outside Baton, and nobody has confirmed that it is gone.'
        : 'A password was shown to them and has not been changed since.',
      alert.facts.overridden
        ? 'A keeper let the next turn begin all the same.'
        : 'Nobody else gets access until that is done.',
    ],
    action: { text: 'See the tasks', href: `/team/${alert.slug}/tasks` },
  }),

  'handover-stuck': (alert) => ({
    title: `the handover from ${alert.facts.from} to ${alert.facts.to} is stuck`,
    lines: [`It was due ${when(alert, alert.facts.at)}.`, stuckOf(alert.facts)],
    action: handover(alert),
  }),

  'handover-late': (alert) => ({
    title: `the handover from ${alert.facts.from} to ${alert.facts.to} began late`,
    lines: [
      `It was due ${when(alert, alert.facts.at)} and began ${when(alert, alert.facts.startedAt)}: ${late(alert.facts)} late.`,
      'Nobody had access outside their turn meanwhile. Ask whoever runs the server whether Baton was down.',
    ],
    action: handover(alert),
  }),

  'hand-work': (alert) => ({
    title: `the handover from ${alert.facts.from} to ${alert.facts.to} needs a hand`,
    lines: [
      `It was due ${when(alert, alert.facts.at)}. Baton cannot do everything on this account itself.`,
      ...alert.facts.work.map((each) => handWork[each](alert.facts)),
      'Each task says what to click and has the texts to copy.',
    ],
    action: { text: 'See the tasks', href: `/team/${alert.slug}/tasks` },
  }),

  disconnected: ({ account, slug }) => ({
    title: 'not connected to the network',
    lines: [
      `The network no longer lets Baton act as @${account}: posts are held and the feed grows old.`,
      'A keeper has to connect the account again.',
    ],
    action: { text: 'Open the connection page', href: `/team/${slug}/connection` },
  }),

  'credits-out': ({ account, slug }) => ({
    title: 'the credits are used up',
    lines: [
      `The network takes no more calls for @${account}: posts are held and the feed grows old. Buy credits in its console.`,
      'Baton tries again once a day. When there are credits, a keeper can let it try at once.',
    ],
    action: { text: 'Open the connection page', href: `/team/${slug}/connection` },
  }),

  'post-unknown': ({ slug, facts: { messageId } }) => ({
    title: 'nobody knows whether a post went out',
    lines: [
      'The network did not answer, and the post was not found. Somebody has to look: Baton does not send it twice.',
    ],
    action: { text: 'See the post', href: `/team/${slug}/messages/${messageId}` },
  }),

  'thread-broken': ({ slug, facts }) => ({
    title: 'a thread stands still',
    lines: standstill(facts),
    action: { text: 'See the thread', href: `/team/${slug}/messages/${facts.messageId}` },
  }),

  'posts-held': ({ slug, facts: { count } }) => ({
    title: count === 1 ? 'a post is held' : 'posts are held',
    lines: [
      count === 1 ? 'One post did not go out at its time.' : `${count} posts did not go out at their times.`,
      'Decide whether to send or to withdraw: nothing happens by itself.',
    ],
    action: { text: 'See the messages', href: `/team/${slug}/messages` },
  }),

  'letters-refused': ({ slug, facts: { count } }) => ({
    title: 'letters are refused',
    lines: [`${count} letters or webhooks were refused within a day. Are the addresses right?`],
    action: { text: 'See the messages', href: `/team/${slug}/messages` },
  }),

  panic: ({ facts: { name, path } }) => ({
    title: `${name} asks for help now`,
    lines: [`${name} has pressed the panic button. Ring them; you can pause the account at once.`],
    action: { text: 'See what you can do', href: path },
  }),

  test: ({ slug }) => ({
    title: 'a test alert',
    lines: ['A keeper sent this to see whether alerts arrive. There is nothing to do.'],
    action: { text: 'See the alerts', href: `/team/${slug}/alerts` },
  }),
};

const stuck: Record<Stuck, string> = {
  'not-begun': 'It has not begun. Is a worker running?',
  suspended: 'Somebody has suspended it. It goes on when it is resumed.',
  waits: 'It waits for a person.',
  fails: 'A step has failed and is tried again by itself.',
};

const handWork: Record<HandWork, (facts: AlertFacts['hand-work']) => string> = {
  remove: ({ from }) => `Take away the access that ${from} was given outside Baton, and confirm that it is gone.`,
  restore: () => 'Put the profile back to the house.',
  thank: ({ from }) => `Post the thanks to ${from}.`,
  invite: ({ to }) => `Give ${to} access, and say so.`,
  profile: ({ to }) => `Set the profile to ${to}.`,
  announce: ({ to }) => `Post the introduction of ${to}.`,
};

/** What a handover waits for, by the words of its steps. */
const waits: Record<string, string> = {
  proof: 'It waits for somebody to confirm that access given outside Baton is gone.',
  rotation: 'It waits for a keeper to change the password that was shown.',
  'earlier-access': 'It waits until the access of everybody before is proven to have ended.',
};

function stuckOf({ how, waitsFor }: AlertFacts['handover-stuck']): string {
  return (how === 'waits' && waits[waitsFor]) || stuck[how];
}

function overOf(alert: Alert): string {
  if (alert.kind === 'access-open') return 'It is confirmed that the access is gone.';
  if (alert.kind === 'disconnected') return 'The account is connected again.';
  if (alert.kind === 'credits-out') return 'The network takes calls again.';
  const { at } = alert.facts as AlertFacts['handover-stuck'];
  return `It is settled, ${late({ at, startedAt: alert.until ?? alert.since })} after its time.`;
}

function handover({ slug, facts }: Alert<'handover-stuck' | 'handover-late'>): AlertWords['action'] {
  return { text: 'See the handover', href: `/team/${slug}/handovers/${facts.handoverId}` };
}

/** "35 minutes", "3 hours", "2 days": the largest unit, rounded down. */
function late({ at, startedAt }: { at: string; startedAt: string }): string {
  const minutes = Math.floor((Date.parse(startedAt) - Date.parse(at)) / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} hours` : `${Math.floor(minutes / 1440)} days`;
}

function when({ zone }: Pick<Alert, 'zone'>, instant: string): string {
  return dateAndTime(zone, new Date(instant));
}
