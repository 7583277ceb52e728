import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Hold } from '../credentials/access.js';
import { creditOf, type HeldGrant, placeOf } from './credit.js';

const at = (iso: string) => new Date(`2026-12-${iso}Z`);
const grace: HeldGrant = {
  stintId: 'grace-week',
  personId: 'grace',
  seat: 1,
  opensAt: at('07T08:00:00'),
  endsAt: at('11T18:00:00'),
  closedAt: null,
};
const ada: HeldGrant = {
  ...grace,
  stintId: 'ada-week',
  personId: 'ada',
  opensAt: at('14T08:00:00'),
  endsAt: at('18T18:00:00'),
};
const pause: Hold = {
  id: 'pause',
  kind: 'pause',
  scope: 'curators',
  startsAt: at('09T10:00:00'),
  endsAt: at('09T11:00:00'),
  reason: 'Abuse',
};
const house = { stintId: null, personId: null, by: 'house' };
const who = (iso: string, holds: Hold[] = []) => creditOf(at(iso), undefined, [grace, ada], holds).personId;

describe('a post made through Baton', () => {
  it("is its author's, whoever has the account at its instant", () => {
    const own = { stintId: 'grace-week', authorId: 'grace' };
    expect(creditOf(at('15T09:00:00'), own, [grace, ada], [])).toEqual({
      stintId: 'grace-week',
      personId: 'grace',
      by: 'author',
    });
    expect(creditOf(at('09T10:30:00'), own, [grace, ada], [pause]).personId).toBe('grace');
  });

  it("is the house's when the house wrote it, even in a curator's week", () => {
    const own = { stintId: null, authorId: null };
    expect(creditOf(at('08T09:00:00'), own, [grace], [])).toEqual({ ...house, by: 'author' });
  });

  it("is the house's when a member of the team wrote it as the house", () => {
    const own = { stintId: null, authorId: 'olu' };
    expect(creditOf(at('08T09:00:00'), own, [grace], [])).toEqual({ ...house, by: 'author' });
  });
});

describe('any other post', () => {
  it('is whose grant was in force, from its first instant until just before its end', () => {
    expect(who('07T07:59:59.999')).toBeNull();
    expect(who('07T08:00:00.000')).toBe('grace');
    expect(who('11T17:59:59.999')).toBe('grace');
    expect(who('11T18:00:00.000')).toBeNull();
    expect(who('14T08:00:00.000')).toBe('ada');
  });

  it('changes hands at one instant when weeks meet', () => {
    const next = { ...ada, opensAt: grace.endsAt };
    const credited = (iso: string) => creditOf(at(iso), undefined, [grace, next], []).personId;
    expect([credited('11T17:59:59.999'), credited('11T18:00:00.000')]).toEqual(['grace', 'ada']);
  });

  it('is the house’s from the instant at which a grant was closed early', () => {
    const cut = { ...grace, closedAt: at('09T12:00:00') };
    const credited = (iso: string) => creditOf(at(iso), undefined, [cut], []).personId;
    expect([credited('09T11:59:59.999'), credited('09T12:00:00.000')]).toEqual(['grace', null]);
  });

  it('is the house’s while a hold is in force, and the curator’s again after it', () => {
    expect(who('09T09:59:59.999', [pause])).toBe('grace');
    expect(who('09T10:00:00.000', [pause])).toBeNull();
    expect(who('09T10:59:59.999', [pause])).toBeNull();
    expect(who('09T11:00:00.000', [pause])).toBe('grace');
    expect(who('10T09:00:00.000', [{ ...pause, endsAt: null }])).toBeNull();
  });

  it('is the house’s outside every grant', () => {
    expect(creditOf(at('12T12:00:00'), undefined, [grace, ada], [])).toEqual(house);
  });
});

const minute = fc.integer({ min: 0, max: 200 });
const instant = (minutes: number) => new Date(at('07T08:00:00').getTime() + minutes * 60_000);
/** Turns in one seat, one after the other, some closed early; holds anywhere, some open. */
const turns = fc.array(fc.record({ gap: minute, length: fc.integer({ min: 1, max: 60 }), closed: fc.option(minute) }), {
  maxLength: 5,
});
const spans = fc.array(fc.record({ start: minute, length: fc.option(minute) }), { maxLength: 3 });

it('agrees with going through the rows minute by minute', () => {
  fc.assert(
    fc.property(turns, spans, minute, (given, held, now) => {
      let from = 0;
      const grants = given.map(({ gap, length, closed }, index): HeldGrant => {
        const opens = from + gap;
        from = opens + length;
        const closedAt = closed === null ? null : instant(opens + closed);
        const ids = { stintId: `stint ${index}`, personId: `person ${index}`, seat: 1 };
        return { ...ids, opensAt: instant(opens), endsAt: instant(from), closedAt };
      });
      const holds = held.map(({ start, length }): Hold => {
        const endsAt = length === null ? null : instant(start + length);
        return { ...pause, startsAt: instant(start), endsAt };
      });
      const t = instant(now).getTime();
      const holding = holds.some(
        (hold) => hold.startsAt.getTime() <= t && !(hold.endsAt && hold.endsAt.getTime() <= t),
      );
      const open = grants.filter((grant) => {
        const ends = Math.min(grant.endsAt.getTime(), grant.closedAt?.getTime() ?? Number.POSITIVE_INFINITY);
        return grant.opensAt.getTime() <= t && t < ends;
      });
      const expected = holding || open.length === 0 ? null : open[0]?.personId;
      expect(creditOf(instant(now), undefined, grants, holds).personId).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

describe('where a post lies to the turn that it is credited to', () => {
  const turn = { opensAt: new Date('2026-12-07T08:00:00Z'), endsAt: new Date('2026-12-11T18:00:00Z') };

  it.each([
    ['2026-12-07T07:59:59.999Z', 'early'],
    ['2026-12-07T08:00:00Z', 'in turn'],
    ['2026-12-11T17:59:59.999Z', 'in turn'],
    ['2026-12-11T18:00:00Z', 'late'],
  ])('at %s is %s', (at, place) => {
    expect(placeOf(new Date(at), turn)).toBe(place);
  });

  it('is nowhere when it is the house’s', () => {
    expect(placeOf(turn.opensAt, null)).toBe('house');
  });
});
