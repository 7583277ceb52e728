import { dateAndTime, timeRange } from '../credentials/dates.js';

type Offered = { startsAt: Date; endsAt: Date; offeredAt: Date | null; zone: string };

/** The dates of a turn as its curator reads them: local with the zone's name, and UTC. */
export function turnDates(stint: Offered): { starts: string; ends: string; range: string } {
  const beside = { zone: true, utc: true };
  return {
    starts: dateAndTime(stint.zone, stint.startsAt, beside),
    ends: dateAndTime(stint.zone, stint.endsAt, beside),
    range: timeRange(stint.zone, stint, beside),
  };
}

/** How the account will be handed over, for the person who is about to say yes. */
export const handOverWords = {
  desk: 'You post from your desk on this service. There is no password to receive, share or lose. Your desk opens and closes by itself at the times above.',
  delegate:
    'The team invites your own account on the network as a delegate. You accept the invitation, post from your own app, and are removed at the end. There is no password to share.',
  sealed:
    'Within your turn you sign in here and press a button that shows you the password of the account, once. It is never sent to you. It is changed when your turn has ended.',
  checklist:
    'The team hands the account over to you in person by a checklist. They will tell you what you need before your turn starts.',
} as const;

/** The text of an agreement as paragraphs. */
export function paragraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
