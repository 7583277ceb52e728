import { dateAndTime, longDate, timeRange } from '../../credentials/dates.js';
import type { Letter, Link } from './letter.js';

/** What every letter about a turn knows. Instants are ISO 8601 in UTC; `zone` is the account's. */
interface Turn {
  name: string;
  /** The account's, without the @. */
  handle: string;
  stintId: string;
  startsAt: string;
  endsAt: string;
  zone: string;
  /** Whom to ask; may be empty. */
  help: string;
}

export interface RotaLetters {
  offer: Turn & { lapsesAt: string };
  'dates-moved': Turn & { lapsesAt: string; before: { startsAt: string; endsAt: string }; reason: string };
  'times-changed': Turn & { before: { startsAt: string; endsAt: string }; reason: string };
  'turn-confirmed': Turn;
  'turn-cancelled': Turn & { reason: string };
  'offer-withdrawn': Turn & { reason: string };
  'offer-answered': {
    name: string;
    handle: string;
    slug: string;
    stintId: string;
    startsAt: string;
    zone: string;
    answer: 'confirmed' | 'declined';
  };
}

/** The purpose of the one-time links by which an offer is answered. */
export const OFFER = 'offer';

export const rotaLetters = {
  offer: (turn: RotaLetters['offer'], link: Link): Letter => ({
    subject: `Your turn on @${turn.handle}: please say yes or no`,
    dear: turn.name,
    body: [
      `We would like you to curate @${turn.handle}. Your turn would be:`,
      [dates(turn)],
      'Please read the page behind this link. It shows the agreement and what to expect, and asks you to say yes or no. Nothing happens until you press a button there.',
    ],
    action: { text: 'Answer the offer', href: offerLink(turn, link) },
    after: [...until(turn), ...ask(turn)],
    from: team(turn),
  }),

  'dates-moved': (turn: RotaLetters['dates-moved'], link: Link): Letter => ({
    subject: `The dates of your turn on @${turn.handle} have moved`,
    dear: turn.name,
    body: [
      `The dates of your turn on @${turn.handle} have moved. They are now:`,
      [dates(turn)],
      `They were ${dates({ ...turn, ...turn.before })}. Ignore earlier letters about those dates.`,
      ...(turn.reason ? [`Why: ${turn.reason}`] : []),
      'Please say whether the new dates suit you, even if you had confirmed the old ones.',
    ],
    action: { text: 'Answer the offer', href: offerLink(turn, link) },
    after: [...until(turn), ...ask(turn)],
    from: team(turn),
  }),

  'times-changed': (turn: RotaLetters['times-changed'], link: Link): Letter => ({
    subject: `The times of your turn on @${turn.handle} have changed`,
    dear: turn.name,
    body: [
      `Your turn on @${turn.handle} is now:`,
      [dates(turn)],
      `It was ${dates({ ...turn, ...turn.before })}. Ignore the times in earlier letters. You do not have to answer.`,
      ...why(turn),
    ],
    action: { text: 'See your turn', href: link(`/me/stints/${turn.stintId}`) },
    after: ['If the new times do not suit you, tell us at once.', ...ask(turn)],
    from: team(turn),
  }),

  'turn-confirmed': (turn: RotaLetters['turn-confirmed'], link: Link): Letter => ({
    subject: `Your turn on @${turn.handle} is confirmed`,
    dear: turn.name,
    body: [
      `Thank you. Your turn on @${turn.handle} is confirmed:`,
      [dates(turn)],
      'We will write again the working day before it starts, with how to begin.',
    ],
    action: { text: 'See your turn', href: link(`/me/stints/${turn.stintId}`) },
    after: ['If you can no longer do it, tell us as soon as you can.', ...ask(turn)],
    from: team(turn),
  }),

  'turn-cancelled': (turn: RotaLetters['turn-cancelled']): Letter => ({
    subject: `Your turn on @${turn.handle} is cancelled`,
    dear: turn.name,
    body: [
      `Your turn on @${turn.handle} is cancelled. You do not have to do anything. It was to be:`,
      [dates(turn)],
      ...why(turn),
      'Ignore earlier letters about it.',
      ...ask(turn),
    ],
    from: team(turn),
  }),

  'offer-withdrawn': (turn: RotaLetters['offer-withdrawn']): Letter => ({
    subject: `Our offer of a turn on @${turn.handle} is withdrawn`,
    dear: turn.name,
    body: [
      `We had offered you a turn on @${turn.handle}. We are sorry: the offer is withdrawn. You do not have to do anything. It was for:`,
      [dates(turn)],
      ...why(turn),
      'The link in the earlier letter no longer works.',
      ...ask(turn),
    ],
    from: team(turn),
  }),

  'offer-answered': (answered: RotaLetters['offer-answered'], link: Link): Letter => ({
    subject: `@${answered.handle}: the offer for ${longDate(answered.zone, new Date(answered.startsAt))} was ${answered.answer}`,
    dear: answered.name,
    body: [
      answered.answer === 'confirmed'
        ? `The turn that starts on ${starts(answered)} is confirmed.`
        : `The offer of the turn that starts on ${starts(answered)} was declined. The slot is free again.`,
    ],
    action: { text: 'See the turn', href: link(`/team/${answered.slug}/stints/${answered.stintId}`) },
    from: team(answered),
  }),
};

function dates({ startsAt, endsAt, zone }: { startsAt: string; endsAt: string; zone: string }): string {
  return timeRange(zone, { startsAt: new Date(startsAt), endsAt: new Date(endsAt) }, { zone: true, utc: true });
}

function starts({ startsAt, zone }: { startsAt: string; zone: string }): string {
  return dateAndTime(zone, new Date(startsAt), { zone: true });
}

function offerLink({ stintId, lapsesAt }: { stintId: string; lapsesAt: string }, link: Link): string {
  return link('/offers', { purpose: OFFER, subject: stintId, until: new Date(lapsesAt) });
}

function until({ lapsesAt, zone }: { lapsesAt: string; zone: string }): string[] {
  return [`Please answer by ${dateAndTime(zone, new Date(lapsesAt), { zone: true })}; the link works until then.`];
}

function why({ reason }: { reason: string }): string[] {
  return reason ? [`Why: ${reason}`] : [];
}

function ask({ help }: { help: string }): string[] {
  return help ? [`Questions? ${help}`] : [];
}

function team({ handle }: { handle: string }): string {
  return `The @${handle} team`;
}
