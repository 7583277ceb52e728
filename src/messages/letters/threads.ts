import { type Standstill, standstill } from '../thread-words.js';
import type { Letter, Link } from './letter.js';

export interface ThreadLetters {
  'thread-broken': {
    name: string;
    /** Handle of the shared account, without the @. */
    account: string;
    slug: string;
    /** How the first part begins. */
    beginning: string;
    still: Standstill;
    /** Why, in a sentence; may be empty. */
    why: string;
    help: string;
  };
}

export const threadLetters = {
  'thread-broken': (told: ThreadLetters['thread-broken'], link: Link): Letter => ({
    subject: `Your thread on @${told.account} stands still`,
    dear: told.name,
    body: [
      `Your thread on @${told.account} that begins “${told.beginning}” stands still.`,
      standstill(told.still),
      ...(told.why ? [told.why] : []),
      'Nothing more of it goes out before somebody of the team has decided whether to send the rest or to stop here. They have been told.',
    ],
    action: { text: 'See your desk', href: link(`/${told.slug}/desk`) },
    after: told.help ? [`If you have questions: ${told.help}.`] : [],
    from: `The @${told.account} team`,
  }),
};
