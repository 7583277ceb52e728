import { dateAndTime } from '../../credentials/dates.js';
import type { Letter, Link } from './letter.js';

/** What every letter about an application says. */
interface Applying {
  name: string;
  /** Handle of the shared account, without the @. */
  handle: string;
  applicationId: string;
}

/** What the team wrote to the applicant; may be empty. */
interface Decided extends Applying {
  message: string;
}

export interface ApplicationLetters {
  'application-resume': Applying & { until: string; zone: string };
  'application-verify': Applying;
  'application-received': Applying;
  'application-accepted': Decided;
  'application-declined': Decided;
  'application-on-hold': Decided;
  'application-withdrawn': Applying;
}

export const applicationLetters = {
  'application-resume': (data: ApplicationLetters['application-resume'], link: Link): Letter => ({
    ...frame(data, `Go on with your application to @${data.handle}`),
    body: ['We have kept what you wrote.'],
    action: {
      text: 'Go on with your application',
      href: link('/applications/resume', {
        purpose: 'resume-application',
        subject: data.applicationId,
        until: new Date(data.until),
      }),
    },
    after: [`The link works once, until ${dateAndTime(data.zone, new Date(data.until))}.`],
  }),

  'application-verify': (data: Applying, link: Link): Letter => ({
    ...frame(data, `Please confirm your email address for @${data.handle}`),
    body: [
      `Somebody applied to curate @${data.handle} with this email address.`,
      'If it was you, please confirm it. Until then nobody reads the application.',
    ],
    action: {
      text: 'Confirm your email address',
      href: link('/applications/verify', { purpose: 'verify-application', subject: data.applicationId }),
    },
    after: [
      'The link works once, for 15 minutes. If it is too old, it offers you a new one. If it was not you, ignore this letter.',
    ],
  }),

  'application-received': (data: Applying, link: Link): Letter => ({
    ...frame(data, `We have your application to @${data.handle}`),
    body: [
      'Thank you. A person will read it; nothing is decided by a computer.',
      'Your page shows where it stands. There you can also withdraw it.',
    ],
    action: { text: 'See where it stands', href: status(data, link) },
  }),

  'application-accepted': (data: Decided, link: Link): Letter => ({
    ...frame(data, `Your application to @${data.handle} is accepted`),
    body: [
      'We would like you to take a turn.',
      ...written(data),
      'Next we look for a week that suits you, and send you an offer with exact dates.',
    ],
    action: { text: 'See where it stands', href: status(data, link) },
  }),

  'application-declined': (data: Decided, link: Link): Letter => ({
    ...frame(data, `Your application to @${data.handle}`),
    body: ['Thank you for applying. We cannot offer you a turn.', ...written(data)],
    action: { text: 'See your application', href: status(data, link) },
  }),

  'application-on-hold': (data: Decided, link: Link): Letter => ({
    ...frame(data, `Your application to @${data.handle} is on hold`),
    body: ['We have read your application and will come back to it.', ...written(data)],
    action: { text: 'See where it stands', href: status(data, link) },
  }),

  'application-withdrawn': (data: Applying): Letter => ({
    ...frame(data, `Your application to @${data.handle} is withdrawn`),
    body: ['As you asked, your application is withdrawn. You are welcome to apply again.'],
  }),
};

function frame({ name, handle }: Applying, subject: string) {
  return { subject, dear: name, from: `The @${handle} team` };
}

function status({ applicationId }: Applying, link: Link): string {
  return link(`/me/applications/${applicationId}`);
}

function written({ message }: Decided): string[] {
  return message ? [message] : [];
}
