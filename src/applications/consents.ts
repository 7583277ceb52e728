import type { Answers } from './question.js';

export type ConsentPurpose = 'holding' | 'health' | 'photo' | 'direct-messages' | 'guidelines';

/** The version of the wordings below; raise it with every change of a word. */
export const CONSENTS_VERSION = '2026-11';

/** The words that people agree to, by purpose. They are kept with each consent. */
export const consentWords: Record<ConsentPurpose, string> = {
  holding: 'You may hold my application and write to me about it.',
  health: 'You may hold what I wrote about my health, to support me during my turn. Only organisers may read it.',
  photo: 'You may keep my photo and use it to introduce me to the public.',
  'direct-messages': 'You may send me direct messages on X about my turn.',
  guidelines:
    'I will follow the account’s guidelines: be kind, share nothing that could identify a patient, give no medical advice to individuals, take no part in party politics.',
};

/** The consents that answers contain. */
export function consentsIn(answers: Answers, hasHealth: boolean, hasPhoto: boolean): ConsentPurpose[] {
  const given: [ConsentPurpose, boolean][] = [
    ['holding', answers.holding === true],
    ['guidelines', answers.guidelines === true],
    ['health', hasHealth && answers.healthConsent === true],
    ['photo', hasPhoto && answers.photoConsent === true],
    ['direct-messages', answers.directMessages === true],
  ];
  return given.filter(([, yes]) => yes).map(([purpose]) => purpose);
}
