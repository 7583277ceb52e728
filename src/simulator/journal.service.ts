import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from './state.js';

/**
 * Every act of the simulator as one line of JSON, written before the act is answered, so that a kill loses nothing
 * that anybody was told.
 */
export class Journal {
  private readonly path: string;
  private file: number;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'journal.jsonl');
    if (existsSync(this.path)) truncateSync(this.path, wholeLines(readFileSync(this.path)));
    this.file = openSync(this.path, 'a');
  }

  /** All acts so far, in order. */
  *read(): Generator<Change[]> {
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      if (line !== '') yield JSON.parse(line) as Change[];
    }
  }

  append(act: readonly Change[]): void {
    writeAll(this.file, Buffer.from(`${JSON.stringify(act)}\n`));
  }

  /** Begins a new journal with these changes instead of all that was written before. */
  replace(changes: readonly Change[]): void {
    const next = `${this.path}.new`;
    const file = openSync(next, 'w');
    for (const change of changes) writeAll(file, Buffer.from(`${JSON.stringify([change])}\n`));
    closeSync(file);
    closeSync(this.file);
    renameSync(next, this.path);
    this.file = openSync(this.path, 'a');
  }

  close(): void {
    closeSync(this.file);
  }
}

/** A line that a kill cut short was never answered for, and goes. */
function wholeLines(bytes: Buffer): number {
  return bytes.lastIndexOf(0x0a) + 1;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
