import { describe, expect, it } from '@jest/globals';
import type { Message } from './message.entity.js';
import { grouped, shown } from './shown.js';

const at = new Date('2026-11-30T09:00:00Z');
const view = { slug: 'nhs', handle: 'NHS', zone: 'Europe/London', addresses: true };
const letter = (given: Partial<Message> = {}) =>
  ({
    id: '1',
    channel: 'letter',
    template: 'sign-in',
    data: { name: 'Ada', secret: 'words of the letter' },
    address: 'ada@example.org',
    state: 'sent',
    dueAt: at,
    settledAt: at,
    detail: null,
    stintId: null,
    part: null,
    ...given,
  }) as Message;

describe('how the team sees a message', () => {
  it('names a letter, to whom and when, and never its words', () => {
    const seen = shown(letter(), view);
    expect(seen).toMatchObject({
      name: 'Letter: Sign in',
      to: 'ada@example.org',
      when: 'Monday 30 November 2026 at 9am',
    });
    expect(JSON.stringify(seen)).not.toContain('words of the letter');
  });

  it('hides the address from those who do not need it', () => {
    expect(JSON.stringify(shown(letter(), { ...view, addresses: false }))).not.toContain('ada@example.org');
  });

  it('shows the words of a post, since they are public, and where it is', () => {
    const post = letter({ channel: 'post', data: { text: 'Good morning' }, providerRef: '42', stintId: 's' });
    expect(shown(post, view)).toMatchObject({
      name: 'Post of a curator',
      to: '@NHS',
      text: 'Good morning',
      networkHref: 'https://x.com/NHS/status/42',
    });
  });

  it('says which part of a thread a post is, and for what it waits', () => {
    const part = letter({
      channel: 'post',
      data: { text: 'And so on' },
      part: 2,
      state: 'waiting',
      nextAttemptAt: null,
    });
    expect(shown(part, view)).toMatchObject({
      name: 'Part 2 of a thread of the house',
      explanation: 'It waits for the parts before it.',
    });
  });

  it('puts what needs a person first', () => {
    const rows = [
      letter({ id: 'sent' }),
      letter({ id: 'held', state: 'held' }),
      letter({ id: 'waiting', state: 'waiting' }),
    ];
    expect(grouped(rows, view).map(({ messages }) => messages.map(({ id }) => id))).toEqual([
      ['held'],
      ['waiting'],
      ['sent'],
    ]);
  });
});
