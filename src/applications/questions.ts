import { z } from 'zod';
import { type Answers, LONG, mustTick, needed, optional, type Question, text, tick } from './question.js';

const staff = (answers: Answers) => answers.capacity === 'staff';
/** More than the form shows, so that it cuts only what no form sent. */
const MOST_WEEKS = 60;
const EMAIL = 'Enter an email address in the correct format, like name@example.com';

/** The form, one question a page, in order. The wording of consents is in consents.ts. */
export const questions: Question[] = [
  {
    id: 'adult',
    title: 'Are you 18 or over?',
    hint: 'Curators speak to the public and may meet abuse, so we cannot take anyone younger.',
    fields: [
      {
        name: 'adult',
        kind: 'radios',
        label: 'Are you 18 or over?',
        options: [
          { value: 'yes', text: 'Yes' },
          { value: 'no', text: 'No' },
        ],
      },
    ],
    schema: z.object({ adult: z.enum(['yes', 'no'], 'Select yes if you are 18 or over') }),
  },
  {
    id: 'capacity',
    title: 'Who are you applying as?',
    fields: [
      {
        name: 'capacity',
        kind: 'radios',
        label: 'Who are you applying as?',
        options: [
          { value: 'staff', text: 'Staff', hint: 'You work or train in health or care' },
          { value: 'patient', text: 'Patient' },
          { value: 'carer', text: 'Carer', hint: 'You look after somebody who is ill, disabled or frail' },
          { value: 'other', text: 'Somebody else' },
        ],
      },
    ],
    schema: z.object({ capacity: z.enum(['staff', 'patient', 'carer', 'other'], 'Select who you are applying as') }),
  },
  {
    id: 'name',
    title: 'What is your name?',
    fields: [
      { name: 'name', kind: 'text', label: 'Full name', autocomplete: 'name' },
      {
        name: 'shown',
        kind: 'radios',
        label: 'How should the public see you?',
        options: [
          { value: 'first-name', text: 'By my first name' },
          { value: 'anonymous', text: 'Without my name', hint: 'The team still knows who you are' },
        ],
      },
    ],
    schema: z.object({
      name: needed('Enter your full name', 100),
      shown: z.enum(['first-name', 'anonymous'], 'Select how the public should see you'),
    }),
  },
  {
    id: 'email',
    title: 'What is your email address?',
    hint: 'We write to you here. We will ask you to confirm that it is yours.',
    fields: [{ name: 'email', kind: 'email', label: 'Email address', autocomplete: 'email' }],
    schema: z.object({ email: text(EMAIL).max(200, EMAIL).pipe(z.email(EMAIL)) }),
  },
  {
    id: 'handle',
    title: 'Do you have an account on X? (optional)',
    hint: 'You do not need one.',
    fields: [{ name: 'handle', kind: 'text', label: 'Your handle', prefix: '@' }],
    schema: z.object({
      handle: text('Enter one handle only')
        .transform((handle) => handle.replace(/^@/, ''))
        .pipe(z.string().regex(/^\w{0,15}$/, 'Enter the handle: up to 15 letters, numbers and underscores'))
        .default(''),
    }),
  },
  {
    id: 'work',
    title: 'Where do you work?',
    asked: staff,
    fields: [
      {
        name: 'role',
        kind: 'text',
        label: 'Your role',
        hint: 'For example, ward nurse',
        autocomplete: 'organization-title',
      },
      { name: 'organisation', kind: 'text', label: 'Organisation', autocomplete: 'organization' },
      { name: 'region', kind: 'text', label: 'Region (optional)' },
      {
        name: 'profession',
        kind: 'text',
        label: 'Profession and regulator (optional)',
        hint: 'For example, nurse, NMC',
      },
    ],
    schema: z.object({
      role: needed('Enter your role'),
      organisation: needed('Enter the name of your organisation'),
      region: optional(),
      profession: optional(),
    }),
  },
  {
    id: 'employer',
    title: 'Who at work should know? (optional)',
    hint: 'Your line manager and your employer’s communications team should agree before your turn. You can tell us later.',
    asked: staff,
    fields: [
      { name: 'manager', kind: 'text', label: 'Line manager' },
      { name: 'communications', kind: 'text', label: 'Communications team' },
    ],
    schema: z.object({ manager: optional(), communications: optional() }),
  },
  {
    id: 'about-you',
    title: 'Tell us about you',
    hint: 'Two or three sentences. We may use them to introduce you.',
    fields: [{ name: 'bio', kind: 'textarea', label: 'About you' }],
    schema: z.object({ bio: needed('Enter a few words about you', 500) }),
  },
  {
    id: 'topics',
    title: 'What would you talk about?',
    fields: [{ name: 'topics', kind: 'textarea', label: 'What you would talk about' }],
    schema: z.object({ topics: needed('Enter what you would talk about', LONG) }),
  },
  {
    id: 'experience',
    title: 'How used are you to social media?',
    hint: 'Every answer is welcome.',
    fields: [
      {
        name: 'experience',
        kind: 'radios',
        label: 'How used are you to social media?',
        options: [
          { value: '1', text: 'I have never posted' },
          { value: '2', text: 'I read more than I post' },
          { value: '3', text: 'I post now and then' },
          { value: '4', text: 'I post every week' },
          { value: '5', text: 'I run an account for others' },
        ],
      },
    ],
    schema: z.object({ experience: z.enum(['1', '2', '3', '4', '5'], 'Select how used you are to social media') }),
  },
  {
    id: 'weeks',
    title: 'Which weeks suit you?',
    hint: 'A turn is a week. Say nothing about a week if you do not mind.',
    fields: [{ name: 'weeks', kind: 'weeks', label: 'Which weeks suit you?' }],
    schema: z.record(z.string(), z.unknown()).transform((form) => ({ weeks: weeksOf(form) })),
  },
  {
    id: 'access',
    title: 'Is there anything that would make it easier for you? (optional)',
    hint: 'For example, a telephone call instead of letters, or large print.',
    fields: [{ name: 'access', kind: 'textarea', label: 'What would help' }],
    schema: z.object({ access: optional(LONG) }),
  },
  {
    id: 'health',
    title: 'Is there anything about your health that we should know? (optional)',
    hint: 'Only if you want to tell us. It is encrypted, shown to organisers only, and never put into a letter.',
    fields: [
      { name: 'health', kind: 'textarea', label: 'About your health' },
      { name: 'healthConsent', kind: 'tick', label: 'health' },
    ],
    schema: z
      .object({ health: optional(LONG), healthConsent: tick })
      .refine((form) => form.health === '' || form.healthConsent, {
        path: ['healthConsent'],
        error: 'Tick the box if we may hold what you wrote, or leave both empty',
      }),
  },
  {
    id: 'photo',
    title: 'Do you want to add a photo? (optional)',
    hint: 'We would use it to introduce you.',
    fields: [
      {
        name: 'photo',
        kind: 'file',
        label: 'Photo',
        hint: 'JPEG, PNG or WebP, up to 5 MB. Where and how it was taken is removed',
      },
      { name: 'photoDescription', kind: 'text', label: 'Describe the photo', hint: 'For people who cannot see it' },
      { name: 'photoConsent', kind: 'tick', label: 'photo' },
    ],
    schema: z.object({ photoDescription: optional(500), photoConsent: tick }),
  },
  {
    id: 'conflict',
    title: 'Is there anything that could look like a conflict of interest? (optional)',
    hint: 'For example, a company you work for, or a political role.',
    fields: [{ name: 'conflict', kind: 'textarea', label: 'Conflict of interest' }],
    schema: z.object({ conflict: optional(LONG) }),
  },
  {
    id: 'consents',
    title: 'What may we do?',
    hint: 'You can take each of these back at any time.',
    fields: [
      { name: 'holding', kind: 'tick', label: 'holding' },
      { name: 'guidelines', kind: 'tick', label: 'guidelines' },
      { name: 'directMessages', kind: 'tick', label: 'direct-messages' },
    ],
    schema: z.object({
      holding: mustTick('Tick the box to let us hold your application: we cannot consider it otherwise'),
      guidelines: mustTick('Tick the box to agree to the guidelines'),
      directMessages: tick,
    }),
  },
];

/** The questions that are asked of somebody who has answered so far. */
export function askedOf(answers: Answers): Question[] {
  return questions.filter((question) => question.asked?.(answers) ?? true);
}

/** The first question still to answer; null when all are. */
export function nextOf(answers: Answers): Question | null {
  return askedOf(answers).find((question) => !answers.answered?.includes(question.id)) ?? null;
}

/** The question before this one, for the back link; null for the first. */
export function beforeOf(answers: Answers, id: string): Question | null {
  const asked = askedOf(answers);
  return asked[asked.findIndex((question) => question.id === id) - 1] ?? null;
}

/** The answers without those to questions that are no longer asked, e.g. of a patient who had said staff at first. */
export function withoutUnasked(answers: Answers): Answers {
  const asked = new Set(askedOf(answers));
  const gone = questions.filter((question) => !asked.has(question)).flatMap((question) => question.fields);
  return Object.fromEntries(Object.entries(answers).filter(([name]) => !gone.some((field) => field.name === name)));
}

/** Fields `week-2026-12-07` with first, second or cannot; and `flexible`. */
function weeksOf(form: Record<string, unknown>): NonNullable<Answers['weeks']> {
  const said = Object.entries(form).flatMap(([name, value]) => {
    const [, monday] = /^week-(\d{4}-\d{2}-\d{2})$/.exec(name) ?? [];
    return z.iso.date().safeParse(monday).success ? [[monday as string, String(value)] as const] : [];
  });
  const chosen = (wanted: string) =>
    said
      .filter(([, value]) => value === wanted)
      .map(([monday]) => monday)
      .slice(0, MOST_WEEKS);
  return {
    first: chosen('first'),
    second: chosen('second'),
    unavailable: chosen('cannot'),
    flexible: form.flexible === 'yes',
  };
}
