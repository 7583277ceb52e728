import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import type { Alert, AlertFacts, AlertKind } from '../messages/alert-words.js';
import { Outbox } from '../messages/outbox.service.js';
import { Webhooks } from '../messages/webhooks.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { AlertChoices } from './alert-choices.service.js';
import { People } from './people.service.js';

/** An alert that has not left by then is not worth sending any more. */
const STALE_MS = 24 * 60 * 60_000;

/** Something for the team to know. */
export type News<Kind extends AlertKind = AlertKind> = {
  [Each in Kind]: {
    accountId: string;
    kind: Each;
    /** Unique for the cause, e.g. `panic <id>`. */
    key: string;
    facts: AlertFacts[Each];
    /** What somebody wrote themselves; it goes into letters only, never into webhooks. */
    said?: string;
  };
}[Kind];

/** An alert as its row has it. */
export interface AlertRow {
  id: string;
  accountId: string;
  key: string;
  kind: AlertKind;
  facts: AlertFacts[AlertKind];
  told: number;
  openedAt: Date;
  remindAt: Date | null;
  closedAt: Date | null;
}

/**
 * Tells an account's team, by letter and webhook, as its keepers chose. Each alert is a row: whoever makes or changes
 * the row sends, so it is sent once however many workers see the cause.
 */
@Injectable()
export class Alerts {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly choices: AlertChoices,
    private readonly people: People,
    private readonly webhooks: Webhooks,
    private readonly outbox: Outbox,
  ) {}

  /** Tells of an event, once for its key for ever. */
  async tell(tx: Tx, news: News): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 16))', [news.key]);
    const [told] = await tx.query('SELECT 1 FROM alerts WHERE key = $1 LIMIT 1', [news.key]);
    if (!told) await this.raise(tx, news, null, tx.now);
  }

  /** The newest of an account that were told, of one kind or of all but tests. */
  async newest(accountId: string, limit: number, kind?: AlertKind): Promise<AlertRow[]> {
    return this.db.query<AlertRow>(
      `SELECT ${ROW} FROM alerts WHERE account_id = $1 AND (kind = $2 OR ($2::text IS NULL AND kind <> 'test'))
       ORDER BY opened_at DESC LIMIT $3`,
      [accountId, kind ?? null, limit],
    );
  }

  /** The open alerts, and those of these keys that are over; of one account or of all. */
  async known(reader: Pick<Tx, 'query'>, keys: string[], accountId: string | null): Promise<AlertRow[]> {
    return reader.query<AlertRow>(
      `SELECT ${ROW} FROM alerts WHERE ($2::uuid IS NULL OR account_id = $2) AND (closed_at IS NULL OR key = ANY ($1))`,
      [keys, accountId],
    );
  }

  /** Opens an alert that lasts, unless it is open; `remindAt` is when it is told again. */
  async open(tx: Tx, news: News, remindAt: Date | null): Promise<void> {
    await this.raise(tx, news, remindAt, null);
  }

  /** Tells again of an open alert that is due for it; of several workers one does. */
  async remind(tx: Tx, { id }: AlertRow, news: News, remindAt: Date): Promise<void> {
    const [row] = await tx.query<AlertRow>(
      `UPDATE alerts SET told = told + 1, facts = $2, remind_at = $3
       WHERE id = $1 AND closed_at IS NULL AND remind_at <= $4 RETURNING ${ROW}`,
      [id, JSON.stringify(news.facts), remindAt, tx.now],
    );
    if (!row) return;
    tx.ring('alert.look', row.accountId, remindAt);
    await this.send(tx, row, 'again');
  }

  /** Ends an open alert, withdraws what has not left, and says that it is over where that helps. */
  async close(tx: Tx, { id }: AlertRow, { say }: { say: boolean }): Promise<void> {
    const [row] = await tx.query<AlertRow>(
      `UPDATE alerts SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL RETURNING ${ROW}`,
      [id, tx.now],
    );
    if (!row) return;
    await this.outbox.withdrawLetters(tx, { kind: 'alert', id }, 'it is over');
    if (say) await this.send(tx, row, 'over');
  }

  private async raise(tx: Tx, news: News, remindAt: Date | null, closedAt: Date | null): Promise<void> {
    const [row] = await tx.query<AlertRow>(
      `INSERT INTO alerts (account_id, key, kind, facts, opened_at, remind_at, closed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) WHERE closed_at IS NULL DO NOTHING RETURNING ${ROW}`,
      [news.accountId, news.key, news.kind, JSON.stringify(news.facts), tx.now, remindAt, closedAt],
    );
    if (!row) return;
    if (remindAt) tx.ring('alert.look', row.accountId, remindAt);
    await this.send(tx, row, 'first', news.said);
  }

  private async send(tx: Tx, row: AlertRow, phase: Alert['phase'], said?: string): Promise<void> {
    const account = await this.accounts.byId(row.accountId, tx);
    const { roles, silent } = await this.choices.of(tx, account.id);
    if (silent.includes(row.kind)) return;
    const queued = {
      accountId: account.id,
      cause: { kind: 'alert' as const, id: row.id },
      dueAt: tx.now,
      expiresAt: new Date(tx.now.getTime() + STALE_MS),
    };
    const alert = alertOf(account, row, phase);
    const key = `alert ${row.id} ${phase === 'over' ? 'over' : row.told}`;
    for (const person of await this.people.holding(account.id, roles, tx.manager)) {
      if (!person.email) continue;
      const data = { name: person.name, alert, ...(said ? { said } : {}) };
      const letter = { template: 'alert' as const, data, address: person.email, evidence: 'role' };
      await this.outbox.letter(tx, { ...queued, ...letter, key: `${key} ${person.id}` });
    }
    for (const webhook of await this.webhooks.of(account.id, tx)) {
      if (!webhook.offAt) await this.outbox.webhook(tx, { ...queued, webhook, alert, key: `${key} ${webhook.id}` });
    }
  }
}

const ROW = `id, account_id AS "accountId", key, kind, facts, told, opened_at AS "openedAt", remind_at AS "remindAt",
  closed_at AS "closedAt"`;

/** An alert as it is queued and shown. */
export function alertOf({ handle, slug, zone }: Account, row: AlertRow, phase: Alert['phase']): Alert {
  const { kind, facts, openedAt, closedAt } = row;
  const until = closedAt ? { until: closedAt.toISOString() } : {};
  return { kind, phase, account: handle, slug, zone, since: openedAt.toISOString(), ...until, facts };
}
