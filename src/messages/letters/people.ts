import type { Letter, Link } from './letter.js';

export interface PeopleLetters {
  'sign-in': { name: string; personId: string; service: string; next: string };
}

export const peopleLetters = {
  'sign-in': ({ name, personId, service, next }: PeopleLetters['sign-in'], link: Link): Letter => ({
    subject: `Sign in to ${service}`,
    dear: name,
    body: ['Use this link to sign in. It works once, for 15 minutes.'],
    action: { text: 'Sign in', href: `${link('/sign-in', { purpose: 'sign-in', subject: personId })}${next}` },
    after: ['If you did not ask for it, ignore this letter: nothing happens until the button on the page is pressed.'],
    from: service,
  }),
};
