import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { webhookAnswer, webhookFailure } from './webhook-answer.js';

const real = new Date('2026-12-07T12:00:00Z');
const kindOf = (status: number) => webhookAnswer(status, undefined, real).kind;

describe('the answer of a webhook', () => {
  it('is sent for 2xx, later for 5xx and what asks for patience, refused for the rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), (status) => {
        const patient = status >= 500 || [408, 425, 429].includes(status);
        expect(kindOf(status)).toBe(status < 300 ? 'done' : patient ? 'later' : 'refused');
      }),
    );
  });

  it('may say when to come again, in seconds or as a date', () => {
    const at = (given?: string) => {
      const outcome = webhookAnswer(429, given, real);
      return outcome.kind === 'later' ? outcome.at : 'not later';
    };
    expect(at('120')).toEqual(new Date('2026-12-07T12:02:00Z'));
    expect(at('Mon, 07 Dec 2026 12:05:00 GMT')).toEqual(new Date('2026-12-07T12:05:00Z'));
    expect([at('soon'), at(''), at(undefined)]).toEqual([null, null, null]);
  });

  it('that does not come is unknown once there was a connection, and later before', () => {
    expect(webhookFailure({ code: 'ABORT_ERR' }, true).kind).toBe('unknown');
    expect(webhookFailure({ code: 'ECONNREFUSED' }, false)).toMatchObject({ kind: 'later', why: 'unreachable' });
    expect(webhookFailure({ code: 'ENOTPUBLIC' }, false)).toMatchObject({ kind: 'refused' });
  });
});
