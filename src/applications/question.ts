import { z } from 'zod';

/** Everything somebody has said so far. Health information is not among it: it is sealed apart. */
export interface Answers {
  /** Ids of the questions that were answered, optional ones included. */
  answered?: string[];
  capacity?: 'staff' | 'patient' | 'carer' | 'other';
  name?: string;
  shown?: 'first-name' | 'anonymous';
  email?: string;
  handle?: string;
  role?: string;
  organisation?: string;
  region?: string;
  profession?: string;
  manager?: string;
  communications?: string;
  bio?: string;
  topics?: string;
  experience?: string;
  weeks?: Weeks;
  access?: string;
  healthConsent?: boolean;
  photoDescription?: string;
  photoConsent?: boolean;
  conflict?: string;
  directMessages?: boolean;
  [other: string]: unknown;
}

/** Which weeks suit, as ISO dates of their Mondays. */
export interface Weeks {
  first: string[];
  second: string[];
  unavailable: string[];
  flexible: boolean;
}

export interface Field {
  name: string;
  kind: 'text' | 'email' | 'textarea' | 'radios' | 'tick' | 'weeks' | 'file';
  label: string;
  hint?: string;
  options?: { value: string; text: string; hint?: string }[];
  autocomplete?: string;
  prefix?: string;
}

/** One page of the form. */
export interface Question {
  id: string;
  title: string;
  hint?: string;
  fields: Field[];
  schema: z.ZodType<Partial<Answers> & Record<string, unknown>>;
  /** Whether it is asked, given the answers so far; always when absent. */
  asked?: (answers: Answers) => boolean;
}

const SHORT = 200;
/** The longest paragraph, characters. */
export const LONG = 2000;

/** A text as it was typed: PostgreSQL keeps no NUL, and browsers send each line's end as two characters. */
export const text = (sentence: string) =>
  z
    .string(sentence)
    .overwrite((typed) => typed.replaceAll('\0', '').replaceAll('\r\n', '\n'))
    .trim();

/** A required line or paragraph; `sentence` says what to enter. */
export const needed = (sentence: string, max = SHORT) => text(sentence).min(1, sentence).max(max, tooLong(max));

/** A line or paragraph that may be left empty. */
export const optional = (max = SHORT) => text('Enter one answer only').max(max, tooLong(max)).default('');

/** A box to tick: true or false. */
export const tick = z
  .unknown()
  .optional()
  .transform((value) => value === 'yes');

/** A box that must be ticked. */
export const mustTick = (sentence: string) => z.literal('yes', sentence).transform(() => true);

function tooLong(max: number): string {
  return `Use ${max.toLocaleString('en-GB')} characters or fewer`;
}
