import { describe, expect, it } from '@jest/globals';
import { type Boundary, boundariesOf, heldAt, type Turn } from './boundaries.js';

const at = (text: string) => new Date(`2026-12-${text}Z`);
const turn = (id: string, from: string, to: string, changes: Partial<Turn> = {}): Turn => ({
  id,
  state: 'confirmed',
  startsAt: at(from),
  endsAt: at(to),
  confirmedAt: at('01T12:00'),
  ...changes,
});
const before = at('01T12:00');
const ada = turn('ada', '07T08:00', '11T18:00');
const grace = turn('grace', '14T08:00', '18T18:00');

describe('the boundaries of a rota', () => {
  it('are an outgoing one and an incoming one where a weekend lies between', () => {
    expect(boundariesOf([ada, grace], [], before)).toEqual([
      { at: at('07T08:00'), outgoing: [], incoming: ['ada'] },
      { at: at('11T18:00'), outgoing: ['ada'], incoming: [] },
      { at: at('14T08:00'), outgoing: [], incoming: ['grace'] },
      { at: at('18T18:00'), outgoing: ['grace'], incoming: [] },
    ]);
  });

  it('are one where stints are back to back', () => {
    const next = turn('next', '11T18:00', '14T08:00');
    const shared = boundariesOf([ada, next], [], before)[1];
    expect(shared).toEqual({ at: at('11T18:00'), outgoing: ['ada'], incoming: ['next'] });
  });

  it('have no incoming half for a stint that is active', () => {
    const active = turn('ada', '07T08:00', '11T18:00', { state: 'active' });
    expect(boundariesOf([active], [], at('09T12:00'))).toEqual([
      { at: at('11T18:00'), outgoing: ['ada'], incoming: [] },
    ]);
  });

  it('begin a stint that was confirmed in the middle of its slot when it was confirmed', () => {
    const late = turn('ada', '07T08:00', '11T18:00', { confirmedAt: at('08T10:00') });
    expect(boundariesOf([late], [], at('08T10:00'))[0]?.at).toEqual(at('08T10:00'));
  });

  it('leave out what a boundary has taken, and give who missed one another at once', () => {
    const started: Boundary[] = [{ at: at('11T18:00'), outgoing: ['ada'], incoming: [] }];
    const missed = turn('next', '11T18:00', '14T08:00');
    const now = at('11T18:01');
    const active = { ...ada, state: 'active' as const };
    expect(boundariesOf([active, missed], started, now)).toEqual([
      { at: now, outgoing: [], incoming: ['next'] },
      { at: at('14T08:00'), outgoing: ['next'], incoming: [] },
    ]);
  });

  it('follow a stint that was moved after its boundary had begun', () => {
    const started: Boundary[] = [{ at: at('07T08:00'), outgoing: [], incoming: ['ada'] }];
    const moved = turn('ada', '21T08:00', '25T18:00');
    expect(boundariesOf([moved], started, at('07T09:00')).map((boundary) => boundary.at)).toEqual([
      at('21T08:00'),
      at('25T18:00'),
    ]);
  });
});

describe('what a boundary holds when it begins', () => {
  const planned: Boundary = { at: at('07T08:00'), outgoing: [], incoming: ['ada'] };

  it('is what was planned', () => {
    expect(heldAt(planned, [ada, grace], [], at('07T08:00'))).toEqual(planned);
  });

  it('is nobody whose stint was cancelled or moved away since', () => {
    expect(heldAt(planned, [grace], [], at('07T08:00')).incoming).toEqual([]);
    expect(heldAt(planned, [turn('ada', '21T08:00', '25T18:00')], [], at('07T08:00')).incoming).toEqual([]);
  });

  it('is also who has joined since', () => {
    expect(heldAt(planned, [ada, turn('sam', '07T08:00', '11T18:00')], [], at('07T08:00')).incoming).toEqual([
      'ada',
      'sam',
    ]);
  });
});
