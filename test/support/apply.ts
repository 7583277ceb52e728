import type { Visitor } from './visitor.js';

/** What somebody answers, by question. */
export type Answered = Record<string, Record<string, string | string[] | Blob>>;

/** What Ada answers. */
export const ADA: Record<string, Record<string, string>> = {
  adult: { adult: 'yes' },
  capacity: { capacity: 'staff' },
  name: { name: 'Ada Marsh', shown: 'first-name' },
  email: { email: 'ada@example.org' },
  handle: { handle: '@ada_marsh' },
  work: { role: 'Ward nurse', organisation: 'Seaside Hospital' },
  employer: {},
  'about-you': { bio: 'I nurse on a stroke ward.' },
  topics: { topics: 'What a stroke ward sounds like' },
  experience: { experience: '3' },
  weeks: { flexible: 'yes' },
  access: {},
  health: {},
  photo: {},
  conflict: {},
  consents: { holding: 'yes', guidelines: 'yes' },
};

/** Answers the form page by page until the answers are to be checked, whatever the order of the questions. */
export async function answerTo(visitor: Visitor, slug: string, answers: Answered = ADA): Promise<void> {
  await visitor.get(`/${slug}/apply`);
  for (let page = 0; page < 30; page += 1) {
    const question = new URL(visitor.page.url).pathname.split('/').at(-1) ?? '';
    if (question === 'check') return;
    const given = answers[question];
    if (!given) throw new Error(`No answer to ${question}: ${visitor.words}`);
    await visitor.submit(given, `/apply/${question}`);
    if (visitor.page.status !== 200) throw new Error(`${question}: ${visitor.page.status} ${visitor.words}`);
  }
  throw new Error('The form has no end');
}
