import { describe, expect, it } from '@jest/globals';
import { type ConnectionFacts, standingWords } from './connection-view.js';

const NOW = new Date('2026-12-08T10:00:00Z');
const earlier = new Date('2026-12-08T09:00:00Z');
const later = new Date('2026-12-08T11:00:00Z');

describe('how a connection stands', () => {
  const facts: ConnectionFacts = {
    method: 'oauth2',
    state: 'connected',
    why: null,
    reason: null,
    scopes: [],
    handle: 'NHS',
    expiresAt: later,
    refreshingUntil: null,
    unansweredSince: null,
    refusedSince: null,
    refreshedAt: earlier,
    connectedAt: earlier,
    connectedBy: 'Kim',
    goodAt: null,
    hasRefreshToken: true,
  };
  const words = (change: Partial<ConnectionFacts>) => standingWords({ ...facts, ...change }, 'Europe/London', NOW);

  it('says that access renews itself only where it can', () => {
    expect(words({}).lines).toEqual(['The access is renewed by itself before Tuesday 8 December 2026 at 11am.']);
    const { lines, todo } = words({ hasRefreshToken: false });
    expect([lines, todo]).toEqual([
      ['The access ends on Tuesday 8 December 2026 at 11am and cannot be renewed: X gave no refresh token.'],
      'Connect the account again before then, or everything stops.',
    ]);
    expect(words({ method: 'oauth1', hasRefreshToken: false, expiresAt: null }).todo).toBeNull();
  });

  it('gives the reason of each loss, and what X said', () => {
    const lost = (why: ConnectionFacts['why']) => words({ state: 'disconnected', why, reason: 'Gone' }).lines;
    const all = (['withdrawn', 'interrupted', 'refused', 'keeper'] as const).map(lost);
    expect(new Set(all.map(([first]) => first)).size).toBe(4);
    expect(all.every(([, said]) => said === 'X said: “Gone”')).toBe(true);
  });
});
