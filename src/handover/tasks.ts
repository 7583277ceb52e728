import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import type { Delegation } from './delegations.service.js';
import type { Knower } from './rotations.service.js';
import type { StepName } from './steps.js';
import type { TurnRow } from './turns.service.js';
import { curatorProfile, houseProfile, introduction, listed, thanks } from './words.js';

/** Something that only a person can do. Derived from rows, so it goes by itself when it is done or overtaken. */
export interface Task {
  /** Unique among the account's tasks; the place on the page. */
  id: string;
  kind: 'remove' | 'invite' | 'rotate' | 'profile' | 'post' | 'held-post';
  title: string;
  /** Why it matters now, where it is more than a chore. */
  warning: string | null;
  /** What to click, in order. */
  clicks: string[];
  /** Texts to copy. */
  copy: { label: string; text: string }[];
  /** Where the page for it is, when it is not done on the tasks page. */
  href: string | null;
  /** The form that says it is done: its address, its button, its hidden field, and for an invitation the handle. */
  form: { action: string; button: string; step: StepName | null; handle: string | null } | null;
}

/** A step that left something for a person, with the stints of its half. */
export interface LeftByHand {
  handoverId: string;
  step: StepName;
  turns: TurnRow[];
}

/** How it stands with the password of an account. */
export interface PasswordFacts {
  knowers: Knower[];
  /** Curators are to see it, and it has not been put in. */
  missing: boolean;
}

export const STILL_OPEN = 'Access given outside Baton is still open.';

/** The tasks of an account, the most pressing first. `held` is how many posts of ended stints wait for a decision. */
export function tasksOf(
  account: Account,
  delegations: Delegation[],
  left: LeftByHand[],
  held: number,
  { knowers, missing }: PasswordFacts,
): Task[] {
  return [
    ...(knowers.length > 0 ? [rotation(account, knowers)] : []),
    ...(missing ? [puttingIn(account)] : []),
    ...delegations.filter(({ over }) => over).map((each) => removal(account, each)),
    ...delegations.filter(({ over, invitedAt }) => !over && !invitedAt).map((each) => invitation(account, each)),
    ...left.flatMap((each) => byHand(account, each)),
    ...(held > 0 ? [heldPosts(account, held)] : []),
  ];
}

function removal(account: Account, { id, handle, shownName, invitedAt, overriddenAt }: Delegation): Task {
  const who = nameOf(handle, shownName);
  const byX = [...toDelegates(account), invitedAt ? `Remove ${who}.` : `If ${who} is in the list, remove them.`];
  const byHand = [`Take away what gives ${who} access, and change any password that they have seen.`];
  return {
    ...plain,
    id: `remove-${id}`,
    kind: 'remove',
    title: `Remove ${who} from @${account.handle}`,
    warning: overriddenAt
      ? `${STILL_OPEN} A keeper let the next turn begin all the same.`
      : `${STILL_OPEN} Nobody else gets access until you confirm that it is gone.`,
    clicks: [
      ...(account.handOverBy === 'delegate' ? byX : byHand),
      account.handOverBy === 'delegate'
        ? `Load the page again and check that ${who} is gone from the list.`
        : 'Check that they can no longer get in.',
    ],
    form: {
      action: `/team/${account.slug}/delegations/${id}/removals`,
      button:
        account.handOverBy === 'delegate'
          ? `I have removed ${who} and checked it is gone from the list`
          : `I have taken the access of ${who} away and checked it`,
      step: null,
      handle: null,
    },
  };
}

/** One task however many have seen it: one change of the password settles them all. */
function rotation(account: Account, knowers: Knower[]): Task {
  const names = listed(knowers.map(({ shownName }) => shownName));
  const waits = knowers.filter(({ overriddenAt }) => !overriddenAt);
  const until = waits[0]
    ? `Nobody else gets access until it is changed. Change it by ${dateAndTime(account.zone, waits[0].dueAt)}.`
    : 'A keeper has let the next turn begin all the same.';
  return {
    ...plain,
    id: 'rotate',
    kind: 'rotate',
    title: `Change the password of @${account.handle}`,
    warning: `${STILL_OPEN} ${names} may still know the password. ${until}`,
    clicks: ['A keeper opens the page and follows it: Baton makes the new password and shows each click.'],
    href: `/team/${account.slug}/credentials/rotation`,
  };
}

function puttingIn(account: Account): Task {
  return {
    ...plain,
    id: 'put-in',
    kind: 'rotate',
    title: `Put in the password of @${account.handle}`,
    clicks: ['A keeper opens the page and puts it in. Until then there is nothing that a curator could see.'],
    href: `/team/${account.slug}/credentials`,
  };
}

function invitation(account: Account, { id, handle, shownName }: Delegation): Task {
  const who = nameOf(handle, shownName);
  const byX = [
    ...toDelegates(account),
    `Choose Invite a member, search for ${who}, choose the role Contributor, and send the invitation.`,
    `Ask ${shownName} to accept it in their own X account.`,
  ];
  return {
    ...plain,
    id: `invite-${id}`,
    kind: 'invite',
    title: `Give ${who} access to @${account.handle}`,
    clicks:
      account.handOverBy === 'delegate'
        ? byX
        : [`Give ${shownName} access in the way that your team has agreed with them.`],
    form: {
      action: `/team/${account.slug}/delegations/${id}/invitations`,
      button: account.handOverBy === 'delegate' ? 'I have sent the invitation' : 'I have given access',
      step: null,
      handle: account.handOverBy === 'delegate' ? (handle ?? '') : null,
    },
  };
}

function byHand(account: Account, { handoverId, step, turns }: LeftByHand): Task[] {
  const on = turns.filter(({ state, granted }) => state === 'active' && granted);
  const gone = turns.filter(({ granted }) => granted);
  const task = { ...plain, id: `${step}-${handoverId}`, form: ticked(account, handoverId, step) };
  if (step === 'restore') return [profileTask(task, account, houseProfile(account), 'back to the house')];
  if (step === 'thank') return [postTask(task, `Thank the curator on @${account.handle}`, thanks(account, gone))];
  if (on.length === 0) return [];
  if (step === 'profile') return [profileTask(task, account, curatorProfile(account, on), 'to the curator')];
  return [postTask(task, `Introduce the curator on @${account.handle}`, introduction(account, on))];
}

type Begun = Omit<Task, 'kind' | 'title'>;

function profileTask(task: Begun, account: Account, profile: { name: string; bio: string }, to: string): Task {
  return {
    ...task,
    kind: 'profile',
    title: `Set the profile of @${account.handle} ${to}`,
    clicks: [
      `Sign in to X as @${account.handle}.`,
      'Open Profile, then Edit profile.',
      'Paste the texts below and save.',
    ],
    copy: [
      { label: 'Display name', text: profile.name },
      { label: 'Bio', text: profile.bio },
    ],
  };
}

function postTask(task: Begun, title: string, text: string): Task {
  return { ...task, kind: 'post', title, clicks: ['Post this as the account.'], copy: [{ label: 'Post', text }] };
}

function heldPosts({ slug }: Account, held: number): Task {
  return {
    ...plain,
    id: 'held-posts',
    kind: 'held-post',
    title:
      held === 1
        ? 'Decide about a post that was not sent in time'
        : `Decide about ${held} posts that were not sent in time`,
    href: `/team/${slug}/messages`,
  };
}

function ticked({ slug }: Account, handoverId: string, step: StepName): Task['form'] {
  return { action: `/team/${slug}/handovers/${handoverId}/ticks`, button: 'Mark as done', step, handle: null };
}

function toDelegates({ handle }: Account): string[] {
  return [
    `Sign in to x.com as the owner of @${handle}.`,
    'Open Settings and privacy, then Your account, then Delegate.',
    'Choose Members you’ve delegated.',
  ];
}

function nameOf(handle: string | null, shownName: string): string {
  return handle ? `@${handle}` : shownName;
}

/** A task that wants nothing yet. */
const plain: Omit<Task, 'id' | 'kind' | 'title'> = { warning: null, clicks: [], copy: [], href: null, form: null };
