import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Starts a program that ends with this process, even when this process is killed with -9 (on Linux, by the kernel).
 *  It has a session of its own, so Ctrl-C reaches only this process, which then stops the child in good order. */
export function spawnTied(program: string, args: string[], options: SpawnOptions, signal = 'INT'): ChildProcess {
  const prefix = hasParentDeathSignal() ? ['setpriv', '--pdeathsig', signal, '--'] : [];
  const [command = program, ...rest] = [...prefix, program, ...args];
  const child = spawn(command, rest, { detached: true, ...options });
  const goWithUs = () => child.kill(`SIG${signal}` as NodeJS.Signals);
  process.once('exit', goWithUs);
  child.once('exit', () => process.off('exit', goWithUs));
  child.unref();
  return child;
}

let parentDeathSignal: boolean | undefined;

function hasParentDeathSignal(): boolean {
  parentDeathSignal ??= process.platform === 'linux' && output('setpriv', ['--help']).includes('--pdeathsig');
  return parentDeathSignal;
}

/** @returns its parent's process id and its whole command line, or undefined when it is not running */
export function lookAtProcess(pid: number): { parent: number; command: string } | undefined {
  return process.platform === 'linux' ? lookInProc(pid) : lookWithPs(pid);
}

function lookInProc(pid: number) {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return command === '' ? undefined : { parent, command };
  } catch {
    return undefined;
  }
}

function lookWithPs(pid: number) {
  const found = /^\s*(\d+)\s+(.+)$/m.exec(output('ps', ['-o', 'ppid=,command=', '-ww', '-p', String(pid)]));
  return found ? { parent: Number(found[1]), command: found[2] ?? '' } : undefined;
}

function output(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** Asks again every few milliseconds until the answer is true. @returns whether it came true in time */
export async function becomesTrue(ask: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = AbortSignal.timeout(withinMs);
  while (!(await ask())) {
    if (end.aborted) return false;
    await wait(10);
  }
  return true;
}
