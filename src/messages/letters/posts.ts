import type { Letter, Link } from './letter.js';

export interface PostLetters {
  'post-stands': {
    name: string;
    /** Handle of the shared account, without the @. */
    account: string;
    slug: string;
    /** How it begins; may be empty. */
    beginning: string;
    how: 'refused' | 'held' | 'unknown';
    /** Why, in a sentence; may be empty. */
    why: string;
    help: string;
  };
}

const STANDS: Record<PostLetters['post-stands']['how'], { subject: (account: string) => string; line: string }> = {
  refused: {
    subject: (account) => `X refused your post on @${account}`,
    line: 'It is not out, and Baton does not try again. Your desk shows its words: you can write it anew.',
  },
  held: {
    subject: (account) => `Your post on @${account} is held`,
    line: 'It is not out and does not go out by itself. Somebody of the team decides, and has been told.',
  },
  unknown: {
    subject: (account) => `Nobody knows yet whether your post on @${account} is out`,
    line: 'X did not answer, and the post was not found. Do not send it again: somebody of the team looks, and has been told.',
  },
};

export const postLetters = {
  'post-stands': (told: PostLetters['post-stands'], link: Link): Letter => ({
    subject: STANDS[told.how].subject(told.account),
    dear: told.name,
    body: [
      told.beginning
        ? `This is about your post that begins “${told.beginning}”.`
        : 'This is about your post without words.',
      STANDS[told.how].line,
      ...(told.why ? [told.why] : []),
    ],
    action: { text: 'See your desk', href: link(`/${told.slug}/desk`) },
    after: told.help ? [`If you have questions: ${told.help}.`] : [],
    from: `The @${told.account} team`,
  }),
};
