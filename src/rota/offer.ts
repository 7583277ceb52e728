import { settings } from '../../config/settings.js';
import type { StintState } from './stint.js';

type Offered = { offeredAt: Date | null; startsAt: Date; endsAt: Date };

/**
 * When an offer lapses: a settled while after it was made, and not after its turn has started; one that was made in
 * the middle of its slot, for a replacement, not after its end.
 */
export function offerLapses({ offeredAt, startsAt, endsAt }: Offered, life: number = settings.offerLife): Date {
  const offered = offeredAt ?? startsAt;
  const last = offered < startsAt ? startsAt : endsAt;
  return new Date(Math.min(offered.getTime() + life, last.getTime()));
}

/** What there is to say about an offer to the person it was made to. */
export type OfferStanding =
  | 'open'
  | 'lapsed'
  | 'not-yet'
  | 'confirmed'
  | 'declined'
  | 'withdrawn'
  | 'cancelled'
  | 'running'
  | 'ended';

/** Where an offer stands at `now`, from its stint. */
export function offerStanding(
  stint: Offered & { state: StintState; confirmedAt: Date | null },
  now: Date,
): OfferStanding {
  switch (stint.state) {
    case 'offered':
      return now < offerLapses(stint) ? 'open' : 'lapsed';
    case 'confirmed':
    case 'declined':
    case 'ended':
      return stint.state;
    case 'active':
      return 'running';
    case 'cancelled':
      return stint.confirmedAt ? 'cancelled' : 'withdrawn';
    case 'returned':
      return 'withdrawn';
    default:
      return 'not-yet';
  }
}
