import type { Letter, Link } from './letter.js';

export interface PeopleLetters {
  'sign-in': { name: string; personId: string; service: string; next: string };
  'role-given': { name: string; handle: string; slug: string; role: string; service: string };
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

  'role-given': ({ name, handle, slug, role, service }: PeopleLetters['role-given'], link: Link): Letter => ({
    subject: `You are ${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role} of @${handle}`,
    dear: name,
    body: [
      `A keeper of @${handle} has made you ${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}. You sign in by a link that we send to this address.`,
    ],
    action: { text: 'Open the team’s pages', href: link(`/team/${slug}`) },
    from: service,
  }),
};
