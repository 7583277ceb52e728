import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EndpointName } from '../../src/simulator/endpoint.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import { runBoundary } from '../support/matrix.js';
import { type Service, startService } from '../support/service.js';
import { failNext } from '../support/simulated.js';

/** What goes wrong, where, and for how many of the two posts a person is asked. */
const TROUBLES: [FaultKind, EndpointName, number][] = [
  ['429', 'create', 1],
  ['500', 'create', 1],
  ['402', 'create', 1],
  ['applied-503', 'create', 0],
  ['applied-reset', 'create', 0],
  ['reset', 'create', 1],
  ['dead-family', 'create', 2],
  ['mail-451', 'mail', 0],
  ['mail-applied-reset', 'mail', 0],
];
/** `PROVE=matrix` tries them all and the time-outs too; otherwise those that are likeliest to end in two posts. */
const whole = process.env.PROVE === 'matrix';
const SLOW: typeof TROUBLES = [
  ['silence', 'create', 1],
  ['applied-silence', 'create', 0],
];
const tried = whole
  ? [...TROUBLES, ...SLOW]
  : TROUBLES.filter(([kind]) => ['applied-503', '402', 'dead-family'].includes(kind));

describe('a boundary while the network is in trouble', () => {
  let service: Service;
  let runs = 0;
  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-12-07T09:00:00Z'), env: { RUN: 'web' } });
  });
  afterAll(() => service?.stop());
  afterEach(() => fetch(`${service.simulatorUrl}/simulator/faults`, { method: 'DELETE' }));

  it.each(tried)(
    '%s at %s ends with each thing done once',
    async (kind, endpoint, asked) => {
      const effects = await runBoundary(service, `N${runs++}`, null, 1, () => failNext(service, endpoint, kind));
      expect(Object.values(effects.posts)).toEqual([1, 1]);
      expect(Object.keys(effects.letters)).toHaveLength(2);
      expect(effects).toMatchObject({ undone: 0, open: [expect.stringMatching(/^Ada/)] });
      expect(effects.unknown).toBeLessThanOrEqual(asked);
      const extra = Object.values(effects.letters).reduce((sum, count) => sum + count - 1, 0);
      expect(extra).toBeLessThanOrEqual(effects.copies);
    },
    120_000,
  );
});
