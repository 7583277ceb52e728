import type { HandOverBy } from '../../credentials/account.entity.js';
import { dateAndTime, timeRange } from '../../credentials/dates.js';
import type { Letter, Link } from './letter.js';

/** What every letter about a stint says. Instants are ISO strings. */
interface StintLetter {
  name: string;
  personId: string;
  stintId: string;
  /** Handle of the shared account, without the @. */
  account: string;
  slug: string;
  zone: string;
  startsAt: string;
  endsAt: string;
  /** When they can post for the last time. */
  lastPostAt: string;
  /** How the curator gets to act. */
  by: HandOverBy;
  /** Posting hours in words, a line for each span of days; empty when there are none. */
  hours: string[];
  /** Whom to ring or write to; may be empty. */
  help: string;
}

/** To a keeper, about a password that a former curator has seen. */
interface RotationLetter {
  name: string;
  account: string;
  slug: string;
  zone: string;
  /** How the public sees the former curator. */
  curator: string;
  /** An ISO string. */
  dueAt: string;
  /** 0 for the first letter, then one more each day. */
  round: number;
}

export interface HandoverLetters {
  reminder: StintLetter;
  access: StintLetter;
  welcome: StintLetter;
  thanks: StintLetter;
  'sign-off': StintLetter;
  'rotation-due': RotationLetter;
}

export const handoverLetters = {
  reminder: (stint: StintLetter, link: Link): Letter => ({
    subject: `Your turn on @${stint.account} starts ${dateAndTime(stint.zone, new Date(stint.startsAt))}`,
    dear: stint.name,
    body: [
      `You have @${stint.account} from ${turnOf(stint)}.`,
      'The working day before, we will write again and tell you how to sign in. Until your turn starts you can read, but not post.',
      'If anything has changed, tell us now, so that we can find somebody else or other dates.',
    ],
    action: { text: 'See your turn', href: link('/me') },
    after: helpOf(stint),
    from: `The @${stint.account} team`,
  }),

  access: (stint: StintLetter, link: Link): Letter => ({
    subject: `How to get to @${stint.account}: your turn starts ${dateAndTime(stint.zone, new Date(stint.startsAt))}`,
    dear: stint.name,
    body: [
      `You have @${stint.account} from ${turnOf(stint)}. It is read-only until then: you can look round, and nothing can be posted.`,
      ...wayIn[stint.by],
      ...hoursOf(stint),
    ],
    action: { text: 'Sign in', href: signIn(stint, link) },
    after: [signInOnce(stint, link), ...helpOf(stint)],
    from: `The @${stint.account} team`,
  }),

  welcome: (stint: StintLetter, link: Link): Letter => ({
    subject: `You are live on @${stint.account}`,
    dear: stint.name,
    body: [
      `@${stint.account} is yours until ${dateAndTime(stint.zone, new Date(stint.endsAt))}.`,
      ...wayIn[stint.by],
      ...hoursOf(stint),
    ],
    action: { text: 'Sign in', href: signIn(stint, link) },
    after: [signInOnce(stint, link), ...helpOf(stint)],
    from: `The @${stint.account} team`,
  }),

  'sign-off': (stint: StintLetter, link: Link): Letter => ({
    subject: `Time to say goodbye on @${stint.account}`,
    dear: stint.name,
    body: [
      `You can post on @${stint.account} until ${dateAndTime(stint.zone, new Date(stint.lastPostAt))}. Before then, please:`,
      [
        'write your last post and say goodbye',
        'unpin what you have pinned',
        'look at what you have scheduled: what has not gone out by then is kept back for the team',
      ],
    ],
    action:
      stint.by === 'desk'
        ? { text: 'Open the desk', href: link(`/${stint.slug}/desk`) }
        : { text: 'See your turn', href: link('/me') },
    after: helpOf(stint),
    from: `The @${stint.account} team`,
  }),

  thanks: (stint: StintLetter, link: Link): Letter => ({
    subject: `Thank you for curating @${stint.account}`,
    dear: stint.name,
    body: [
      `Your turn on @${stint.account} ended ${dateAndTime(stint.zone, new Date(stint.endsAt))}. Thank you for the time and thought that you gave it.`,
      'Posts that had not gone out by then were kept back; the team decides about them.',
      ...(stint.by === 'desk' ? [] : [`Please remove @${stint.account} from the apps that you used for it.`]),
      'We would like to know how it was for you: what went well, what did not, and who should curate next.',
    ],
    action: { text: 'Tell us how it was', href: link(`/me/stints/${stint.stintId}/feedback`) },
    after:
      stint.by === 'desk' ? [`See how your posts did at ${link('/me')}. A week from now the numbers are settled.`] : [],
    from: `The @${stint.account} team`,
  }),

  'rotation-due': ({ name, account, slug, zone, curator, dueAt, round }: RotationLetter, link: Link): Letter => ({
    subject: `${round > 0 ? 'Overdue: change' : 'Change'} the password of @${account}`,
    dear: name,
    body: [
      `${curator} has seen the password of @${account} in a turn that is over. Until it is changed, ${curator} can still get in, and nobody else gets access through Baton.`,
      `Please change it by ${dateAndTime(zone, new Date(dueAt))}. Baton makes the new password and shows you each click.`,
    ],
    action: { text: 'Change the password', href: link(`/team/${slug}/credentials/rotation`) },
    from: `The @${account} team`,
  }),
};

const wayIn: Record<StintLetter['by'], string[]> = {
  desk: ['You post from the desk, a page of ours: there is no password to look after.'],
  delegate: [
    'You post from your own X account as a delegate. The invitation reaches you on X once the account is free; accept it there.',
    'Your page here shows your turn and whom to ring.',
  ],
  sealed: [
    'You post in X’s own app. Within your turn our page shows you the password of the account, once, when you press a button; it is never in a letter. Nobody else should be looking.',
    'The password is changed when your turn has ended.',
  ],
  checklist: ['The team gives you access themselves and tells you when it is ready. Your page here shows your turn.'],
};

function turnOf(stint: StintLetter): string {
  const span = { startsAt: new Date(stint.startsAt), endsAt: new Date(stint.endsAt) };
  return timeRange(stint.zone, span, { zone: true });
}

function hoursOf({ hours }: StintLetter): (string | string[])[] {
  return hours.length > 0 ? ['Within your turn you can post in these hours:', hours] : [];
}

function signIn(stint: StintLetter, link: Link): string {
  const token = { purpose: 'sign-in', subject: stint.personId, until: new Date(stint.endsAt) };
  return `${link('/sign-in', token)}?next=${pageOf(stint)}`;
}

function pageOf({ by, slug }: StintLetter): string {
  if (by === 'desk') return `/${slug}/desk`;
  return by === 'sealed' ? `/${slug}/credentials` : '/me';
}

function signInOnce(stint: StintLetter, link: Link): string {
  const ends = dateAndTime(stint.zone, new Date(stint.endsAt));
  return `The link works once, until ${ends}. Ask for a fresh one whenever you like at ${link('/sign-in')}.`;
}

function helpOf({ help }: StintLetter): string[] {
  return help ? [`If anything is wrong: ${help}.`] : [];
}
