import type { Letter, Link } from './letter.js';

export interface ApprovalLetters {
  'approval-asked': {
    name: string;
    /** Handle of the shared account, without the @. */
    account: string;
    slug: string;
    author: string;
    /** By when somebody has to decide, in words. */
    until: string;
  };
  'approval-over': {
    name: string;
    account: string;
    slug: string;
    how: 'approved' | 'sent-back' | 'lapsed';
    /** Why it came back; may be empty. */
    note: string;
  };
}

const OVER: Record<ApprovalLetters['approval-over']['how'], { subject: string; line: string }> = {
  approved: {
    subject: 'is approved',
    line: 'Somebody of the team has read your post and approved it. It goes out at its time.',
  },
  'sent-back': {
    subject: 'came back to you',
    line: 'Somebody of the team has read your post and sent it back. It did not go out; it is a draft on your desk.',
  },
  lapsed: {
    subject: 'was not read in time',
    line: 'Nobody of the team has decided about your post in time. It did not go out, and does not go out by itself; it is a draft on your desk. You can send it again.',
  },
};

export const approvalLetters = {
  'approval-asked': (
    { name, account, slug, author, until }: ApprovalLetters['approval-asked'],
    link: Link,
  ): Letter => ({
    subject: `A post on @${account} waits for you`,
    dear: name,
    body: [
      `${author} has written a post for @${account}. It goes out only when somebody other than its author has approved it.`,
      `Please decide by ${until}. When nobody has, the post goes back to ${author}; it never goes out by itself.`,
    ],
    action: { text: 'Read it and decide', href: link(`/team/${slug}/approvals`) },
    from: `The @${account} team`,
  }),

  'approval-over': ({ name, account, slug, how, note }: ApprovalLetters['approval-over'], link: Link): Letter => ({
    subject: `Your post on @${account} ${OVER[how].subject}`,
    dear: name,
    body: [OVER[how].line, ...(note ? [`They wrote: “${note}”`] : [])],
    action: { text: 'See your desk', href: link(`/${slug}/desk`) },
    from: `The @${account} team`,
  }),
};
