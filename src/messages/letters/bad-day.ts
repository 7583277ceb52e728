import type { HandOverBy } from '../../credentials/account.entity.js';
import { dateAndTime, timeRange } from '../../credentials/dates.js';
import type { Letter, Link } from './letter.js';

/** What every letter about a bad day knows. Instants are ISO strings; `zone` is the account's. */
interface Told {
  name: string;
  /** Handle of the shared account, without the @. */
  account: string;
  slug: string;
  zone: string;
  at: string;
  /** Why, as the team wrote it. */
  reason: string;
}

/** To a curator. */
interface Curator extends Told {
  stintId: string;
  /** Whom to ring or write to; may be empty. */
  help: string;
}

type Ended = Curator & { by: HandOverBy };
type Lasting = Curator & { startsAt: string; endsAt: string };

/** To somebody of the team: who did what, to whose turn. */
export type TeamTold = Told & { act: BadDayAct; who: string; curator: string; byCurator: boolean };

export type BadDayAct =
  | 'pause'
  | 'lift'
  | 'take-over'
  | 'give-back'
  | 'cut-short'
  | 'no-show'
  | 'reinstate'
  | 'replace'
  | 'propose';

export interface BadDayLetters {
  'account-paused': Curator;
  'account-open-again': Curator;
  'account-taken-over': Curator;
  'account-given-back': Curator;
  'turn-cut-short': Ended;
  'turn-no-show': Ended;
  'turn-goes-on': Lasting;
  'turn-given': Lasting;
  'bad-day': TeamTold;
  'replacement-proposed': TeamTold & { stintId: string };
  'curator-needs-help': Told & { curator: string; when: string };
}

export const badDayLetters = {
  'account-paused': (told: Curator, link: Link): Letter => ({
    ...toCurator(told, `@${told.account} is paused`),
    body: [
      `@${told.account} has been paused since ${since(told)}. Nothing goes out for now: not from your desk, and nothing that was planned. Your drafts are kept.`,
      ...why(told),
      'You do not have to do anything. We write again when it goes on.',
    ],
    action: ownTurn(told, link),
  }),

  'account-open-again': (told: Curator, link: Link): Letter => ({
    ...toCurator(told, `@${told.account} is no longer paused`),
    body: [
      `The pause of @${told.account} ended on ${since(told)}. You can post again within your turn and the posting hours.`,
      'What fell due during the pause did not go out. The team looks at each of those posts; ask them if you wait for one.',
    ],
    action: ownTurn(told, link),
  }),

  'account-taken-over': (told: Curator, link: Link): Letter => ({
    ...toCurator(told, `The team speaks as @${told.account} for the moment`),
    body: [
      `Since ${since(told)} the team speaks as @${told.account} itself. You cannot post for now. Your drafts are kept, and your turn is not over.`,
      ...why(told),
      'You do not have to do anything. We write again when the account is yours again.',
    ],
    action: ownTurn(told, link),
  }),

  'account-given-back': (told: Curator, link: Link): Letter => ({
    ...toCurator(told, `@${told.account} is yours again`),
    body: [
      `The team gave @${told.account} back to you on ${since(told)}. You can post again within your turn and the posting hours.`,
      'What fell due meanwhile did not go out. The team looks at each of those posts; ask them if you wait for one.',
    ],
    action: ownTurn(told, link),
  }),

  'turn-cut-short': (told: Ended, link: Link): Letter => ({
    ...toCurator(told, `Your turn on @${told.account} has ended early`),
    body: [
      `The team ended your turn on @${told.account} on ${since(told)}. You can no longer post as the account, and nothing that you had planned goes out.`,
      ...why(told),
      ...outside(told),
    ],
    action: ownTurn(told, link),
  }),

  'turn-no-show': (told: Ended, link: Link): Letter => ({
    ...toCurator(told, `We missed you on @${told.account}`),
    body: [
      `We had looked forward to your turn on @${told.account} and did not hear from you. We hope that you are well. On ${since(told)} we ended the turn, so that the account is not left alone.`,
      ...why(told),
      'If something went wrong on our side, or if you would like another week, tell us: answer this letter.',
      ...outside(told),
    ],
    action: ownTurn(told, link),
  }),

  'turn-goes-on': (told: Lasting, link: Link): Letter => ({
    ...toCurator(told, `Your turn on @${told.account} goes on`),
    body: [
      `Your turn on @${told.account} goes on since ${since(told)}, until ${dateAndTime(told.zone, new Date(told.endsAt), { zone: true })}. Ignore our letters that said it had ended.`,
      ...why(told),
      'What had been planned and did not go out waits for the team; ask them if you wait for one of those posts.',
    ],
    action: ownTurn(told, link),
  }),

  'turn-given': (told: Lasting, link: Link): Letter => ({
    ...toCurator(told, `You take over @${told.account}`),
    body: [
      `Thank you for stepping in. You have told the team that you take this turn on @${told.account}:`,
      [range(told)],
      'It is confirmed under the agreement that you accepted before. As soon as your access is open we write again; until then you can read, but not post.',
      'If this is not so, tell the team at once.',
    ],
    action: ownTurn(told, link),
  }),

  'bad-day': (told: TeamTold, link: Link): Letter => ({
    subject: `@${told.account}: ${headline(told)}`,
    dear: told.name,
    body: [`${told.who} did this on ${since(told)}.`, ...why(told), ...consequences[told.act](told)],
    action: { text: 'See how it stands', href: link(`/team/${told.slug}/bad-day`) },
    from: 'Baton',
  }),

  'replacement-proposed': (told: BadDayLetters['replacement-proposed'], link: Link): Letter => ({
    subject: `@${told.account}: ${headline(told)}`,
    dear: told.name,
    body: [
      `${told.who} has proposed somebody to stand in for ${told.curator}, on ${since(told)}.`,
      ...why(told),
      'Nothing is offered before an approver has looked at it. Until somebody has confirmed, the house has the account.',
    ],
    action: { text: 'Look at the proposal', href: link(`/team/${told.slug}/stints/${told.stintId}`) },
    from: 'Baton',
  }),

  'curator-needs-help': (told: BadDayLetters['curator-needs-help'], link: Link): Letter => ({
    subject: `Urgent: ${told.curator} asks for help with @${told.account}`,
    dear: told.name,
    body: [
      `${told.curator} pressed “Something is wrong” on ${since(told)}. Please get in touch at once.`,
      told.reason ? `They wrote: ${told.reason}` : 'They wrote nothing beside it.',
      `Their turn: ${told.when}.`,
      'You can pause the account, take over in the house voice, or end the turn on one page.',
    ],
    action: { text: 'Open the page for a bad day', href: link(`/team/${told.slug}/bad-day`) },
    from: 'Baton',
  }),
};

/** What happened, as the subject of a letter says it. */
function headline({ act, curator, byCurator }: TeamTold): string {
  const lines: Record<BadDayAct, string> = {
    pause: byCurator ? 'paused by its curator' : 'paused',
    lift: 'the pause is lifted',
    'take-over': 'the team has taken over',
    'give-back': 'given back to the curator',
    'cut-short': `the turn of ${curator} was cut short`,
    'no-show': `the turn of ${curator} was ended as a no-show`,
    reinstate: `the turn of ${curator} goes on`,
    replace: `${curator} was replaced`,
    propose: `somebody is proposed in place of ${curator}`,
  };
  return lines[act];
}

const consequences: Record<BadDayAct, (told: TeamTold) => string[]> = {
  pause: ({ byCurator }) => [
    byCurator
      ? 'Curators cannot post until an organiser or keeper lifts the pause. The house still can.'
      : 'Nothing goes out through Baton, of curators or of the house, until an organiser or keeper lifts the pause.',
  ],
  lift: () => ['Posts that fell due meanwhile are held. Each waits for an organiser or keeper on the messages page.'],
  'take-over': () => ['Curators cannot post until an organiser or keeper gives the account back. The house can.'],
  'give-back': () => ['Posts that fell due meanwhile are held. Each waits for an organiser or keeper.'],
  'cut-short': () => [...ENDED],
  'no-show': () => [...ENDED],
  reinstate: () => ['Whatever was posted between counts as the house’s.'],
  replace: () => [
    'One person did this alone, as the account allows. If it should not stand, cancel the new turn on the rota.',
  ],
  propose: () => [],
};

const ENDED = [
  'Access through Baton is closed. Access given outside Baton is still to be proven gone: the tasks page says how.',
  'Until somebody else is confirmed, the house has the account.',
];

function toCurator({ name, account, help }: Curator, subject: string) {
  const after = help ? [`If you have questions: ${help}.`] : [];
  return { subject, dear: name, after, from: `The @${account} team` };
}

function ownTurn({ stintId }: Curator, link: Link) {
  return { text: 'See your turn', href: link(`/me/stints/${stintId}`) };
}

function since({ zone, at }: Told): string {
  return dateAndTime(zone, new Date(at), { zone: true });
}

function why({ reason }: Told): string[] {
  return reason ? [`Why: ${reason}`] : [];
}

function outside({ by, account }: Ended): string[] {
  return by === 'desk' ? [] : [`Please remove @${account} from the apps that you used for it.`];
}

function range({ zone, startsAt, endsAt }: Lasting): string {
  return timeRange(zone, { startsAt: new Date(startsAt), endsAt: new Date(endsAt) }, { zone: true });
}
