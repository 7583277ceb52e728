import type { KeptLine, Line } from './line.js';

const line = (
  key: string,
  doer: Line['doer'],
  [anchor, days, hours, time]: [Line['anchor'], number, number, string | null],
  title: string,
  how: string,
): Line => ({ key, doer, anchor, days, hours, time, title, how });

/** The checklist that every account begins with, drawn from how such accounts are run. */
const lines: Line[] = [
  line(
    'employer',
    'curator',
    ['start', -21, 0, '09:00'],
    'Tell your manager and your employer’s communications team',
    'Say which week it is, and ask whether there is anything that they want to talk about first.',
  ),
  line(
    'plan',
    'curator',
    ['start', -14, 0, '09:00'],
    'Write a plan for your week',
    'A theme for each day and two or three posts for each theme is plenty. Leave room for what happens. Where there is a desk, keep it there: the team reads it.',
  ),
  line(
    'call',
    'team',
    ['start', -10, 0, '10:00'],
    'Hold the call with the curator',
    'Go through the plan, what must not be said about patients, what to do when it gets rough, and whom to ring.',
  ),
  line(
    'introduction',
    'team',
    ['start', -7, 0, '10:00'],
    'Make the picture that introduces the curator',
    'Their photo, name and role, with a description for people who cannot see it.',
  ),
  line(
    'introduction-seen',
    'curator',
    ['start', -5, 0, '10:00'],
    'Look at the picture that introduces you',
    'Tell the team if anything is wrong with it, or that it is right.',
  ),
  line(
    'on-call',
    'team',
    ['start', -1, 0, '15:00'],
    'Tell the curator who can be reached each day',
    'A name and a number for every day of the turn, the evenings included.',
  ),
  line(
    'colleagues',
    'team',
    ['start', 0, 0, null],
    'Tell colleagues who is on',
    'In your chat or newsletter, with a link to the account.',
  ),
  line(
    'first-day',
    'team',
    ['start', 1, 0, '10:00'],
    'Ask how the first day went',
    'Ring rather than write. Ask how they are, not only how the posts do.',
  ),
  line(
    'second-day',
    'team',
    ['start', 2, 0, '10:00'],
    'Ask how the second day went',
    'A short call is enough. When something has gone wrong, ask every few hours until it is over.',
  ),
  line(
    'midway',
    'team',
    ['start', 3, 0, '10:00'],
    'Ask how the week is going',
    'And whether the plan still fits, or there is something to leave out.',
  ),
  line(
    'last-day',
    'team',
    ['start', 4, 0, '10:00'],
    'Ask how they are on the last day',
    'And remind them when the turn ends, to the minute.',
  ),
  line(
    'goodbye',
    'curator',
    ['end', 0, -2, null],
    'Say goodbye on the account',
    'Thank people, say who comes next if you know, and unpin what you have pinned.',
  ),
  line(
    'sign-out',
    'curator',
    ['end', 0, 1, null],
    'Sign out wherever you used the account',
    'On every phone and computer. Remove apps that you let use it.',
  ),
  line(
    'past-curators',
    'team',
    ['end', 7, 0, '10:00'],
    'Add the curator to your public list of past curators',
    'If they are happy with that.',
  ),
  line(
    'feedback',
    'curator',
    ['end', 14, 0, '10:00'],
    'Tell the team how it was',
    'On your page, when the turn is over: what helped, what was missing, what you would tell the next curator.',
  ),
  line(
    'learned',
    'team',
    ['end', 14, 0, '15:00'],
    'Read the feedback and write down what to change',
    'Change this checklist while you are at it.',
  ),
];

/** The standard checklist in its order, all of it in use. */
export const STANDARD: KeptLine[] = lines.map((each, position) => ({ ...each, position, off: false }));

/** What nobody has to remember, for people who look for it in the list. */
export const BATON_DOES = [
  'Writes to applicants, and to the curator when the turn is confirmed, moved or cancelled',
  'Reminds the curator a week before, and tells them how to get in on the working day before',
  'Opens and closes access at the instant, and asks for proof of what was given outside Baton',
  'Sets the profile, or gives you the text to copy, and puts it back afterwards',
  'Introduces and thanks the curator on the account',
  'Tells you when no first post has come, and the curator when it is time to say goodbye',
  'Keeps the photo, the consents and the record of who did what',
];
