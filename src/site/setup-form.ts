import { z } from 'zod';
import { RESERVED_SLUGS } from '../credentials/reserved-slugs.js';
import { isValidZone, type PostingHours, type SlotPattern, type Weekday } from '../credentials/week.js';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const time = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, `Enter ${what} as a time like 08:00`)
    .transform(padded);
const weekday = (what: string) => z.coerce.number(`Choose ${what}`).int().min(1, `Choose ${what}`).max(7);
const days = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,4}$/, `Enter ${what} as a number of days`)
    .transform(Number)
    .refine((value) => value >= 1, `Enter ${what} as 1 day or more`);

const required = (sentence: string, max: number) =>
  z.string().trim().min(1, sentence).max(max, `Use ${max} characters or fewer`);

const hoursFields = Object.fromEntries(
  WEEKDAYS.flatMap((_, index) => [
    [`opens${index + 1}`, z.string().trim().default('')],
    [`closes${index + 1}`, z.string().trim().default('')],
  ]),
);

/** Everything that has to be known before the first account can run. Nothing about retention is assumed. */
export const setupForm = z
  .object({
    code: z.string().default(''),
    keeperName: required('Enter your full name', 100),
    keeperEmail: z.string().trim().pipe(z.email('Enter an email address in the correct format, like name@example.com')),
    handle: z
      .string()
      .trim()
      .transform((handle) => handle.replace(/^@/, ''))
      .pipe(z.string().regex(/^\w{1,15}$/, 'Enter the handle: up to 15 letters, numbers and underscores')),
    name: required('Enter the name of the account', 50),
    about: z.string().trim().max(500, 'Use 500 characters or fewer').default(''),
    zone: z.string().trim().refine(isValidZone, 'Enter a time zone like Europe/London'),
    helpContact: required('Enter whom a curator can ask for help', 200),
    startsOn: weekday('the day a turn starts'),
    startsAt: time('the time a turn starts'),
    endsOn: weekday('the day a turn ends'),
    endsAt: time('the time a turn ends'),
    ...hoursFields,
    connection: z.enum(['api', 'none'], 'Choose how the account is connected'),
    handOverBy: z.enum(['desk', 'delegate', 'checklist'], 'Choose how the account is handed over'),
    keepApplications: days('how long applications are kept'),
    keepCurators: days('how long curators’ details are kept'),
    keepLetters: days('how long letters are kept'),
  })
  .superRefine((form, context) => {
    const values = form as Record<string, unknown>;
    if (RESERVED_SLUGS.has(form.handle.toLowerCase())) {
      context.addIssue({
        code: 'custom',
        path: ['handle'],
        message: 'This handle is also the address of one of our pages. Ask us to add it by hand',
      });
    }
    if (form.connection === 'none' && form.handOverBy !== 'checklist') {
      context.addIssue({
        code: 'custom',
        path: ['handOverBy'],
        message: 'Without a connection the account is handed over by checklist',
      });
    }
    for (const [index, name] of WEEKDAYS.entries()) {
      const [opens, closes] = [String(values[`opens${index + 1}`] ?? ''), String(values[`closes${index + 1}`] ?? '')];
      const problem = hoursProblem(opens, closes);
      if (problem) context.addIssue({ code: 'custom', path: [`opens${index + 1}`], message: `${name}: ${problem}` });
    }
  });

export type SetupForm = z.output<typeof setupForm>;

/** The slot pattern that a form describes. */
export function patternOf(form: SetupForm): SlotPattern {
  return {
    startsOn: form.startsOn as Weekday,
    startsAt: form.startsAt,
    endsOn: form.endsOn as Weekday,
    endsAt: form.endsAt,
  };
}

/** The posting hours that a form describes; null when no day has any. */
export function hoursOf(form: SetupForm): PostingHours | null {
  const values = form as unknown as Record<string, string>;
  const open = WEEKDAYS.flatMap((_, index) => {
    const [opens, closes] = [values[`opens${index + 1}`], values[`closes${index + 1}`]];
    return opens && closes ? [[index + 1, { opens: padded(opens), closes: padded(closes) }]] : [];
  });
  return open.length > 0 ? { zone: form.zone, days: Object.fromEntries(open) } : null;
}

function hoursProblem(opens: string, closes: string): string | null {
  if (opens === '' && closes === '') return null;
  const shape = /^(([01]?\d|2[0-3]):[0-5]\d|24:00)$/;
  if (!shape.test(opens) || !shape.test(closes)) return 'enter both times like 08:00 and 20:00, or leave both empty';
  return padded(opens) < padded(closes) ? null : 'the closing time must be after the opening time';
}

function padded(time: string): string {
  return time.padStart(5, '0');
}
