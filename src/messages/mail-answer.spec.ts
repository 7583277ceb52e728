import { describe, expect, it } from '@jest/globals';
import { type MailError, mailOutcome } from './mail-answer.js';

const failure = (given: Partial<MailError>): MailError => Object.assign(new Error('failed'), given);

describe('what a failed letter means', () => {
  it.each<[string, Partial<MailError>, boolean, string]>([
    ['an unknown mailbox is final', { responseCode: 550, command: 'RCPT TO' }, false, 'refused'],
    ['refused content is final', { responseCode: 554, command: 'DATA' }, true, 'refused'],
    ['a full mailbox passes', { responseCode: 452, command: 'RCPT TO' }, false, 'later'],
    ['greylisting passes', { responseCode: 451, command: 'DATA' }, true, 'later'],
    ['a server that wants no mail from us may change its mind', { responseCode: 554, command: 'CONN' }, false, 'later'],
    [
      'wrong credentials of ours are no fault of the letter',
      { responseCode: 535, command: 'AUTH PLAIN' },
      false,
      'later',
    ],
    ['no server passes', { code: 'ESOCKET', command: 'CONN' }, false, 'later'],
    ['silence after the letter was handed over is unknown', { code: 'ETIMEDOUT', command: 'CONN' }, true, 'unknown'],
    ['running out of time before that passes', { name: 'AbortError' }, false, 'later'],
    ['an address that is none is final', { code: 'EENVELOPE', command: 'API' }, false, 'refused'],
  ])('%s', (_, error, handedOver, kind) => {
    expect(mailOutcome(failure(error), handedOver).kind).toBe(kind);
  });

  it('repeats nothing that the server said, since servers quote addresses', () => {
    const outcome = mailOutcome(
      failure({ message: '550 grace@example.org unknown', responseCode: 550, command: 'RCPT TO' }),
      false,
    );
    expect(JSON.stringify(outcome)).not.toContain('grace');
  });
});
