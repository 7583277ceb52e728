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
      calls: false,
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

  it('that call outside come after everything that only writes rows, and hold up neither the welcome nor the next', () => {
    const written = rows(['outgoing', 'incoming']).map((step) =>
      step.name === 'restore' || step.name === 'profile' ? { ...step, calls: true } : step,
    );
    const { taken, end } = walk(written, clear);
    expect(taken).toEqual(['close', 'check', 'rotate', 'thank', 'grant', 'welcome']);
    expect(end).toMatchObject({ act: 'call', step: 'restore' });
  });

  it('introduce the curator once the first try of the profile has ended, however it ended', () => {
    const when = (change: Partial<Written>) =>
      nextMove(
        rows(['incoming'], ['grant', 'welcome']).map((step) =>
          step.name === 'profile' ? { ...step, calls: true, ...change } : step,
        ),
        clear,
        now,
        now,
      );
    expect(when({})).toMatchObject({ act: 'call', step: 'profile' });
    expect(when({ state: 'running', attempts: 1, leaseUntil: later })).toMatchObject({ act: 'wait' });
    expect(when({ attempts: 1, nextAttemptAt: later })).toEqual({ act: 'run', step: 'announce' });
    expect(when({ state: 'running', attempts: 2, leaseUntil: later })).toEqual({ act: 'run', step: 'announce' });
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

  it('ends finished, or waiting for a named somebody or an instant, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(halves, events, (which, history) => {
        const world = { written: rows(which), clock: now.getTime(), facts: { ...clear } };
        for (const event of history) happen(world, event);
        const at = new Date(world.clock);
        const move = nextMove(world.written, world.facts, at, at);
        const open = world.written.filter(({ state }) => state !== 'done');
        if (open.length === 0) expect(move).toEqual({ act: 'finish' });
        else if (move.act === 'wait') expect(move.for.length).toBeGreaterThan(0);
        else expect(open.map(({ name }) => name)).toContain(move.act === 'finish' ? '' : move.step);
        expect(ended({ ...world, facts: clear, clock: world.clock + 86_400_000 })).toEqual({ act: 'finish' });
      }),
    );
  });
});

type Event =
  | 'look'
  | 'die'
  | 'fail'
  | 'call fails'
  | 'suspend'
  | 'resume'
  | 'unproven'
  | 'overridden'
  | 'hour'
  | 'by hand';
const events = fc.array(
  fc.constantFrom<Event>(
    ...([
      'look',
      'die',
      'fail',
      'call fails',
      'suspend',
      'resume',
      'unproven',
      'overridden',
      'hour',
      'by hand',
    ] as const),
  ),
  { maxLength: 50 },
);

interface World {
  written: Written[];
  clock: number;
  facts: Facts;
}

/** Profiles are set by calls here; a call that dies leaves its lease behind. */
function happen(world: World, event: Event): void {
  const { written, facts } = world;
  if (event === 'hour') world.clock += 3_600_000;
  if (event === 'suspend' || event === 'resume') facts.suspended = event === 'suspend';
  if (event === 'unproven') Object.assign(facts, { unproven: true, unclear: true });
  if (event === 'overridden') Object.assign(facts, { unproven: false, unclear: false });
  const at = new Date(world.clock);
  if (event === 'by hand') {
    const step = written.find((each) => openingsOf({ ...each, waitsFor: null }, at).byHand);
    if (step) step.state = 'done';
  }
  if (event === 'look' || event === 'die' || event === 'fail' || event === 'call fails') look(world, event, at);
}

function look({ written, facts }: World, event: Event, at: Date): void {
  const move = nextMove(written, facts, at, at);
  const step = move.act === 'run' || move.act === 'call' ? written.find(({ name }) => name === move.step) : undefined;
  if (!step) return;
  expect(facts.suspended).toBe(false);
  if (move.act === 'call') step.attempts += 1;
  if (event === 'die' && move.act === 'call') Object.assign(step, { state: 'running', leaseUntil: soon(at) });
  if (event === 'die') return;
  const failed = event === (move.act === 'call' ? 'call fails' : 'fail');
  if (failed) Object.assign(step, { state: 'waiting', attempts: step.attempts || 1, nextAttemptAt: soon(at) });
  else if (move.act === 'run' && (step.name === 'profile' || step.name === 'restore')) step.calls = true;
  else step.state = 'done';
}

/** Where it ends when the way is clear and nothing fails any more. */
function ended(world: World): Move {
  const at = new Date(world.clock);
  for (let looks = 0; looks < 40; looks += 1) look(world, 'look', at);
  return nextMove(world.written, world.facts, at, at);
}

function soon(at: Date): Date {
  return new Date(at.getTime() + 30_000);
}
