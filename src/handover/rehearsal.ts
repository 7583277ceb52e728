import type { Account } from '../credentials/account.entity.js';
import { asText } from '../messages/letters/letter.js';
import { type LetterName, writeLetter } from '../messages/letters/letters.js';
import { textLength } from '../networks/text.js';
import type { Half, StepName, WaitsFor } from './steps.js';
import type { TurnRow } from './turns.service.js';

export interface RehearsedStep {
  name: StepName;
  half: Half;
  state: 'waiting' | 'running' | 'done';
  outcome: string | null;
  waitsFor: WaitsFor | null;
  byHand: boolean;
  calls: boolean;
}

/** A row that would be queued. */
export interface RehearsedMessage {
  channel: 'letter' | 'post' | 'webhook';
  template: string;
  data: Record<string, unknown>;
  dueAt: Date;
}

/** What a profile would show; `picture` is a name in Files, empty where the picture is left alone. */
export interface RehearsedProfile {
  step: StepName;
  calls: boolean;
  name: string;
  bio: string;
  picture: string;
}

/** X's limits for a profile, in characters. */
const NAME_MAX = 50;
const BIO_MAX = 160;

/** The letters as they would read. Their one-time links lead nowhere: none is made. */
export function rehearsedLetters(messages: RehearsedMessage[], publicUrl: string) {
  return messages
    .filter(({ channel }) => channel === 'letter')
    .map(({ template, data }) => {
      const letter = writeLetter(
        template as LetterName,
        data as never,
        (path, token) => `${publicUrl}${path}${token ? '/(made when it is sent)' : ''}`,
      );
      return { to: letter.dear, subject: letter.subject, text: asText(letter) };
    });
}

/** The posts with the room that they take. */
export function rehearsedPosts(account: Account, messages: RehearsedMessage[]) {
  return messages
    .filter(({ channel }) => channel === 'post')
    .map(({ data }) => {
      const text = String(data.text ?? '');
      const { length, max, valid } = textLength(account.network, text);
      return { text, room: `${length} of ${max} characters`, valid };
    });
}

/** The profiles with the room that they take, and how they would be set. */
export function rehearsedProfiles(profiles: RehearsedProfile[]) {
  return profiles.map(({ step, calls, name, bio, picture }) => ({
    title: step === 'profile' ? 'To the curator' : 'Back to the house',
    how: calls ? 'Set by Baton.' : 'A task for a person, with the texts to copy.',
    name: { text: name, room: `${lengthOf(name)} of ${NAME_MAX} characters` },
    bio: { text: bio, room: `${lengthOf(bio)} of ${BIO_MAX} characters` },
    picture: !calls ? null : picture ? 'The picture changes too.' : 'The picture stays as it is.',
  }));
}

/** What would go wrong or be left out, in sentences; empty when nothing would. */
export function missingIn(
  turns: TurnRow[],
  posts: { text: string; valid: boolean }[],
  profiles: RehearsedProfile[],
  failure: string | null,
): string[] {
  const tooLong = profiles.some(({ name, bio }) => lengthOf(name) > NAME_MAX || lengthOf(bio) > BIO_MAX);
  return [
    ...(failure ? [`A step would fail. ${failure}`] : []),
    ...turns.filter(({ email }) => !email).map(({ shownName }) => `There is no address of ${shownName}: no letters.`),
    ...posts.filter(({ valid }) => !valid).map(({ text }) => `X would not take this post: ${text}`),
    ...(tooLong ? ['A text for the profile is longer than X allows.'] : []),
  ];
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
