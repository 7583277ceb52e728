import { describe, expect, it } from '@jest/globals';
import type { Account } from '../credentials/account.entity.js';
import type { BoundaryRead } from './handover-view.js';
import { type Circumstances, QUESTIONS, readinessCells } from './readiness.js';
import type { TurnRow } from './turns.service.js';

const account = { slug: 'nhs', zone: 'Europe/London' } as Account;
const ada = { id: 'ada', shownName: 'Ada', state: 'confirmed', agreed: true, photo: 'a file' } as TurnRow;
const at = new Date('2026-12-11T09:00Z');
const well: Circumstances = { knowers: [], delegates: [], letters: [{ stintId: 'ada', state: 'sent', at }] };
const cells = (turn: Partial<TurnRow> = {}, about: Partial<Circumstances> = {}) =>
  readinessCells(account, { incoming: [{ ...ada, ...turn }] } as BoundaryRead, { ...well, ...about });
const cell = (question: (typeof QUESTIONS)[number], ...given: Parameters<typeof cells>) =>
  cells(...given)[QUESTIONS.indexOf(question)];

describe('the readiness of a coming handover', () => {
  it('is asked only where somebody comes in, with a cell for each question', () => {
    expect(readinessCells(account, { incoming: [] as TurnRow[] } as BoundaryRead, well)).toEqual([]);
    expect(cells()).toHaveLength(QUESTIONS.length);
    expect(cells().every(({ ready, href }) => ready === true && href === null)).toBe(true);
  });

  it('says what is missing and leads to what mends it', () => {
    expect(cell('Curator', { state: 'cancelled' })).toEqual({
      text: 'Cancelled',
      ready: false,
      href: '/team/nhs/stints/ada',
    });
    expect(cell('Agreement', { agreed: false })).toMatchObject({ text: 'Not accepted', ready: false });
    expect(cell('Picture', { photo: null })).toMatchObject({ ready: null });
    expect(cell('Password', {}, { knowers: ['Grace'] })).toEqual({
      text: 'Must be changed: seen by Grace',
      ready: false,
      href: '/team/nhs/credentials/rotation',
    });
    expect(cell('Access outside', {}, { delegates: ['@grace', '@sam'] })).toMatchObject({
      text: 'Still open: @grace and @sam',
      href: '/team/nhs/tasks',
    });
  });

  it('knows when the access letter goes, and when it cannot', () => {
    const letter = (state: string) => cell('Access letter', {}, { letters: [{ stintId: 'ada', state, at }] });
    expect(letter('waiting')).toMatchObject({ text: 'Goes Friday 11 December 2026 at 9am', ready: null });
    expect(letter('refused')).toMatchObject({ ready: false, href: '/team/nhs/messages' });
    expect(cell('Access letter', {}, { letters: [] })).toMatchObject({ text: 'Not planned', ready: false });
  });
});
