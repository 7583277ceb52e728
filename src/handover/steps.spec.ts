import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Facts,
  type Half,
  type Move,
  nextMove,
  openingsOf,
  type StepName,
  stepsOf,
  type Written,
} from './steps.js';

const now = new Date('2026-12-11T18:00Z');
const later = new Date(now.getTime() + 60_000);
const clear: Facts = { suspended: false, unproven: false, unrotated: false, unclear: false };

function rows(halves: Half[], done: StepName[] = []): Written[] {
  return halves.flatMap((half) =>
    stepsOf[half].map((name) => ({
      name,
      state: done.includes(name) ? ('done' as const) : ('waiting' as const),
      attempts: 0,
      nextAttemptAt: now,
      leaseUntil: null,
    })),
  );
}

/** Runs a handover to where it stands still. */
function walk(written: Written[], facts: Facts): { taken: StepName[]; end: Move } {
  const taken: StepName[] = [];
  for (;;) {
    const move = nextMove(written, facts, now, now);
    if (move.act !== 'run') return { taken, end: move };
    taken.push(move.step);
    for (const step of written) if (step.name === move.step) step.state = 'done';
  }
}

describe('the steps of a handover', () => {
  it('are taken in order, outgoing half first', () => {
    const { taken, end } = walk(rows(['incoming', 'outgoing']), clear);
    expect(taken).toEqual([...stepsOf.outgoing, ...stepsOf.incoming]);
    expect(end).toEqual({ act: 'finish' });
  });

  it.each<[Half]>([['outgoing'], ['incoming']])('run an %s half alone beside an empty slot', (half) => {
    expect(walk(rows([half]), clear).taken).toEqual(stepsOf[half]);
  });

  it('go on with restoring and thanking while nobody has confirmed that the delegate is gone', () => {
    const { taken, end } = walk(rows(['outgoing', 'incoming']), { ...clear, unproven: true, unclear: true });
    expect(taken).toEqual(['close', 'restore', 'thank']);
    expect(end).toEqual({ act: 'wait', for: [{ step: 'check', waitsFor: 'proof' }] });
  });

  it('do not open a grant while an earlier access is not proven ended, and say so', () => {
    expect(walk(rows(['incoming']), { ...clear, unclear: true })).toEqual({
      taken: [],
      end: { act: 'wait', for: [{ step: 'grant', waitsFor: 'earlier-access' }] },
    });
  });

  it('are not taken while somebody keeps the handover back, and say whom they wait for', () => {
    const { taken, end } = walk(rows(['outgoing', 'incoming'], ['close']), { ...clear, suspended: true });
    expect(taken).toEqual([]);
    const names = end.act === 'wait' ? end.for.map(({ step }) => step) : [];
    expect(names).toEqual(['check', 'restore', 'thank']);
    expect(end.act === 'wait' && end.for.every(({ waitsFor }) => waitsFor === 'resume')).toBe(true);
  });

  it('leave a step to the worker that holds its lease, and take it over when the lease is out', () => {
    const [close, ...rest] = rows(['outgoing']);
    const running = { ...close, state: 'running', leaseUntil: later } as Written;
    expect(nextMove([running, ...rest], clear, now, now)).toEqual({
      act: 'wait',
      for: [{ step: 'close', waitsFor: 'worker' }],
    });
    expect(nextMove([running, ...rest], clear, now, later)).toEqual({ act: 'run', step: 'close' });
  });

  it('try a failed step again at its time, and meanwhile what does not need it', () => {
    const written = rows(['outgoing'], ['close', 'check', 'rotate']);
    const failed = written.map((step) =>
      step.name === 'restore' ? { ...step, attempts: 1, nextAttemptAt: later } : step,
    );
    expect(nextMove(failed, clear, now, now)).toEqual({ act: 'run', step: 'thank' });
    expect(nextMove(failed, clear, later, now)).toEqual({ act: 'run', step: 'restore' });
  });
});

describe('what a person may do about a step', () => {
  const step = rows(['outgoing']).find(({ name }) => name === 'check') as Written;

  it('is to let it pass only while it waits for a proof', () => {
    expect(openingsOf({ ...step, waitsFor: 'proof' }, now)).toEqual({ override: true, byHand: false, retry: false });
    expect(openingsOf({ ...step, waitsFor: 'retry', attempts: 1 }, now)).toMatchObject({
      override: false,
      retry: true,
    });
    expect(openingsOf({ ...step, state: 'done', waitsFor: 'proof' }, now).override).toBe(false);
  });

  it('is to do by hand what a person can do, but not under the hands of a worker', () => {
    const byHand = (name: StepName, change: Partial<Written> = {}) =>
      openingsOf({ ...step, name, waitsFor: null, ...change }, now).byHand;
    expect([...stepsOf.outgoing, ...stepsOf.incoming].filter((name) => byHand(name))).toEqual([
      'restore',
      'thank',
      'profile',
      'announce',
      'welcome',
    ]);
    expect(byHand('profile', { state: 'running', leaseUntil: later })).toBe(false);
    expect(byHand('profile', { state: 'running', leaseUntil: now })).toBe(true);
  });
});

const halves = fc.constantFrom<Half[]>(['outgoing'], ['incoming'], ['outgoing', 'incoming']);
/** What happens at each look: what the rows say, whether the worker dies before its commit, how far the clock goes. */
const looks = fc.array(
  fc.record({
    suspended: fc.boolean(),
    unproven: fc.boolean(),
    unrotated: fc.boolean(),
    unclear: fc.boolean(),
    dies: fc.boolean(),
    fails: fc.boolean(),
    minutes: fc.nat(3),
  }),
  { maxLength: 60 },
);

describe('any history of a handover', () => {
  it('takes each step at most once, in its order, and opens a grant only when the way is clear', () => {
    fc.assert(
      fc.property(halves, looks, (which, history) => {
        const written = rows(which);
        const taken: StepName[] = [];
        let clock = now.getTime();
        for (const look of history) {
          clock += look.minutes * 60_000;
          const move = nextMove(written, look, new Date(clock), new Date(clock));
          if (move.act !== 'run' || look.dies) continue;
          const step = written.find(({ name }) => name === move.step) as Written;
          expect(taken).not.toContain(step.name);
          expect(look.suspended).toBe(false);
          if (look.fails) {
            step.attempts += 1;
            step.nextAttemptAt = new Date(clock + 60_000);
            continue;
          }
          if (step.name === 'grant') expect(look.unclear).toBe(false);
          if (step.name === 'grant' && which.includes('outgoing')) expect(taken).toContain('rotate');
          if (step.name === 'check') expect(look.unproven).toBe(false);
          if (step.name === 'rotate') expect(look.unrotated).toBe(false);
          step.state = 'done';
          taken.push(step.name);
        }
        expect(walk(written, clear).end.act).not.toBe('run');
      }),
    );
  });

  it('always ends once the way is clear and nothing fails', () => {
    fc.assert(
      fc.property(halves, fc.subarray([...stepsOf.outgoing, ...stepsOf.incoming]), (which, done) => {
        expect(walk(rows(which, done), clear).end).toEqual({ act: 'finish' });
      }),
    );
  });
});
