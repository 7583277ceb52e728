import { Injectable } from '@nestjs/common';
import { Alerts } from '../people/alerts.service.js';
import { Db } from '../platform/database.service.js';
import { Log } from '../platform/log.service.js';
import type { Tx } from '../platform/tx.js';
import { Findings } from './findings.service.js';
import { type Move, movesOf } from './watch.js';

/** Looks at everybody's rows and tells the teams what they should know. */
@Injectable()
export class Watch {
  constructor(
    private readonly db: Db,
    private readonly findings: Findings,
    private readonly alerts: Alerts,
    private readonly log: Log,
  ) {}

  /** Looks at every account at once, and closely at those of which there is something to tell; the sweep. */
  async sweep(): Promise<void> {
    const moves = await this.moves(this.db, null, await this.db.now());
    const accounts = moves.map((move) => ('news' in move ? move.news : move.row).accountId);
    for (const id of new Set(accounts)) await this.quietly(id);
  }

  /** Tells what there is to tell of one account. One worker looks at a time; another's look would see the same. */
  async look(accountId: string): Promise<void> {
    await this.db.write(async (tx) => {
      const [{ mine } = { mine: false }] = await tx.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended('watch ' || $1, 16)) AS mine`,
        [accountId],
      );
      if (!mine) return;
      for (const move of await this.moves(tx, accountId, tx.now)) await this.make(tx, move);
    });
  }

  private async moves(reader: Pick<Tx, 'query'>, accountId: string | null, now: Date): Promise<Move[]> {
    const found = await this.findings.at(reader, accountId, now);
    const keys = found.map(({ news }) => news.key);
    return movesOf(found, await this.alerts.known(reader, keys, accountId), now);
  }

  private async make(tx: Tx, move: Move): Promise<void> {
    if (move.act === 'tell') return this.alerts.tell(tx, move.news);
    if (move.act === 'open') return this.alerts.open(tx, move.news, move.remindAt);
    if (move.act === 'remind') return this.alerts.remind(tx, move.row, move.news, move.remindAt);
    return this.alerts.close(tx, move.row, move);
  }

  /** One account's trouble does not keep another's team from being told. */
  private async quietly(accountId: string): Promise<void> {
    try {
      await this.look(accountId);
    } catch (error) {
      this.log.error({ account: accountId, error }, 'an account could not be looked at for alerts; it is tried again');
    }
  }
}
