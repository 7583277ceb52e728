import { describe, expect, it } from '@jest/globals';
import {
  afterEvent,
  CONNECTION_MOVES,
  type ConnectionEvent,
  type ConnectionState,
  connectionState,
  nextForCall,
  type Standing,
} from './connection.js';

const T0 = new Date('2026-03-02T09:00:00Z');
const later = (minutes: number, from = T0) => new Date(from.getTime() + minutes * 60_000);
const NEW: Standing = {
  state: 'disconnected',
  why: null,
  expiresAt: null,
  refreshingUntil: null,
  unansweredSince: null,
  refusedSince: null,
  refreshedAt: T0,
};
const fresh = afterEvent(NEW, { kind: 'connected', expiresAt: later(120) }, T0);
const play = (start: Standing, ...events: [minute: number, kind: ConnectionEvent['kind']][]) =>
  events.reduce(
    (standing, [minute, kind]) =>
      afterEvent(standing, { kind, expiresAt: later(minute + 120) } as ConnectionEvent, later(minute)),
    start,
  );

/** What may happen in a state: the service never asks for anything else. */
const KINDS: Record<ConnectionState, ConnectionEvent['kind'][]> = {
  none: ['connected'],
  connected: ['connected', 'call-refused', 'ended'],
  stale: ['connected', 'refresh-begun', 'ended'],
  refreshing: ['refreshed', 'refresh-not-made', 'refresh-unanswered', 'refresh-refused', 'ended'],
  unanswered: ['connected', 'refresh-begun', 'refreshed', 'refresh-refused', 'ended'],
  disconnected: ['connected'],
};

describe('a connection', () => {
  it('can come to every state, by the moves of the table and by all of them', () => {
    const made = new Set<string>();
    const seen = new Set<string>();
    const walk = (standing: Standing | null, minute: number, steps: number) => {
      const from = connectionState(standing, later(minute));
      seen.add(from);
      if (steps === 0) return;
      const go = (next: Standing, at: number) => {
        const to = connectionState(next, later(at));
        if (from !== to || from === 'connected') made.add(`${from} → ${to}`);
        walk(next, at, steps - 1);
      };
      for (const kind of KINDS[from]) go(play(standing ?? NEW, [minute, kind]), minute);
      if (standing) for (const wait of [1, 116]) go(standing, minute + wait);
    };
    walk(null, 0, 6);
    const table = CONNECTION_MOVES.map(({ from, to }) => `${from} → ${to}`);
    expect([...made].sort()).toEqual([...table].sort());
    expect([...seen].sort()).toEqual(['connected', 'disconnected', 'none', 'refreshing', 'stale', 'unanswered']);
  });

  it('is renewed five minutes before its access ends, by one process at a time', () => {
    expect(nextForCall(fresh, later(114))).toBe('use');
    expect(nextForCall(fresh, later(115))).toBe('refresh');
    expect(nextForCall(play(fresh, [115, 'refresh-begun']), later(115))).toBe('wait');
  });

  it('uses what is left of its access when a renewal was not answered, and tries again only then', () => {
    const silent = play(fresh, [115, 'refresh-begun'], [116, 'refresh-unanswered']);
    expect(connectionState(silent, later(116))).toBe('unanswered');
    expect(nextForCall(silent, later(118))).toBe('use');
    expect(nextForCall(silent, later(119))).toBe('refresh');
  });

  it('knows of a renewal whose process is gone when its lease is over', () => {
    const begun = play(fresh, [115, 'refresh-begun']);
    expect(connectionState(begun, later(115.4))).toBe('refreshing');
    expect(connectionState(begun, later(115.5))).toBe('unanswered');
  });

  it('tells a grant that was withdrawn from a renewal that was interrupted', () => {
    expect(play(fresh, [115, 'refresh-begun'], [115, 'refresh-refused']).why).toBe('withdrawn');
    const again = play(fresh, [115, 'refresh-begun'], [120, 'refresh-begun'], [120, 'refresh-refused']);
    expect(again).toMatchObject({ state: 'disconnected', why: 'interrupted' });
  });

  it('stays in doubt when the second try did not reach the network', () => {
    const twice = play(fresh, [115, 'refresh-begun'], [120, 'refresh-begun'], [120, 'refresh-not-made']);
    expect(connectionState(twice, later(120))).toBe('unanswered');
    const once = play(fresh, [115, 'refresh-begun'], [115, 'refresh-not-made']);
    expect(connectionState(once, later(115))).toBe('stale');
  });

  it('is renewed when a call is refused, and lost when what was renewed is refused as well', () => {
    const refused = play(fresh, [10, 'call-refused']);
    expect(nextForCall(refused, later(10))).toBe('refresh');
    const renewed = play(refused, [10, 'refresh-begun'], [10, 'refreshed']);
    expect(play(renewed, [11, 'call-refused'])).toMatchObject({ state: 'disconnected', why: 'refused' });
  });

  it('of keys without an end is lost when they are refused for longer than a minute', () => {
    const keys = afterEvent(NEW, { kind: 'connected', expiresAt: null }, T0);
    const once = play(keys, [10, 'call-refused'], [10.5, 'call-refused']);
    expect(connectionState(once, later(10.5))).toBe('connected');
    expect(play(once, [11, 'call-refused'])).toMatchObject({ state: 'disconnected', why: 'refused' });
  });
});
