import { describe, expect, it } from '@jest/globals';
import type { MentionRow } from './inbox.service.js';
import { type Mention, mayAnswer, permalinkOf, wayOf } from './mention.js';
import { cardOf, looksView } from './mention-view.js';

const us = { slug: 'nhs', handle: 'NHS', zone: 'Europe/London', networkUserId: '7' };
const now = new Date('2026-12-08T10:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const nobody: Mention = {
  text: 'Hello',
  entities: { links: [], mentions: [], hashtags: [], cashtags: [] },
  replyTo: null,
  replyToUserId: null,
  references: [],
  withheld: null,
  possiblySensitive: false,
  edited: false,
  pictures: 0,
};
const named = (handle: string, id: string | null = null): Mention => ({
  ...nobody,
  entities: { ...nobody.entities, mentions: [{ start: 0, end: 5, handle, id }] },
});
const row = (given: Partial<MentionRow> = {}): MentionRow => ({
  ...{ id: '42', handle: 'Ada_L', authorName: 'Ada', post: named('nhs'), postedAt: ago(60), seenAt: ago(50) },
  ...{ hidden: false, draftId: null, answer: null, ...given },
});
const refused = (detail: string) => ({ state: 'refused', detail, by: 'Grace', providerRef: null });

describe('whether X takes an answer', () => {
  it.each([
    ['names the account, in whatever letters', named('nhs'), true, 'mention'],
    ['names it by an older handle', named('oldNHS', '7'), true, 'mention'],
    ['answers one of its posts', { ...nobody, replyTo: '1', replyToUserId: '7' }, true, 'answer'],
    ['quotes it', { ...nobody, references: [{ kind: 'quote', id: '1', handle: 'NHS' }] }, true, 'quote'],
    ['names somebody else', named('NHSuk', '8'), false, 'mention'],
    ['answers somebody else', { ...nobody, replyTo: '1', replyToUserId: '8' }, false, 'mention'],
    ['quotes somebody else', { ...nobody, references: [{ kind: 'quote', id: '1', handle: 'BBC' }] }, false, 'mention'],
  ] as [string, Mention, boolean, string][])('to a post that %s', (_, post, may, way) => {
    expect([mayAnswer(post, us), wayOf(post, us)]).toEqual([may, way]);
  });
});

describe('a card of the inbox', () => {
  it('leads to an answer, or to the one that was begun', () => {
    expect(cardOf(us, row(), now).reply).toEqual({ href: '/nhs/desk?reply=42', text: 'Answer' });
    expect(cardOf(us, row({ draftId: 'd' }), now).reply?.href).toBe('/nhs/desk?draft=d');
  });

  it('says what X made of an answer, and offers another only where that may help', () => {
    const gate =
      'X does not let this account answer that post: its author has limited who may answer, or has not named or quoted the account. X said: “No”';
    const card = cardOf(us, row({ answer: refused(gate) }), now);
    expect([card.reply, card.answered?.text]).toEqual([null, gate]);
    expect(card.noReply).toContain('X did not take an answer');
    expect(cardOf(us, row({ answer: refused('Too long') }), now).reply?.text).toBe('Answer');
    const sent = { state: 'sent', detail: null, by: null, providerRef: '43' };
    expect(cardOf(us, row({ answer: sent }), now)).toMatchObject({
      tag: { text: 'Answered' },
      answered: { text: 'By the team', href: 'https://x.com/NHS/status/43' },
    });
  });

  it('shows no words that X has not confirmed for a day, or that it withholds', () => {
    expect(cardOf(us, row(), now).segments).not.toBeNull();
    expect(cardOf(us, row({ seenAt: ago(1440) }), now).segments).toBeNull();
    const withheld = { ...named('nhs'), withheld: { countries: ['GB'], copyright: false } };
    expect(cardOf(us, row({ post: withheld }), now).segments).toBeNull();
  });

  it('leads to the post on X also where nobody knows whose it is', () => {
    expect(permalinkOf('42', null)).toBe('https://x.com/i/status/42');
    expect(permalinkOf('42', '162880')).toBe('https://x.com/162880/status/42');
    expect(permalinkOf('42', '../evil')).toBe('https://x.com/i/status/42');
  });
});

describe('the age of the inbox', () => {
  const looks = { pulledAt: ago(3), nextPullAt: now, failingSince: null, failure: null, overflowedAt: null };

  it('is said in words', () => {
    expect(looksView(looks, 'Europe/London', now).age).toContain('3 minutes ago');
  });

  it('is never that of a look that failed or was not made', () => {
    const failing = { ...looks, failingSince: ago(2), failure: 'Service Unavailable' };
    expect(looksView(failing, 'Europe/London', now).trouble).toContain('“Service Unavailable”');
    expect(looksView({ ...looks, pulledAt: null }, 'Europe/London', now)).toMatchObject({
      asked: false,
      trouble: null,
    });
    expect(looksView(null, 'Europe/London', now).asked).toBe(false);
  });

  it('tells for a day that more was written than was read', () => {
    const overflowed = (minutes: number) => looksView({ ...looks, overflowedAt: ago(minutes) }, 'Europe/London', now);
    expect([overflowed(10).overflow !== null, overflowed(1440).overflow]).toEqual([true, null]);
  });
});
