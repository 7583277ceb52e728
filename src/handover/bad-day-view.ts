import type { Account, HandOverBy } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import type { StintView } from '../rota/stints.service.js';
import { type AccountAct, mayOnAccount, mayOnTurn, type Standing, type TurnAct, type TurnFacts } from './bad-day.js';
import { listed } from './words.js';

/** A big plain choice: what it is called, what it does to whom and when, and where its page is. */
export interface Choice {
  href: string;
  title: string;
  text: string;
}

/** What the page of an act says before it is pressed. */
export interface ActWords {
  title: string;
  button: string;
  /** What happens, to whom, when; a line each. */
  happens: string[];
  /** How it can be undone, or that it cannot. */
  undo: string;
}

const AT_ONCE = 'A post that is being sent at the moment of the press may still appear.';

/** The choices for the account as it stands; the way back has its own place on the page. */
export function accountChoices(account: Account, standing: Standing): Choice[] {
  const acts = ['pause', 'take-over'] as const;
  return acts
    .filter((act) => mayOnAccount(act, standing).ok)
    .map((act) => ({ href: `/team/${account.slug}/bad-day/${act}`, ...SHORT[act] }));
}

const SHORT: Record<'pause' | 'take-over', Omit<Choice, 'href'>> = {
  pause: {
    title: 'Pause the account',
    text: 'Nothing goes out from the next moment on, until you lift it. The turn itself goes on.',
  },
  'take-over': {
    title: 'Take over in the house voice',
    text: 'The team speaks as the account and the curator cannot, until you give it back.',
  },
};

/** What the page of an act on the account says. `onDuty`: how the public sees whose turn it is. */
export function actWords({ handle, handOverBy }: Account, act: AccountAct, onDuty: string[]): ActWords {
  const whom = onDuty.length > 0 ? listed(onDuty) : 'Nobody is on duty, so nobody';
  const told = onDuty.length > 0 ? `${whom} and the team get a letter with your reason.` : 'The team gets a letter.';
  const elsewhere =
    handOverBy === 'desk' ? [] : ['Access that was given outside Baton is not stopped by this: end it on X itself.'];
  const words: Record<AccountAct, ActWords> = {
    pause: {
      title: `Pause @${handle}`,
      button: 'Pause the account now',
      happens: [
        'From the next moment on nothing goes out through Baton: no curator’s post and no post of the house.',
        'Posts that fall due during the pause are held. After it a person decides about each; none goes out by itself.',
        AT_ONCE,
        told,
        ...elsewhere,
      ],
      undo: 'You can lift the pause at any time.',
    },
    lift: {
      title: `Lift the pause of @${handle}`,
      button: 'Lift the pause now',
      happens: ['Whoever has the account can post again at once.', ...WAITING, told],
      undo: 'You can pause the account again at any time.',
    },
    'take-over': {
      title: `Take over @${handle}`,
      button: 'Take over now',
      happens: [
        'From the next moment on no curator can post through Baton. The team can, in the house voice.',
        'Posts of the curator that fall due meanwhile are held. Afterwards a person decides about each.',
        'What is posted meanwhile counts as the house’s, here and on every website that shows the posts.',
        AT_ONCE,
        told,
        ...elsewhere,
      ],
      undo: 'You can give the account back at any time.',
    },
    'give-back': {
      title: `Give @${handle} back`,
      button: 'Give the account back now',
      happens: ['Whoever has the account by the rota can post again at once.', ...WAITING, told],
      undo: 'You can take over again at any time.',
    },
  };
  return words[act];
}

const WAITING = ['What fell due meanwhile stays held. Decide about each post on the messages page.'];

/** The choices for one turn. */
export function turnChoices(
  { slug }: Account,
  stint: Pick<StintView, 'id' | 'personName'>,
  facts: TurnFacts,
  now: Date,
  may: { act: boolean; replace: boolean },
): Choice[] {
  const acts: TurnAct[] = ['reinstate', 'replace', 'cut-short', 'no-show'];
  return acts
    .filter((act) => (act === 'replace' ? may.replace : may.act) && mayOnTurn(act, facts, now).ok)
    .map((act) => ({ href: `/team/${slug}/bad-day/${stint.id}/${act}`, ...TURN_SHORT[act](stint.personName) }));
}

const TURN_SHORT: Record<TurnAct, (name: string) => Omit<Choice, 'href'>> = {
  reinstate: (name) => ({
    title: `Give ${name} the turn back`,
    text: 'Access opens again at once and lasts to the end as it was planned.',
  }),
  replace: (name) => ({
    title: `Replace ${name}`,
    text: 'Somebody else gets the rest of this turn. Whoever has or had it is told.',
  }),
  'cut-short': (name) => ({
    title: `Cut ${name}’s turn short`,
    text: 'The turn ends now. The house has the account from then on.',
  }),
  'no-show': (name) => ({
    title: `End ${name}’s turn as a no-show`,
    text: 'The turn ends now because the curator did not turn up. They get a kind letter.',
  }),
};

const BY_HAND = [
  'Access that was given outside Baton is open until somebody removes it and confirms that on the tasks page.',
];
const PROOF: Record<HandOverBy, string[]> = {
  desk: [],
  delegate: BY_HAND,
  checklist: BY_HAND,
  sealed: ['A password that was shown still works until a keeper has changed it. The tasks page says how.'],
};

/** What the page of an act on a turn says. */
export function turnActWords(account: Account, act: TurnAct, stint: StintView, facts: TurnFacts): ActWords {
  const { zone, handOverBy } = account;
  const name = stint.personName;
  const end = dateAndTime(zone, facts.plannedEnd ?? facts.endsAt, { zone: true });
  const proof = PROOF[handOverBy];
  const untilThen = `Until ${end} you can give the turn back, as long as nobody else is put down for it.`;
  const words: Record<TurnAct, ActWords> = {
    'cut-short': {
      title: `Cut ${name}’s turn short`,
      button: 'End the turn now',
      happens: [
        `${name} can post no more from the next moment on. Planned posts are held for you to decide.`,
        'The house has the account. The steps of a handover follow: check, what was shown is changed, profile, thanks by letter. No public thanks go out.',
        `${name} and the team get a letter with your reason.`,
        ...proof,
      ],
      undo: untilThen,
    },
    'no-show': {
      title: `End ${name}’s turn as a no-show`,
      button: 'End the turn as a no-show',
      happens: [
        `The turn ends now and counts as not having taken place: no thanks, and it goes from the public rota.`,
        `${name} gets a kind letter with your reason, and the team is told.`,
        ...(handOverBy === 'desk' ? [] : ['Baton does not see who posted outside it. Look at the account first.']),
        ...proof,
      ],
      undo: untilThen,
    },
    reinstate: {
      title: `Give ${name} the turn back`,
      button: 'Give the turn back now',
      happens: [
        `${name} can post again at once, until ${end}. What was posted meanwhile stays the house’s.`,
        'Posts that were held stay held: decide about each on the messages page.',
        `${name} and the team get a letter with your reason.`,
        ...(handOverBy === 'desk'
          ? []
          : ['If access outside Baton was removed, the tasks page asks you to give it again.']),
      ],
      undo: 'You can cut the turn short again.',
    },
    replace: {
      title: `Replace ${name}`,
      button: account.selfApproval ? 'Replace now' : 'Propose the replacement now',
      happens: [
        ...(stint.state === 'active' ? [`${name}’s turn ends now: they can post no more.`] : []),
        ...(stint.state === 'confirmed'
          ? [`${name}’s turn is cancelled. Letters that have not left are withdrawn.`]
          : []),
        ...(stint.state === 'ended' ? [] : [`${name} gets a letter with your reason.`]),
        account.selfApproval
          ? 'This account lets one person approve alone, so it takes effect at once. The approvers are told, with your reason.'
          : 'This account asks for four eyes: an approver gets a letter at once and has to approve before anything is offered. Until somebody has confirmed, the house has the account.',
      ],
      undo: 'The new turn can be cancelled on its page. After that the first one can be given back if it had begun and there is time left.',
    },
  };
  return words[act];
}
