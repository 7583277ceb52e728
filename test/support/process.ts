import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnTied } from '../../src/platform/embedded/child.service.js';
import { atTheEnd } from './cleanup.js';
import { eventually } from './poll.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Child = {
  pid: number;
  /** Everything it wrote to stdout and stderr. */
  output(): string;
  /** @throws when it ended, or the time (ms, default 15000) was up, without such a line; with its output */
  waitForLine(pattern: RegExp, within?: number): Promise<RegExpExecArray>;
  /** By process id, SIGKILL unless told; answers when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** SIGTERM, then waits. @returns its exit code */
  stop(): Promise<number | null>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};

type NodeOptions = { args?: string[]; env?: Record<string, string | undefined>; cwd?: string };

/** Runs a JavaScript or TypeScript file of this project (path from its root) in a Node of its own. It sees only PATH, HOME
 *  and `env`, and is killed at the end of the spec file, or with it. */
export function startNode(file: string, { args = [], env = {}, cwd = ROOT }: NodeOptions = {}): Child {
  const { PATH, HOME } = process.env;
  const typescript = new URL('./typescript.js', import.meta.url).href;
  return startProgram(
    process.execPath,
    ['--import', typescript, `${ROOT}${file}`, ...args],
    { PATH, HOME, ...env },
    cwd,
  );
}

/**
 * The same for a program of the build (`nest build` first), such as 'test/support/worker': it starts in half the time, as
 * nothing is translated on the way. `imports` are files of the build too, which Node loads before it.
 */
export function startBuilt(
  file: string,
  { args = [], env = {}, imports = [] }: Omit<NodeOptions, 'cwd'> & { imports?: string[] } = {},
): Child {
  const { PATH, HOME } = process.env;
  const built = (name: string) => resolve('dist', `${name}.js`);
  const before = imports.flatMap((name) => ['--import', built(name)]);
  return startProgram(process.execPath, [...before, built(file), ...args], { PATH, HOME, ...env }, resolve('.'));
}

export function startProgram(program: string, args: string[], env: NodeJS.ProcessEnv, cwd: string): Child {
  const child = spawnTied(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }, 'KILL');
  const output = collect(child);
  let ended = false;
  child.once('close', () => {
    ended = true;
  });
  const exited = once(child, 'exit').then(
    ([code, signal]) => ({ code, signal }),
    () => ({ code: null, signal: null }),
  );
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    await exited;
  };
  const callOff = atTheEnd(() => kill());
  exited.then(callOff);
  return {
    pid: child.pid ?? 0,
    output,
    waitForLine: (pattern, within = 15_000) => waitForLine(() => ended, output, pattern, within),
    kill,
    stop: () => kill('SIGTERM').then(async () => (await exited).code),
    exited,
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: unknown) => {
    text += chunk;
  };
  child.on('error', add);
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', add);
  return () => text;
}

async function waitForLine(ended: () => boolean, output: () => string, pattern: RegExp, within: number) {
  const look = () => firstMatch(output(), pattern) ?? (ended() && 'ended');
  const found = await eventually(look, { within }).catch(() => 'late' as const);
  if (typeof found !== 'object') throw new Error(`No line ${pattern} (${found}) in:\n${output()}`);
  return found;
}

function firstMatch(text: string, pattern: RegExp): RegExpExecArray | undefined {
  for (const line of text.split('\n')) {
    const match = pattern.exec(line);
    if (match) return match;
  }
}
