import { describe, expect, it } from '@jest/globals';
import { fitted, type There } from './fitting.js';
import { readLine } from './past-turns.js';
import type { SheetRow } from './sheet.js';

const FRAME = {
  zone: 'Europe/London',
  slotPattern: { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' },
  seats: 1,
} as const;
const NOW = new Date('2026-11-23T10:00:00Z');
const NOTHING: There = { turns: [], slots: [], people: [] };
const read = (cells: SheetRow['cells'], line = 2) => readLine({ line, cells }, FRAME, NOW);
const week = (start: string, name: string, more: SheetRow['cells'] = {}) => ({ start, name, ...more });

function fit(cells: SheetRow['cells'][], there: Partial<There> = {}, seats = 1) {
  const lines = cells.map((each, index) => read(each, index + 2));
  return fitted(lines, { ...NOTHING, ...there }, { ...FRAME, seats });
}

describe('a line', () => {
  it('is a turn of the slot’s length where it names only the start', () => {
    expect(read(week('5/1/2026', 'Dr  Ana Example', { handle: 'https://twitter.com/ana_e?s=20' })).turn).toEqual({
      line: 2,
      name: 'Dr Ana Example',
      shownName: 'Ana',
      handle: 'ana_e',
      note: null,
      startsAt: new Date('2026-01-05T08:00:00Z'),
      endsAt: new Date('2026-01-09T18:00:00Z'),
    });
  });

  it('keeps times, zones and end times of its own', () => {
    const { turn } = read({ start: '5/1/2026 09:00', end: '17:30', name: 'Ana', zone: 'Europe/Paris' });
    expect([turn?.startsAt, turn?.endsAt]).toEqual([
      new Date('2026-01-05T08:00:00Z'),
      new Date('2026-01-05T16:30:00Z'),
    ]);
  });

  it.each([
    [{ end: '2/1/2026' }, 'ends before it starts'],
    [{ end: '30/11/2026' }, 'not over yet'],
    [{ end: 'Friday' }, 'not a date'],
    [{ end: '9/5/2026' }, 'more than 62 days'],
    [{ zone: 'Narnia' }, 'not a time zone'],
    [{ start: '1/13/2026' }, 'day first'],
    [{ start: '' }, 'no start'],
  ])('says what is wrong with it: %j', (change, problem) => {
    expect(read({ ...week('5/1/2026', 'Ana'), ...change }).problem).toContain(problem);
  });

  it.each(['', 'TBC', '-', 'No curator', 'house'])('without anybody is left out: %j', (name) => {
    expect(read(week('5/1/2026', name))).toMatchObject({ turn: null, problem: null });
  });
});

describe('lines together', () => {
  it('do not overlap, one another or what is there', () => {
    const grace = {
      name: 'Grace',
      seat: 1,
      startsAt: new Date('2026-02-02T08:00:00Z'),
      endsAt: new Date('2026-02-06T18:00:00Z'),
    };
    const lines = fit(
      [week('5/1/2026', 'Ana', { end: '12/1/2026' }), week('12/1/2026', 'Bo'), week('2/2/2026', 'Cy')],
      { turns: [grace] },
    );
    expect(lines.map(({ problem }) => problem)).toEqual([
      null,
      'It overlaps line 2, the turn of Ana',
      'It overlaps the turn of Grace, which is there already',
    ]);
  });

  it('that are there already are left out, so that a file can be imported again', () => {
    const ana = {
      name: 'ANA  Example',
      seat: 1,
      startsAt: new Date('2026-01-05T08:00:00Z'),
      endsAt: new Date('2026-01-09T18:00:00Z'),
    };
    const lines = fit([week('5/1/2026', 'Ana Example'), week('12/1/2026', 'Bo'), week('12/1/2026', 'Bo')], {
      turns: [ana],
    });
    expect(lines.map(({ remark }) => remark)).toEqual([
      'Already there: left out',
      null,
      'The same as line 3: left out',
    ]);
  });

  it('share a week only where the account has seats for them', () => {
    const both = [week('5/1/2026', 'Ana'), week('5/1/2026', 'Bo'), week('5/1/2026', 'Cy')];
    expect(fit(both, {}, 2).map(({ seat, problem }) => [seat, problem !== null])).toEqual([
      [1, false],
      [2, false],
      [0, true],
    ]);
  });

  it('do not cross the rota’s slots and breaks', () => {
    const slot = {
      id: '1',
      kind: 'curator' as const,
      startsAt: new Date('2026-01-05T08:00:00Z'),
      endsAt: new Date('2026-01-09T18:00:00Z'),
    };
    expect(fit([week('5/1/2026', 'Ana')], { slots: [slot] })[0]?.problem).toBeNull();
    expect(fit([week('5/1/2026 09:00', 'Ana')], { slots: [slot] })[0]?.problem).toContain('slot at that time');
    expect(fit([week('5/1/2026', 'Ana')], { slots: [{ ...slot, kind: 'break' }] })[0]?.problem).toContain('break');
  });

  it('are one person’s by handle, or by name where nothing speaks against it', () => {
    const known = { id: 'grace', name: 'Grace H', handle: 'GraceH', imported: false };
    const lines = fit(
      [
        week('5/1/2026', 'Ana Example'),
        week('12/1/2026', 'ana example', { handle: '@Ana' }),
        week('19/1/2026', 'Bo', { handle: 'bo_one' }),
        week('26/1/2026', 'Bo', { handle: 'bo_two' }),
        week('2/2/2026', 'Grace Hopeful', { handle: 'graceh' }),
        week('9/2/2026', 'Grace H'),
      ],
      { people: [known] },
    );
    expect(lines.map(({ person }) => person)).toEqual(['ana', 'ana', 'bo_one', 'bo_two', 'grace', 'grace h']);
    expect(lines.map(({ knownId }) => knownId)).toEqual([null, null, null, null, 'grace', null]);
  });
});
