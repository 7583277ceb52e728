import { Injectable } from '@nestjs/common';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { clockTime, dateAndTime, longDate } from '../../credentials/dates.js';
import { daysBetween, instantAt, localDate } from '../../credentials/week.js';
import { Outbox } from '../../messages/outbox.service.js';
import { People } from '../../people/people.service.js';
import { Db } from '../../platform/database.service.js';
import type { Tx } from '../../platform/tx.js';
import { Tasks } from '../tasks.service.js';
import { Checklists } from './checklists.service.js';
import type { Task } from './task.js';

const HOUR_MS = 60 * 60_000;
/** A digest that could not be written by then is left out: the day has shown by itself what it would have said. */
const LATEST_MS = 6 * HOUR_MS;

/** A letter each morning to those who run an account: what is overdue, due today, or waits for an answer. */
@Injectable()
export class Digest {
  /** The morning that this process has dealt with, by account: only saves looking again each minute. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly checklists: Checklists,
    private readonly tasks: Tasks,
    private readonly outbox: Outbox,
  ) {}

  /** Writes what is to be written at this time of day; the letters' keys make each once. The sweep. */
  async sweep(): Promise<void> {
    const now = await this.db.now();
    for (const account of await this.accounts.all()) {
      const eight = instantAt(account.zone, localDate(account.zone, now), '08:00');
      if (now < eight || now.getTime() >= eight.getTime() + LATEST_MS) continue;
      if (this.written.get(account.id) === eight.getTime()) continue;
      await this.write(account, eight);
      this.written.set(account.id, eight.getTime());
    }
  }

  async refused(accountId: string, personId: string): Promise<boolean> {
    const rows = await this.db.query('SELECT 1 FROM digest_refusals WHERE account_id = $1 AND person_id = $2', [
      accountId,
      personId,
    ]);
    return rows.length > 0;
  }

  async refuse(accountId: string, personId: string): Promise<void> {
    await this.db.write((tx) =>
      tx.query(
        'INSERT INTO digest_refusals (account_id, person_id, refused_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [accountId, personId, tx.now],
      ),
    );
  }

  async want(accountId: string, personId: string): Promise<void> {
    await this.db.write((tx) =>
      tx.query('DELETE FROM digest_refusals WHERE account_id = $1 AND person_id = $2', [accountId, personId]),
    );
  }

  private async write(account: Account, eight: Date): Promise<void> {
    const day = localDate(account.zone, eight);
    const tasks = (await this.tasks.of(account.id)).filter(({ kind }) => kind !== 'held-post');
    await this.db.write(async (tx) => {
      const said = await this.said(
        tx,
        account,
        eight,
        tasks.map(({ title }) => title),
      );
      if (said.overdue.length + said.today.length + said.waiting.length === 0) return;
      const refused = await tx.query<{ id: string }>(
        'SELECT person_id AS id FROM digest_refusals WHERE account_id = $1',
        [account.id],
      );
      for (const { id, name, email } of await this.people.holding(account.id, ['organiser', 'keeper'], tx.manager)) {
        if (!email || refused.some((each) => each.id === id)) continue;
        await this.outbox.letter(tx, {
          key: `digest ${account.id} ${day} ${id}`,
          accountId: account.id,
          cause: { kind: 'account', id: account.id },
          template: 'digest',
          data: { name, account: account.handle, slug: account.slug, day: longDate(account.zone, eight), ...said },
          address: email,
          evidence: 'role',
          dueAt: tx.now,
          expiresAt: new Date(eight.getTime() + 2 * LATEST_MS),
        });
      }
    });
  }

  /** As it stood at eight: what falls due later in the day is told in the morning, not again when it does. */
  private async said(tx: Tx, account: Account, eight: Date, tasks: string[]) {
    const { zone } = account;
    const open = (await this.checklists.of(account, tx)).filter(({ mark }) => !mark);
    const today = open.filter(({ dueAt }) => dueAt > eight && daysBetween(zone, eight, dueAt) === 0);
    const [counts] = await tx.query<Record<'applications' | 'posts' | 'said', number>>(WAITING, [account.id, eight]);
    const turns = await tx.query<{ name: string; startsAt: Date; endsAt: Date }>(TURNS, [account.id, eight]);
    return {
      overdue: open
        .filter(({ dueAt }) => dueAt <= eight)
        .map((task) => `${words(task)}, due ${dateAndTime(zone, task.dueAt)}`),
      today: today.map((task) => `${words(task)}, ${clockTime(zone, task.dueAt)}`),
      waiting: [
        ...tasks,
        ...counted(counts?.applications, 'application has not been read', 'applications have not been read'),
        ...counted(counts?.said, 'curator has said how their turn was', 'curators have said how their turns were'),
        ...counted(counts?.posts, 'post waits for a decision', 'posts wait for a decision'),
      ],
      turns: turns.map(({ name, startsAt, endsAt }) =>
        startsAt <= eight
          ? `${name}, until ${dateAndTime(zone, endsAt)}`
          : `${name}, from ${dateAndTime(zone, startsAt)}`,
      ),
    };
  }
}

function words({ line, turn }: Task): string {
  return `${line.title} (${turn.shownName}${line.doer === 'curator' ? ' does it' : ''})`;
}

function counted(count: number | undefined, one: string, many: string): string[] {
  return count ? [`${count} ${count === 1 ? one : many}`] : [];
}

const WAITING = `
  SELECT (SELECT count(*)::int FROM applications WHERE account_id = $1 AND state = 'waiting') AS applications,
         (SELECT count(*)::int FROM messages WHERE account_id = $1 AND channel = 'post' AND state IN ('held', 'unknown')) AS posts,
         (SELECT count(*)::int FROM turn_feedback WHERE account_id = $1 AND given_at < $2 AND given_at >= $2::timestamptz - interval '24 hours') AS said`;

const TURNS = `
  SELECT p.shown_name AS name, s.starts_at AS "startsAt", s.ends_at AS "endsAt"
  FROM stints s JOIN persons p ON p.id = s.person_id
  WHERE s.account_id = $1 AND s.state IN ('confirmed', 'active') AND s.ends_at > $2 ORDER BY s.starts_at LIMIT 2`;
