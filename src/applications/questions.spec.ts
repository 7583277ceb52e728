import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { consentsIn } from './consents.js';
import type { Answers } from './question.js';
import { askedOf, beforeOf, nextOf, questions, withoutUnasked } from './questions.js';

const ids = questions.map((question) => question.id);
const schemaOf = (id: string) => questions.find((question) => question.id === id)?.schema;

describe('the questions', () => {
  it('have ids and field names of their own', () => {
    const fields = questions.flatMap((question) => question.fields.map((field) => field.name));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(fields).size).toBe(fields.length);
  });

  it.each(['patient', 'carer', 'other'] as const)('ask a %s nothing about work', (capacity) => {
    const asked = askedOf({ capacity }).map((question) => question.id);
    expect(asked).toEqual(ids.filter((id) => id !== 'work' && id !== 'employer'));
  });

  it('lead to each question in order, once, and then to none', () => {
    fc.assert(
      fc.property(fc.constantFrom('staff', 'patient', 'carer', 'other' as const), (capacity) => {
        const answers: Answers = { capacity, answered: [] };
        const seen: string[] = [];
        for (let next = nextOf(answers); next; next = nextOf(answers)) {
          expect(beforeOf(answers, next.id)?.id).toBe(seen.at(-1));
          seen.push(next.id);
          answers.answered = [...seen];
        }
        expect(seen).toEqual(askedOf(answers).map((question) => question.id));
      }),
    );
  });

  it('forget what was said about work by somebody who is no staff after all', () => {
    const answers: Answers = { capacity: 'patient', role: 'Nurse', manager: 'Kim', bio: 'Me', answered: ['work'] };
    expect(withoutUnasked(answers)).toEqual({ capacity: 'patient', bio: 'Me', answered: ['work'] });
    expect(withoutUnasked({ ...answers, capacity: 'staff' })).toEqual({ ...answers, capacity: 'staff' });
  });

  it('answer any form with a sentence or with values, and never keep a NUL', () => {
    const typed = fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined), fc.constant('a\0b'));
    fc.assert(
      fc.property(
        fc.constantFrom(...questions),
        fc.array(typed, { minLength: 8, maxLength: 8 }),
        (question, values) => {
          const form = Object.fromEntries(question.fields.map((field, index) => [field.name, values[index]]));
          const parsed = question.schema.safeParse(form);
          if (parsed.success) expect(JSON.stringify(parsed.data)).not.toContain('\\u0000');
          else expect(parsed.error.issues.every(({ message }) => !/^Invalid|Too /.test(message))).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['@ada_marsh', 'ada_marsh'],
    [' ada ', 'ada'],
    ['12345', '12345'],
    ['', ''],
  ])('read the handle %j as %j', (handle, expected) => {
    expect(schemaOf('handle')?.parse({ handle })).toEqual({ handle: expected });
  });

  it('keep of the weeks only dates with a choice', () => {
    const form = {
      'week-2026-12-07': 'first',
      'week-2026-12-14': 'cannot',
      'week-2026-02-30': 'first',
      other: 'first',
    };
    expect(schemaOf('weeks')?.parse({ ...form, 'week-2026-12-21': '' })).toEqual({
      weeks: { first: ['2026-12-07'], second: [], unavailable: ['2026-12-14'], flexible: false },
    });
  });
});

describe('consents', () => {
  it('are only what was ticked, and only for what there is', () => {
    const ticked: Answers = { holding: true, guidelines: true, healthConsent: true, photoConsent: true };
    expect(consentsIn(ticked, false, false)).toEqual(['holding', 'guidelines']);
    expect(consentsIn(ticked, true, true)).toEqual(['holding', 'guidelines', 'health', 'photo']);
    expect(consentsIn({ ...ticked, healthConsent: false, directMessages: true }, true, false)).toEqual([
      'holding',
      'guidelines',
      'direct-messages',
    ]);
    expect(consentsIn({}, true, true)).toEqual([]);
  });
});
