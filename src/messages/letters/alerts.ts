import { type Alert, alertWords } from '../alert-words.js';
import type { Letter, Link } from './letter.js';

export interface AlertLetters {
  /** `said`: what somebody wrote themselves; it goes into letters only, never into webhooks. */
  alert: { name: string; alert: Alert; said?: string };
}

export const alertLetters = {
  alert: ({ name, alert, said }: AlertLetters['alert'], link: Link): Letter => {
    const { title, lines, action } = alertWords(alert);
    return {
      subject: title,
      dear: name,
      body: [...lines, ...(said ? [`They wrote: “${said}”`] : [])],
      action: { text: action.text, href: action.href.startsWith('/') ? link(action.href) : action.href },
      after: [
        `You get this because of your role. Keepers choose what is told to whom at ${link(`/team/${alert.slug}/alerts`)}.`,
      ],
      from: `Baton, for the @${alert.account} team`,
    };
  },
};
