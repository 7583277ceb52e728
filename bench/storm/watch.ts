import { readdirSync, readFileSync } from 'node:fs';

/** A process of the storm. */
export interface Watched {
  name: string;
  pid: number;
}

/** Megabytes that a process holds now and has held at most (Linux: from /proc). */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** Seconds of processor time that a process has used, with its children, living and gone. */
export function processorTime(pid: number): number {
  const living = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && fieldsOf(name)[1] === String(pid));
  const ticks = [String(pid), ...living].flatMap((each) => fieldsOf(each).slice(11, each === String(pid) ? 15 : 13));
  return ticks.reduce((sum, each) => sum + Number(each), 0) / 100;
}

/** What stands in /proc/PID/stat behind the program's name: state, parent, …; nothing of one that has just gone. */
function fieldsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

/** The value that this share (per cent) of them does not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((share / 100) * sorted.length) - 1] ?? 0;
}
