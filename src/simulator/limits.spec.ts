import { describe, expect, it } from '@jest/globals';
import { limitHeaders, RateLimits } from './limits.js';

const caller = { userId: '1', appId: 'baton' };
const at = (time: string) => new Date(`2026-11-23T${time}Z`);

describe('rate limits', () => {
  it('open again a quarter of an hour after their first call', () => {
    const limits = new RateLimits();
    for (let call = 0; call < 75; call++) limits.take('me', caller, at('09:00:00'), true);
    expect(limits.take('me', caller, at('09:14:59'), true)).toMatchObject({
      allowed: false,
      window: { limit: 75, remaining: 0, reset: at('09:15:00').getTime() / 1000 },
    });
    expect(limits.take('me', caller, at('09:15:00'), true)).toMatchObject({ allowed: true, window: { remaining: 74 } });
  });

  it('hold for a day as well, where there is such a limit', () => {
    const limits = new RateLimits();
    let sent = 0;
    for (let quarter = 0; quarter < 97; quarter++) {
      const now = new Date(at('00:00:00').getTime() + quarter * 15 * 60_000 - 1);
      for (let call = 0; call < 16; call++) if (limits.take('message', caller, now, true)?.allowed) sent += 1;
    }
    expect(sent).toBe(1440 + 15);
  });

  it('are counted but not enforced when switched off', () => {
    const limits = new RateLimits();
    for (let call = 0; call < 80; call++) limits.take('me', caller, at('09:00:00'), false);
    expect(limits.take('me', caller, at('09:00:00'), false)).toMatchObject({ allowed: true, window: { remaining: 0 } });
  });

  it('are other ones for an app’s own token, and none for tokens', () => {
    const limits = new RateLimits();
    expect(limits.take('timeline', { ...caller, userId: null }, at('09:00:00'), true)?.window.limit).toBe(10_000);
    expect(limits.take('token', caller, at('09:00:00'), true)).toBeNull();
  });

  it('are said in headers', () => {
    const counted = new RateLimits().take('create', caller, at('09:00:00'), true);
    expect(counted && limitHeaders(counted)).toMatchObject({
      'x-rate-limit-limit': '100',
      'x-rate-limit-remaining': '99',
      'x-app-limit-24hour-remaining': '9999',
    });
  });
});
