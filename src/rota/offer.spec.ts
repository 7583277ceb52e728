import { describe, expect, it } from '@jest/globals';
import { offerLapses, offerStanding } from './offer.js';

const at = (iso: string) => new Date(`${iso}Z`);
const slot = { startsAt: at('2026-12-07T08:00'), endsAt: at('2026-12-11T18:00'), confirmedAt: null };

describe('an offer', () => {
  it('lapses after a week, or when its turn starts', () => {
    expect(offerLapses({ ...slot, offeredAt: at('2026-11-02T09:00') })).toEqual(at('2026-11-09T09:00'));
    expect(offerLapses({ ...slot, offeredAt: at('2026-12-04T09:00') })).toEqual(slot.startsAt);
  });

  it('of what is left of a slot lapses with it', () => {
    expect(offerLapses({ ...slot, offeredAt: at('2026-12-08T09:00') })).toEqual(slot.endsAt);
  });

  it('is open until the instant at which it lapses', () => {
    const offered = { ...slot, state: 'offered' as const, offeredAt: at('2026-12-04T09:00') };
    expect(offerStanding(offered, new Date(slot.startsAt.getTime() - 1))).toBe('open');
    expect(offerStanding(offered, slot.startsAt)).toBe('lapsed');
  });

  it('is withdrawn where its turn was cancelled, and is not yet one where nobody has approved it', () => {
    expect(offerStanding({ ...slot, state: 'cancelled', offeredAt: null }, slot.startsAt)).toBe('withdrawn');
    const confirmed = { ...slot, state: 'cancelled' as const, offeredAt: null, confirmedAt: at('2026-12-01T08:00') };
    expect(offerStanding(confirmed, slot.startsAt)).toBe('cancelled');
    expect(offerStanding({ ...slot, state: 'proposed', offeredAt: null }, slot.startsAt)).toBe('not-yet');
    expect(offerStanding({ ...slot, state: 'active', offeredAt: null }, slot.startsAt)).toBe('running');
  });
});
