import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';

/** What stands for all columns of a table, unlike `count(*)` and products. */
const ALL_COLUMNS = /(?:SELECT|RETURNING|,)\s+(?:\w+\.)?\*/;
/** More would only be statements that are made up as they go. */
const KEPT = 500;

/**
 * A connection that has PostgreSQL keep the plan of each statement: planning costs more than running for most of ours.
 * Statements whose columns a migration may change under a running process (`*`) are planned each time, and so are
 * several in one text, which cannot be kept.
 */
export class PlanKeepingClient extends pg.Client {
  private readonly names = new Map<string, string>();
  private corked = false;

  /**
   * A connection that ends while nobody listens would end the process: between the pool and who takes it from there is
   * such a moment. Whoever uses it next is told by the failure of their query.
   */
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg's query has nine shapes; all but one are handed on as they are
  override query(...given: any[]): any {
    const [text, values] = given;
    this.sendTogether();
    const name = typeof text === 'string' && Array.isArray(values) && given.length === 2 ? this.nameOf(text) : null;
    const all = super.query as (...given: unknown[]) => unknown;
    return name ? all.call(this, { name, text, values }) : all.apply(this, given);
  }

  /** Statements that are made one after the other without waiting leave in one write: each write costs a system call. */
  private sendTogether(): void {
    if (this.corked) return;
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    this.corked = true;
    stream.cork();
    process.nextTick(() => {
      this.corked = false;
      stream.uncork();
    });
  }

  private nameOf(text: string): string | null {
    const known = this.names.get(text);
    if (known) return known;
    if (this.names.size >= KEPT || ALL_COLUMNS.test(text) || text.includes(';')) return null;
    const name = createHash('sha1').update(text).digest('base64url');
    this.names.set(text, name);
    return name;
  }
}
