import { Temporal } from 'temporal-polyfill';
import type { Account } from '../credentials/account.entity.js';
import { timeRange } from '../credentials/dates.js';
import { type PostingHours, type SlotPattern, slotsFrom, weekOf } from '../credentials/week.js';
import type { ApplicationState } from './application.entity.js';
import type { Answers } from './question.js';
import { askedOf } from './questions.js';

const WEEKS = 26;
const LONG_DATE = { day: 'numeric', month: 'long', year: 'numeric' } as const;

/** A row of the summary on the check page and the team's page. */
export interface Row {
  question: string;
  key: string;
  value: string;
}

/** The coming weeks to choose from: the ISO date of each Monday and the slot in words. */
export function weekChoices(
  account: Pick<Account, 'zone'> & { slotPattern: SlotPattern; postingHours: PostingHours | null },
  now: Date,
): { monday: string; words: string }[] {
  return slotsFrom(account.zone, account.slotPattern, now, WEEKS)
    .filter((slot) => slot.startsAt > now)
    .map((slot) => ({ monday: weekOf(account.zone, slot.startsAt), words: timeRange(account.zone, slot) }));
}

/** Every answer in words, in the order of the form; the health information itself is never among them. */
export function checkRows(answers: Answers, hasHealth: boolean, hasPhoto: boolean): Row[] {
  return askedOf(answers)
    .filter(({ id }) => id !== 'adult')
    .flatMap((question) =>
      question.fields.map((field) => ({
        question: question.id,
        key: field.kind === 'tick' ? (TICKS[field.name] ?? field.name) : field.label.replace(' (optional)', ''),
        value: answerInWords(field.name, field.options, answers, hasHealth, hasPhoto),
      })),
    );
}

const TICKS: Record<string, string> = {
  healthConsent: 'We may hold what you wrote about your health',
  photoConsent: 'We may keep your photo',
  holding: 'We may hold your application',
  guidelines: 'You agree to the guidelines',
  directMessages: 'We may send you direct messages on X',
};

function answerInWords(
  name: string,
  options: { value: string; text: string }[] | undefined,
  answers: Answers,
  hasHealth: boolean,
  hasPhoto: boolean,
): string {
  if (name === 'health') return hasHealth ? 'Given (encrypted)' : 'Nothing';
  if (name === 'photo') return hasPhoto ? 'Chosen' : 'None';
  if (name === 'weeks') return weeksInWords(answers.weeks);
  const value = answers[name];
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return options?.find((option) => option.value === value)?.text ?? (String(value ?? '') || 'Not said');
}

function weeksInWords(weeks: Answers['weeks']): string {
  if (!weeks) return 'Not said';
  const parts = [
    weeks.first.length > 0 && `First choice: ${mondays(weeks.first)}.`,
    weeks.second.length > 0 && `Second choice: ${mondays(weeks.second)}.`,
    weeks.unavailable.length > 0 && `Cannot: ${mondays(weeks.unavailable)}.`,
    weeks.flexible && 'Flexible: any week that is not ruled out.',
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : 'No preference';
}

function mondays(dates: string[]): string {
  const words = dates.map((date) => Temporal.PlainDate.from(date).toLocaleString('en-GB', LONG_DATE));
  return `${words.length > 1 ? 'weeks' : 'week'} of ${words.join(', ')}`;
}

/** Each state as a tag, and what happens next, for the applicant. */
export const states: Record<ApplicationState, { text: string; colour: string; next: string }> = {
  draft: { text: 'Not sent', colour: 'grey', next: 'You have not sent it yet.' },
  unverified: {
    text: 'Not confirmed',
    colour: 'yellow',
    next: 'Confirm your email address by the link that we sent you. Until then nobody reads it.',
  },
  waiting: {
    text: 'Being read',
    colour: 'blue',
    next: 'A person on the team reads it and writes to you. Nothing is decided by a computer.',
  },
  'on-hold': { text: 'On hold', colour: 'yellow', next: 'The team will come back to it.' },
  accepted: {
    text: 'Accepted',
    colour: 'green',
    next: 'The team looks for a week that suits you and sends you an offer with exact dates.',
  },
  declined: { text: 'Not taken up', colour: 'grey', next: 'The team could not offer you a turn.' },
  withdrawn: { text: 'Withdrawn', colour: 'grey', next: 'You withdrew it. You are welcome to apply again.' },
  erased: { text: 'Erased', colour: 'grey', next: 'What you wrote has been erased.' },
};

/** What the audit log says about an application, in words. */
export const happened: Record<string, string> = {
  'application.submitted': 'Sent',
  'application.verified': 'Address confirmed',
  'application.accepted': 'Accepted',
  'application.declined': 'Declined',
  'application.on-hold': 'Put on hold',
  'application.decision-undone': 'Decision undone',
  'application.health-read': 'Health information read',
  'application.consent-withdrawn': 'Consent taken back',
  'application.withdrawn': 'Withdrawn',
  'application.erased': 'Erased',
};
