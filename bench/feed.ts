/**
 * Requests per second of `/:account/feed.json` of the running service (web and worker in one process, with its sweeps),
 * plain and unchanged (304), against a bare Fastify route with the same bytes, a server that writes the feed anew for each
 * request, and nginx with one worker where it is installed. Each in a process of its own on the same core, runs
 * interleaved; a ratio is the median of the rounds' ratios, so that what else the machine does in a round hits both.
 * Then the same with 64 connections (the slowest in a hundred), and with 1,000 feeds in the process. Beside the ratios,
 * processor time for a request (from /proc), which a busy machine distorts less.
 * Run `npx nest build`, then `node dist/bench/feed.js [rounds] [seconds]`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import autocannon from 'autocannon';
import { makeFeeds } from './feed/feeds.js';
import { openPlace, type Target } from './feed/servers.js';

const AIM = { ratio: 0.95, p99: 1.2, many: 0.95 };
const MANY = 1000;
const PATH = '/one1/feed.json';
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Asked {
  paths: string[];
  connections: number;
  headers?: Record<string, string>;
}

interface Measured {
  perSecond: number;
  /** Microseconds of processor time for a request. */
  cpu: number;
  /** Milliseconds. */
  p99: number;
}

async function main(rounds: number, seconds: number): Promise<void> {
  spawnSync('taskset', ['-a', '-cp', '1', String(process.pid)]);
  const place = await openPlace();
  try {
    await makeFeeds(place.databaseUrl, 'one', 1);
    const { bytes, tag } = await feedOf(place.ours, PATH);
    const [bare, ...others] = await place.peers(bytes, PATH);
    if (!bare) throw new Error('There is no peer');
    const plain = { paths: [PATH], connections: 50 };
    say(`${PATH}, ${bytes.length} bytes, ${rounds} rounds of ${seconds} s`);
    const whole = await compare([place.ours, bare, ...others], [plain], rounds, seconds);
    report('200, 50 connections', whole);
    const { headers } = await fetch(`${bare.origin}${PATH}`);
    const tags = [tag, headers.get('etag') ?? ''].map((each) => ({ 'if-none-match': each }));
    report(
      '304, 50 connections',
      await compare(
        [place.ours, bare],
        tags.map((given) => ({ ...plain, headers: given })),
        rounds,
        seconds,
      ),
    );
    const crowded = await compare([place.ours, bare], [{ ...plain, connections: 64 }], rounds, seconds);
    const [mine = Number.NaN, theirs = Number.NaN] = crowded.map(({ runs }) => median(runs.map(({ p99 }) => p99)));
    say(
      `64 connections: p99 ${mine} ms against ${theirs} ms, ratio ${(mine / theirs).toFixed(2)} (aim: at most ${AIM.p99})`,
    );
    await among(place.ours, place.databaseUrl, rounds, seconds);
  } finally {
    await place.stop();
  }
}

/** One feed alone in the process, then a thousand, all of them asked for in turn. */
async function among(ours: Target, databaseUrl: string, rounds: number, seconds: number): Promise<void> {
  const alone = await compare([ours], [{ paths: Array(MANY).fill(PATH), connections: 50 }], rounds, seconds);
  await makeFeeds(databaseUrl, 'many', MANY - 1);
  const paths = [PATH, ...Array.from({ length: MANY - 1 }, (_, index) => `/many${index + 1}/feed.json`)];
  for (const path of paths) await feedOf(ours, path);
  const many = await compare([ours], [{ paths, connections: 50 }], rounds, seconds);
  const [one = Number.NaN, all = Number.NaN] = [alone, many].map(([each]) =>
    median(each?.runs.map((run) => run.perSecond) ?? []),
  );
  const [oneCpu = Number.NaN, allCpu = Number.NaN] = [alone, many].map(([each]) =>
    median(each?.runs.map((run) => run.cpu) ?? []),
  );
  say(
    `${MANY} feeds in one process: ${Math.round(all)} a second against ${Math.round(one)} with one, ratio ${(all / one).toFixed(2)} (aim: at least ${AIM.many}); processor time ${allCpu.toFixed(1)} µs against ${oneCpu.toFixed(1)} µs`,
  );
}

interface Compared {
  target: Target;
  runs: Measured[];
}

/** `asked` is the same for all targets, or one for each. */
async function compare(targets: Target[], asked: Asked[], rounds: number, seconds: number): Promise<Compared[]> {
  const compared = targets.map((target, index) => ({
    target,
    asked: asked[index] ?? (asked[0] as Asked),
    runs: [] as Measured[],
  }));
  for (const each of compared) await measure(each.target, each.asked, 1);
  for (let round = 0; round < rounds; round += 1)
    for (const each of compared) each.runs.push(await measure(each.target, each.asked, seconds));
  return compared;
}

async function measure(
  { origin, pid }: Target,
  { paths, connections, headers = {} }: Asked,
  duration: number,
): Promise<Measured> {
  const before = processorTime(pid);
  const requests = paths.map((path) => ({ path, headers }));
  const result = await autocannon({ url: origin, duration, connections, requests });
  const bad = result.non2xx - (headers['if-none-match'] ? (result as unknown as { '3xx': number })['3xx'] : 0);
  if (bad + result.errors > 0) throw new Error(`${origin}: ${bad} bad answers, ${result.errors} errors`);
  const cpu = ((processorTime(pid) - before) * 10_000) / result.requests.total;
  return { perSecond: result.requests.average, cpu, p99: result.latency.p99 };
}

function report(what: string, [ours, ...peers]: Compared[]): void {
  if (!ours) return;
  const rate = ({ runs }: Compared) => Math.round(median(runs.map(({ perSecond }) => perSecond)));
  say(`${what}: ${rate(ours)} a second (${ours.runs.map(({ perSecond }) => Math.round(perSecond)).join(', ')})`);
  for (const peer of peers) {
    const ratio = median(ours.runs.map((run, round) => run.perSecond / (peer.runs[round]?.perSecond ?? Number.NaN)));
    const cpu = median(ours.runs.map((run, round) => (peer.runs[round]?.cpu ?? Number.NaN) / run.cpu));
    const aim = peer.target.name === 'bare Fastify' ? ` (aim: at least ${AIM.ratio})` : '';
    say(
      `  against ${peer.target.name}, ${rate(peer)} a second: ratio ${ratio.toFixed(2)}${aim}; by processor time ${cpu.toFixed(2)}`,
    );
  }
}

async function feedOf({ origin }: Target, path: string): Promise<{ bytes: Buffer; tag: string }> {
  for (;;) {
    const response = await fetch(`${origin}${path}`, { headers: { 'accept-encoding': 'identity' } });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status === 200 && JSON.parse(bytes.toString()).items.length > 0)
      return { bytes, tag: response.headers.get('etag') ?? '' };
    await wait(100);
  }
}

/** In hundredths of a second, of user and system. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const [rounds, seconds] = process.argv.slice(2);
await main(Number(rounds ?? 7), Number(seconds ?? 3));
