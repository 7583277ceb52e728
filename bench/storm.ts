/**
 * The storm: accounts whose turns all change at the same instant, on PostgreSQL and Redis, with one web and two worker
 * processes of this machine; each has a curator going out who has seen its password, which
 * a keeper then changes (played by this process, through the service's code), one coming in, two house posts and two letters, delivered to
 * sinks of this machine. A storm of a hundred warms up, another tells what one handover costs when there are few, then
 * comes the one asked for, and at last the peer (bench/storm/peer.ts) writes the same rows again.
 * Run `npx nest build`, then `node dist/bench/storm.js [accounts]`. STORM_PROFILE=folder writes the workers' CPU profiles.
 */
import 'reflect-metadata';
import { preparePeer } from './storm/peer.js';
import { node, openPlace, type Place, WORKERS } from './storm/place.js';
import { type Storm, storm } from './storm/run.js';
import { memoryOf, percentile } from './storm/watch.js';

const AIMS = { seconds: 120, ratio: 0.5, cost: 1.3 };
const SMALL = 100;
/** What one worker does at once, for the peer to do the same. */
const AT_ONCE = 16;
const PEER_MS = 30 * 60_000;
const OURS = ['web', 'worker 1', 'worker 2', 'PostgreSQL', 'Redis'];
const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(count: number): Promise<void> {
  const place = await openPlace();
  try {
    await storm(place, 'warm', SMALL);
    const small = await storm(place, 'small', SMALL);
    print(small);
    const large = await storm(place, 'large', count);
    print(large);
    printGrowth(place, small, large);
    say(`arrived at the sinks: ${await (await fetch(`${place.sinks}/counts`)).text()}`);
    for (const line of (await place.calm()).slice(0, 5)) say(`a process complained: ${line.slice(0, 300)}`);
    await comparePeer(place.databaseUrl, large);
  } finally {
    await place.stop();
  }
}

function print({ count, seconds, handovers, stepsPerSecond, cost, asked, ...late }: Storm): void {
  say(
    `${count} accounts: all done in ${seconds.toFixed(1)} s; handovers in ${handovers.toFixed(1)} s, ${Math.round(stepsPerSecond)} steps a second`,
  );
  for (const name of ['close', 'grant'] as const) {
    const [p50, p99, max] = [50, 99, 100].map((share) => (percentile(late[name], share) / 1000).toFixed(2));
    say(`  lateness of ${name}: p50 ${p50} s, p99 ${p99} s, max ${max} s`);
  }
  const costs = Object.entries(cost).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  say(`  milliseconds of processor time for a handover: ${costs.join(', ')}; ours ${costOf(cost).toFixed(1)}`);
  const admitted = asked.admitted.length === 0 ? 'never' : asked.admitted.join('; ');
  say(
    `  former curators: asked ${asked.byRows} times by rows (first ${asked.first.toFixed(1)} ms after), ${asked.byForm} times by form; admitted: ${admitted}`,
  );
}

function printGrowth(place: Place, small: Storm, large: Storm): void {
  const growth = costOf(large.cost) / costOf(small.cost);
  const time = large.seconds / large.count / (small.seconds / small.count);
  say(
    `a handover among ${large.count} against one among ${small.count}: processor time ${growth.toFixed(2)}, seconds ${time.toFixed(2)} (aim: at most ${AIMS.cost})`,
  );
  for (const { name, pid } of place.watched) {
    const seen = large.memory[name] ?? [];
    const quarters = [0.25, 0.5, 0.75, 1].map((share) => Math.round(seen[Math.ceil(seen.length * share) - 1] ?? 0));
    say(`  memory of ${name}: peak ${Math.round(memoryOf(pid).peak)} MB; after each quarter ${quarters.join(', ')} MB`);
  }
}

function costOf(cost: Storm['cost']): number {
  return OURS.reduce((sum, name) => sum + (cost[name] ?? 0), 0);
}

async function comparePeer(databaseUrl: string, { seconds, count }: Storm): Promise<void> {
  await preparePeer(databaseUrl, 'large');
  const peers = Array.from({ length: WORKERS }, (_, part) =>
    node('dist/bench/storm/peer.js', [databaseUrl, 'large', String(part), String(WORKERS), String(AT_ONCE)]),
  );
  const took = await Promise.all(peers.map((peer) => peer.waitForLine(/^replayed (\d+)/, PEER_MS)));
  const peer = Math.max(...took.map(([, ms]) => Number(ms))) / 1000;
  say(`peer, a plain pg loop that writes the same rows and calls nobody: ${peer.toFixed(1)} s`);
  say(`ratio ${(peer / seconds).toFixed(2)} (aim: at least ${AIMS.ratio})`);
  say(`${count} accounts were all done in ${seconds.toFixed(1)} s (aim: 10000 in at most ${AIMS.seconds} s)`);
}

await main(Number(process.argv[2] ?? 10_000));
