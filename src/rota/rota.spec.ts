import { describe, expect, it } from '@jest/globals';
import { type SlotPattern, slotsFrom } from '../credentials/week.js';
import { type RotaQuestion, type RotaSlot, type RotaStint, type RotaWeek, rotaWeeks } from './rota.js';

const zone = 'Europe/London';
const pattern: SlotPattern = { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' };
const now = new Date('2026-12-09T12:00:00Z');
const slots: RotaSlot[] = slotsFrom(zone, pattern, new Date('2026-11-30T00:00:00Z'), 30).map((span, index) => ({
  ...span,
  id: `slot-${index}`,
  kind: 'curator',
}));

function stint(slotId: string, state: RotaStint['state'], change: Partial<RotaStint> = {}): RotaStint {
  const id = `${slotId}-${state}`;
  return { id, slotId, seat: 1, personId: 'grace', state, offeredAt: null, confirmedAt: null, ...change };
}

function rota(change: Partial<RotaQuestion> = {}): RotaWeek[] {
  return rotaWeeks({ slots, stints: [], blackouts: [], pattern, zone, now, weeks: 26, ...change });
}

function week(name: string, change: Partial<RotaQuestion> = {}): RotaWeek | undefined {
  return rota(change).find((line) => line.week === name);
}

describe('the coming weeks', () => {
  it('are 26 from the week of now, in order', () => {
    const weeks = rota().map((line) => line.week);
    expect(weeks).toHaveLength(26);
    expect([weeks[0], weeks[1], weeks[25]]).toEqual(['2026-12-07', '2026-12-14', '2027-05-31']);
    expect(rota()[0]?.slotId).toBe('slot-1');
  });

  it('keep the week of now at the weekend, as past', () => {
    const [first] = rota({ now: new Date('2026-12-11T18:00:00Z') });
    expect(first).toMatchObject({ week: '2026-12-07', state: 'past', problems: [] });
    expect(rota({ now: new Date('2026-12-11T17:59:59Z') })[0]?.state).toBe('free');
  });

  it('begin with the slot that is still running where slots run over a Monday', () => {
    const midweek: SlotPattern = { startsOn: 3, startsAt: '08:00', endsOn: 3, endsAt: '08:00' };
    const [first] = rota({ pattern: midweek, slots: [], now: new Date('2026-12-08T12:00:00Z') });
    expect(first?.startsAt).toEqual(new Date('2026-12-02T08:00:00Z'));
  });

  it('show the usual slot where none has been laid out', () => {
    const line = week('2026-12-14', { slots: [] });
    expect(line).toMatchObject({ slotId: null, state: 'free', startsAt: new Date('2026-12-14T08:00:00Z') });
    expect(line?.problems).toContain('No slot has been made for this week');
  });

  it('list every slot of a week that has several', () => {
    const extra: RotaSlot = {
      id: 'saturday',
      kind: 'house',
      startsAt: new Date('2026-12-12T08:00:00Z'),
      endsAt: new Date('2026-12-12T18:00:00Z'),
    };
    expect(
      rota({ slots: [extra, ...slots] })
        .slice(0, 2)
        .map((line) => line.slotId),
    ).toEqual(['slot-1', 'saturday']);
  });
});

describe('the state of a slot', () => {
  it.each<[RotaStint['state'], RotaWeek['state']]>([
    ['proposed', 'proposed'],
    ['approved', 'proposed'],
    ['offered', 'offered'],
    ['confirmed', 'booked'],
    ['active', 'booked'],
    ['declined', 'free'],
    ['cancelled', 'free'],
    ['returned', 'free'],
    ['ended', 'free'],
  ])('with a stint that is %s is %s', (state, shown) => {
    expect(week('2026-12-14', { stints: [stint('slot-2', state)] })?.state).toBe(shown);
  });

  it('is that of the seat that is furthest behind', () => {
    const stints = [stint('slot-2', 'confirmed', { seat: 2 }), stint('slot-2', 'offered')];
    const line = week('2026-12-14', { stints });
    expect(line?.state).toBe('offered');
    expect(line?.stints.map((each) => each.seat)).toEqual([1, 2]);
  });

  it.each<'break' | 'house'>(['break', 'house'])(
    'is %s where it was marked so, and nothing is wrong with it',
    (kind) => {
      const marked = slots.map((slot) => (slot.id === 'slot-2' ? { ...slot, kind } : slot));
      expect(week('2026-12-14', { slots: marked })).toMatchObject({ state: kind, problems: [] });
    },
  );
});

describe('what is wrong with a slot', () => {
  const problems = (name: string, change: Partial<RotaQuestion> = {}) => week(name, change)?.problems;
  const at = (iso: string) => ({ now: new Date(iso) });

  it('is that it has no curator and starts within three weeks', () => {
    expect(problems('2026-12-14', at('2026-12-07T12:00:00Z'))).toEqual(['No curator and it starts in 7 days']);
    expect(problems('2026-12-14', at('2026-12-13T23:00:00Z'))).toEqual(['No curator and it starts tomorrow']);
    expect(problems('2026-12-14', at('2026-12-14T07:00:00Z'))).toEqual(['No curator and it starts today']);
    expect(problems('2026-12-14', at('2026-12-14T08:00:00Z'))).toEqual(['No curator and it has started']);
    expect(problems('2026-12-28')).toEqual(['No curator and it starts in 19 days']);
    expect(problems('2027-01-04')).toEqual([]);
  });

  it('is that a proposal is not approved or an offer not confirmed as it draws near', () => {
    const proposed = { stints: [stint('slot-3', 'proposed')] };
    expect(problems('2026-12-21', proposed)).toEqual(['Not approved and it starts in 12 days']);
    const offered = { stints: [stint('slot-2', 'offered', { offeredAt: now })] };
    expect(problems('2026-12-14', offered)).toEqual(['Not confirmed and it starts in 5 days']);
    expect(problems('2026-12-14', { stints: [stint('slot-2', 'confirmed')] })).toEqual([]);
  });

  it('is that an offer has gone unanswered', () => {
    const since = (iso: string) => ({ stints: [stint('slot-6', 'offered', { offeredAt: new Date(iso) })] });
    expect(problems('2027-01-11', since('2026-12-03T12:00:00Z'))).toEqual(['Offer unanswered for 6 days']);
    expect(problems('2027-01-11', since('2026-12-07T12:00:00Z'))).toEqual([]);
  });

  it('is a blackout that touches it, with or without an end', () => {
    const booked = { stints: [stint('slot-5', 'confirmed')] };
    const blackout = (startsAt: string, endsAt: string | null) => ({
      ...booked,
      blackouts: [
        { title: 'General election', startsAt: new Date(startsAt), endsAt: endsAt === null ? null : new Date(endsAt) },
      ],
    });
    const hit = ['Hit by a blackout: General election'];
    expect(problems('2027-01-04', blackout('2027-01-08T17:59:59Z', null))).toEqual(hit);
    expect(problems('2027-01-04', blackout('2027-01-08T18:00:00Z', null))).toEqual([]);
    expect(problems('2027-01-04', blackout('2026-12-20T00:01:00Z', '2027-01-04T08:00:00Z'))).toEqual([]);
    expect(problems('2027-01-04', blackout('2026-12-20T00:01:00Z', '2027-01-04T08:00:01Z'))).toEqual(hit);
  });

  it('is no blackout that is over', () => {
    const over = [{ title: 'Mourning', startsAt: new Date('2026-12-07T09:00:00Z'), endsAt: now }];
    expect(problems('2026-12-07', { blackouts: over, stints: [stint('slot-1', 'active')] })).toEqual([]);
  });

  it('is that the curator before is not confirmed gone, for the next slot only', () => {
    const stints = [stint('slot-0', 'active'), stint('slot-1', 'confirmed'), stint('slot-2', 'confirmed')];
    expect(problems('2026-12-07', { stints })).toEqual(['Starts before the previous one is confirmed gone']);
    expect(problems('2026-12-14', { stints })).toEqual([]);
    const gone = stints.with(0, stint('slot-0', 'ended'));
    expect(problems('2026-12-07', { stints: gone })).toEqual([]);
  });
});
