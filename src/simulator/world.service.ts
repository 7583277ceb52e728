import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EndpointName } from './endpoint.js';
import { Journal } from './journal.service.js';
import { RateLimits } from './limits.js';
import { snowflake } from './snowflake.js';
import { type Change, State } from './state.js';

/** One call that the simulator took, for people who look what happened. */
export interface LoggedCall {
  at: string;
  endpoint: EndpointName;
  method: string;
  path: string;
  handle: string | null;
  /** Null when nothing was answered. */
  status: number | null;
  fault: string | null;
  /** Whether it changed anything. */
  applied: boolean;
}

const CALLS_KEPT = 500;
const GARBAGE_KEPT = 20_000;

/** The simulated network: its state, its journal and its clock. */
export class World {
  state = new State();
  limits = new RateLimits();
  calls: LoggedCall[] = [];
  /** Where this simulator answers, for the addresses of pictures; known once it listens. */
  url = '';
  private readonly journal: Journal;
  private lastId = { instant: 0, sequence: 0 };

  constructor(
    private readonly folder: string,
    /** Service time. */
    readonly now: () => Date,
    readonly enforceLimits: boolean,
  ) {
    mkdirSync(join(folder, 'media'), { recursive: true });
    this.journal = new Journal(folder);
    let acts = 0;
    for (const act of this.journal.read()) {
      this.state.apply(act);
      acts += 1;
    }
    if (acts === 0) this.write(FIRST);
    if (acts > GARBAGE_KEPT) this.journal.replace(this.state.snapshot());
  }

  /** Unscaled time: for what expires by the network's own clock. */
  real(): Date {
    return new Date();
  }

  /** Journals an act, then makes it visible. */
  write(act: readonly Change[]): void {
    if (act.length === 0) return;
    this.journal.append(act);
    this.state.apply(act);
  }

  /** A new id that carries an instant; without one, now. */
  newId(instant: Date = this.now()): string {
    const same = instant.getTime() === this.lastId.instant;
    this.lastId = { instant: instant.getTime(), sequence: same ? this.lastId.sequence + 1 : 0 };
    const id = snowflake(instant, this.lastId.sequence);
    return this.state.get('posts', id) ? this.newId(instant) : id;
  }

  newSecret(): string {
    return randomBytes(32).toString('base64url');
  }

  log(call: LoggedCall): void {
    this.calls.unshift(call);
    this.calls.length = Math.min(this.calls.length, CALLS_KEPT);
  }

  saveBytes(name: string, bytes: Buffer): void {
    writeFileSync(this.file(name), bytes);
  }

  readBytes(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  dropBytes(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  /** Forgets everything, and begins a new journal. */
  reset(): void {
    this.state = new State();
    this.limits = new RateLimits();
    this.calls = [];
    this.journal.replace([]);
    rmSync(join(this.folder, 'media'), { recursive: true, force: true });
    mkdirSync(join(this.folder, 'media'), { recursive: true });
    this.write(FIRST);
  }

  close(): void {
    this.journal.close();
  }

  private file(name: string): string {
    if (!/^[\w.-]+$/.test(name)) throw new Error('Not a name of a picture');
    return join(this.folder, 'media', name);
  }
}

/** What tokens, codes and app secrets are kept as. */
export function hashed(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** The app that everybody may use from the start. */
const FIRST: Change[] = [
  {
    put: 'apps',
    row: { id: 'baton', secretHash: hashed('baton-secret'), name: 'Baton', redirectUris: [], owner: null },
  },
];
