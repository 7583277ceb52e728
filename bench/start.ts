/**
 * Time from an empty data folder to the first 200, time of a restart, and resident memory after it.
 * Run `npx nest build`, then `node dist/bench/start.js [runs]`. Linux: memory is read from /proc.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const runs = Number(process.argv[2] ?? 3);

async function main(): Promise<void> {
  const measured = { fresh: [] as number[], again: [] as number[], service: [] as number[], children: [] as number[] };
  for (let run = 0; run < runs; run += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
    const first = await start(folder);
    measured.fresh.push(first.ms);
    await stop(first.child);
    const second = await start(folder);
    measured.again.push(second.ms);
    const pid = second.child.pid ?? 0;
    measured.service.push(residentMb(pid));
    measured.children.push(childrenOf(pid).reduce((sum, child) => sum + residentMb(child), 0));
    await stop(second.child);
    rmSync(folder, { recursive: true, force: true });
  }
  print('empty folder to first 200', measured.fresh, 'ms', 5000);
  print('restart to first 200', measured.again, 'ms', 2000);
  print('resident memory, service', measured.service, 'MB', 220);
  print('its PostgreSQL and simulator (shared pages counted each time)', measured.children, 'MB');
}

function print(what: string, values: number[], unit: string, aim?: number): void {
  const ratio = aim ? `  ${(median(values) / aim).toFixed(2)} of the ${aim} ${unit} aimed at` : '';
  console.log(`${what}: median ${median(values).toFixed(0)} ${unit}${ratio}  (${values.map(Math.round).join(', ')})`);
}

async function start(folder: string): Promise<{ child: ChildProcess; ms: number }> {
  const port = await freePort();
  const began = performance.now();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: String(port), BATON_DATA: folder, LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/about`).catch(() => null);
    if (answer?.status === 200) return { child, ms: performance.now() - began };
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}`);
    await wait(10);
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((gone) => {
    child.once('exit', () => gone());
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((free) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => free(port));
    });
  });
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function childrenOf(pid: number): number[] {
  const line = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const direct = line.trim().split(' ').filter(Boolean).map(Number);
  return direct.flatMap((child) => [child, ...childrenOf(child)]);
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

await main();
