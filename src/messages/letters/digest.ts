import type { Letter, Link } from './letter.js';

export interface DigestLetters {
  digest: {
    name: string;
    account: string;
    slug: string;
    /** The local day that it is about, in words. */
    day: string;
    overdue: string[];
    today: string[];
    /** Who is on or comes next, and when. */
    turns: string[];
    /** What waits for somebody: tasks of handovers, and what wants an answer. */
    waiting: string[];
  };
}

export const digestLetters = {
  digest: (
    { name, account, slug, day, overdue, today, turns, waiting }: DigestLetters['digest'],
    link: Link,
  ): Letter => ({
    subject: `@${account} on ${day}: ${summary(overdue.length, today.length, waiting.length)}`,
    dear: name,
    body: [
      ...section('Overdue', overdue),
      ...section('Due today', today),
      ...section('Waiting for somebody', waiting),
      ...section('On the account', turns),
    ],
    action: { text: 'Open the checklists', href: link(`/team/${slug}/checklists`) },
    after: [`You get this because of your role. Switch it off at ${link(`/team/${slug}/digest`)}.`],
    from: `Baton, for the @${account} team`,
  }),
};

function section(title: string, lines: string[]): (string | string[])[] {
  return lines.length > 0 ? [`${title}:`, lines] : [];
}

function summary(overdue: number, today: number, waiting: number): string {
  const parts = [
    overdue > 0 ? `${overdue} overdue` : '',
    today > 0 ? `${today} due today` : '',
    waiting > 0 ? `${waiting} waiting` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
