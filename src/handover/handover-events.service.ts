import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import { Log } from '../platform/log.service.js';

/** Streams of one process, and of one person: a page that gets none is refreshed by hand. */
const MOST = 200;
const MOST_OF_ONE = 6;
const LOOK_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** After this long the browser connects anew, and is asked again who it is. */
const LONGEST_MS = 10 * 60_000;

interface Watcher {
  handoverId: string;
  personId: string;
  response: ServerResponse;
  /** The mark of what the page shows; an event is sent when it is another. */
  seen: string;
  since: number;
  beat: number;
}

/**
 * Tells open pages of handovers that something has changed, by server-sent events that say no more than that: the page
 * then asks for itself. One look a second at the rows for all pages of this process.
 */
@Injectable()
export class HandoverEvents implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private closed = false;

  constructor(
    private readonly db: Db,
    private readonly log: Log,
  ) {}

  /** A mark of everything that the page of a handover shows: another one when something has changed. */
  async markOf(handoverId: string): Promise<string> {
    return (await this.marks([handoverId])).get(handoverId) ?? '';
  }

  /** Whether there is room for another stream of this person. */
  hasRoom(personId: string): boolean {
    const own = [...this.watchers].filter((each) => each.personId === personId);
    return !this.closed && this.watchers.size < MOST && own.length < MOST_OF_ONE;
  }

  /** Keeps a response open whose head was written, until the browser goes or the process ends. */
  watch(handoverId: string, personId: string, seen: string, response: ServerResponse): void {
    const now = performance.now();
    const watcher = { handoverId, personId, response, seen, since: now, beat: now };
    this.watchers.add(watcher);
    response.on('close', () => this.forget(watcher));
    response.write('retry: 2000\n\n');
    this.timer ??= setInterval(() => void this.look(), LOOK_MS);
    void this.look();
  }

  onModuleDestroy(): void {
    this.end();
  }

  /** A stream never ends by itself, so that a server that waits for its requests would wait for ever. */
  beforeApplicationShutdown(): void {
    this.end();
  }

  private end(): void {
    this.closed = true;
    for (const { response } of this.watchers) response.end();
    this.watchers.clear();
    this.rest();
  }

  private forget(watcher: Watcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size === 0) this.rest();
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const marks = await this.marks([...new Set([...this.watchers].map(({ handoverId }) => handoverId))]);
      for (const watcher of this.watchers) this.tell(watcher, marks.get(watcher.handoverId) ?? '');
    } catch (error) {
      this.log.debug({ error }, 'no look at the handovers of open pages');
    } finally {
      this.looking = false;
    }
  }

  private tell(watcher: Watcher, mark: string): void {
    const now = performance.now();
    if (now - watcher.since > LONGEST_MS) return void watcher.response.end();
    if (mark !== watcher.seen) watcher.response.write(`id: ${mark}\nevent: changed\ndata:\n\n`);
    else if (now - watcher.beat > HEARTBEAT_MS) watcher.response.write(': still here\n\n');
    else return;
    watcher.seen = mark;
    watcher.beat = now;
  }

  private async marks(ids: string[]): Promise<Map<string, string>> {
    const rows = await this.db.query<{ id: string; mark: string }>(MARKS, [ids]);
    return new Map(rows.map(({ id, mark }) => [id, mark]));
  }
}

const MARKS = `
  SELECT b.id, md5(concat_ws('|', b.at, b.started_at, b.done_at, b.suspended_at, b.outgoing, b.incoming,
    (SELECT string_agg(concat_ws(',', s.name, s.state, s.waits_for, s.outcome, s.overridden_at, s.done_by), ';' ORDER BY s.name)
     FROM steps s WHERE s.boundary_id = b.id),
    (SELECT string_agg(concat_ws(',', t.id, t.state, t.revision, t.agreement_id), ';' ORDER BY t.id)
     FROM stints t WHERE t.id = ANY (b.outgoing || b.incoming)),
    (SELECT string_agg(concat_ws(',', m.id, m.state), ';' ORDER BY m.id) FROM messages m
     WHERE (m.cause_kind = 'handover' AND m.cause_id = b.id)
        OR (m.cause_kind = 'stint' AND m.cause_id = ANY (b.outgoing || b.incoming))),
    (SELECT string_agg(concat_ws(',', d.id, d.removed_at), ';' ORDER BY d.id) FROM delegations d
     WHERE d.account_id = b.account_id AND d.removed_at IS NULL))) AS mark
  FROM boundaries b WHERE b.id = ANY ($1)`;
