import { describe, expect, it } from '@jest/globals';
import type { AlertRow, News } from '../people/alerts.service.js';
import { DAY, type Finding, HOUR, isSilent, MINUTE, movesOf, stuckness } from './watch.js';

const now = new Date('2026-12-07T12:00:00Z');
const ago = (span: number) => new Date(now.getTime() - span);

const cut: News = { accountId: 'a', kind: 'disconnected', key: 'disconnected a', facts: {} };
const silent: News = { accountId: 'a', kind: 'no-first-post', key: 'no-first-post s', facts: { name: 'Grace' } };
const post: News = {
  accountId: 'a',
  kind: 'first-post',
  key: 'first-post s',
  facts: { name: 'Grace', at: now.toISOString(), postId: '1' },
};
const row = (news: News, given: Partial<AlertRow> = {}): AlertRow => ({
  ...news,
  id: news.key,
  told: 1,
  openedAt: ago(DAY),
  remindAt: null,
  closedAt: null,
  ...given,
});
const finding = (news: News, every: number | null = null): Finding => ({ news, every });

describe('what is told', () => {
  it('is what is found and was not told', () => {
    expect(movesOf([finding(cut, DAY)], [], now)).toEqual([
      { act: 'open', news: cut, remindAt: new Date(now.getTime() + DAY) },
    ]);
    expect(movesOf([finding(cut, DAY)], [row(cut, { remindAt: new Date(now.getTime() + 1) })], now)).toEqual([]);
  });

  it('is told again when its time has come, from now on', () => {
    const open = row(cut, { remindAt: now });
    expect(movesOf([finding(cut, DAY)], [open], now)).toEqual([
      { act: 'remind', row: open, news: cut, remindAt: new Date(now.getTime() + DAY) },
    ]);
    expect(movesOf([finding(silent)], [row(silent)], now)).toEqual([]);
  });

  it('is over when it is not found any more, and says so where that helps', () => {
    const [lost, quiet] = [row(cut), row(silent)];
    expect(movesOf([], [lost, quiet], now)).toEqual([
      { act: 'close', row: lost, say: true },
      { act: 'close', row: quiet, say: false },
    ]);
  });

  it('leaves alone what somebody else has told', () => {
    const panic: News = { accountId: 'a', kind: 'panic', key: 'panic 1', facts: { name: 'Grace', path: '/' } };
    expect(movesOf([], [row(panic)], now)).toEqual([]);
  });

  it('comes again after its end only where it is a new one', () => {
    const over = { closedAt: ago(HOUR) };
    expect(movesOf([finding(cut, DAY)], [row(cut, over)], now)).toHaveLength(1);
    expect(movesOf([finding(silent)], [row(silent, over)], now)).toEqual([]);
    expect(movesOf([finding(post)], [row(post, over)], now)).toEqual([]);
    expect(movesOf([finding(post)], [], now)).toEqual([{ act: 'tell', news: post }]);
  });
});

describe('a handover', () => {
  const due = { at: ago(HOUR), startedAt: null, suspendedAt: null, fails: false };

  it('is stuck when it has not begun after 10 minutes', () => {
    expect(stuckness({ ...due, at: ago(10 * MINUTE - 1) }, now)).toBeNull();
    expect(stuckness({ ...due, at: ago(10 * MINUTE) }, now)).toEqual({ how: 'not-begun', every: HOUR });
  });

  it('is stuck when a step goes wrong for 10 minutes, or when it waits for a person for an hour', () => {
    const begun = (span: number, fails: boolean) => stuckness({ ...due, startedAt: ago(span), fails }, now);
    expect(begun(10 * MINUTE - 1, true)).toBeNull();
    expect(begun(10 * MINUTE, true)).toEqual({ how: 'fails', every: HOUR });
    expect(begun(HOUR - 1, false)).toBeNull();
    expect(begun(HOUR, false)).toEqual({ how: 'waits', every: 4 * HOUR });
  });

  it('is stuck when it is suspended past its time', () => {
    expect(stuckness({ ...due, suspendedAt: ago(2 * DAY) }, now)).toEqual({ how: 'suspended', every: 4 * HOUR });
    expect(stuckness({ ...due, at: ago(MINUTE), suspendedAt: ago(2 * DAY) }, now)).toBeNull();
  });
});

describe('a turn without a post', () => {
  const day = { opens: '08:00', closes: '20:00' };
  const turn = {
    opensAt: new Date('2026-12-07T08:00:00Z'),
    postingHours: { zone: 'Europe/London', days: { 1: day, 2: day } },
    held: false,
    heldUntil: null,
  };
  const at = (instant: string, change: Partial<Parameters<typeof isSilent>[0]> = {}) =>
    isSilent({ ...turn, ...change }, new Date(instant));

  it('is told after four hours in which there could have been one', () => {
    expect([at('2026-12-07T11:59:59Z'), at('2026-12-07T12:00:00Z')]).toEqual([false, true]);
    const late = { opensAt: new Date('2026-12-07T18:00:00Z') };
    expect([at('2026-12-08T09:59:00Z', late), at('2026-12-08T10:00:00Z', late)]).toEqual([false, true]);
    expect(at('2026-12-07T12:00:00Z', { postingHours: null })).toBe(true);
  });

  it('is not told while the account is paused, and counts anew afterwards', () => {
    expect(at('2026-12-07T13:00:00Z', { held: true })).toBe(false);
    const heldUntil = new Date('2026-12-07T10:00:00Z');
    expect([at('2026-12-07T13:59:00Z', { heldUntil }), at('2026-12-07T14:00:00Z', { heldUntil })]).toEqual([
      false,
      true,
    ]);
  });
});
