import type { Charge } from './rows.js';

/** What X charges for, and how much, in millionths of a dollar: https://docs.x.com/x-api/getting-started/pricing */
export const PRICES = {
  'post read': 5_000,
  'owned read': 1_000,
  'user read': 10_000,
  post: 15_000,
  'post with a link': 200_000,
  'summoned reply': 10_000,
  'direct message': 15_000,
  deletion: 10_000,
  'media description': 5_000,
} as const;

export type Price = keyof typeof PRICES;

/** Something that a call returned or did. */
export interface Item {
  what: Price;
  id: string;
}

/** The charges for these items on the UTC day of `now`; whoever writes them keeps only those that are new. */
export function chargesFor(items: readonly Item[], now: Date): Charge[] {
  const day = now.toISOString().slice(0, 10);
  return items.map(({ what, id }) => ({ id: `${day} ${what} ${id}`, day, what, microdollars: PRICES[what] }));
}

export interface MeterReading {
  /** Dollars as text, as in 0.215. */
  dollars: string;
  microdollars: number;
  lines: { what: string; count: number; microdollars: number }[];
  days: { day: string; microdollars: number }[];
}

export function readMeter(charges: readonly Charge[]): MeterReading {
  const total = sum(charges);
  const by = (key: 'what' | 'day') => [...new Set(charges.map((charge) => charge[key]))].sort();
  return {
    dollars: (total / 1_000_000).toFixed(3),
    microdollars: total,
    lines: by('what').map((what) => {
      const same = charges.filter((charge) => charge.what === what);
      return { what, count: same.length, microdollars: sum(same) };
    }),
    days: by('day').map((day) => ({ day, microdollars: sum(charges.filter((charge) => charge.day === day)) })),
  };
}

function sum(charges: readonly Charge[]): number {
  return charges.reduce((total, charge) => total + charge.microdollars, 0);
}
