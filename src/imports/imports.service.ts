import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccess } from '../credentials/grants.service.js';
import { FeedRows } from '../feed/feed-rows.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { type FittedLine, fitted, type HeldTurn, type Known, type There } from './fitting.js';
import { type PastTurn, readLine } from './past-turns.js';
import { readSheet, type Sheet, type Unreadable } from './sheet.js';

/** A spreadsheet as it would be imported now. */
export interface Preview extends Pick<Sheet, 'read' | 'unread'> {
  lines: FittedLine[];
}

/** An import that was made. */
export interface MadeImport {
  id: string;
  importedAt: Date;
  importedBy: string;
  turns: number;
  undoneAt: Date | null;
  undoneBy: string | null;
}

interface Fitting {
  turn: PastTurn;
  seat: number;
  personId: string;
  slotId: string;
}

const ALL_TIME = new Date(0);

/** The locks of whatever changes the past of an account: who had it, and whose its posts are. */
export const locksOfPast = ({ id }: Account) => [lockAccess(id), lock('feeds', id, 'account_id')];

/** Brings in the rota from before Baton: turns that are over, with the access they had, so that old posts are credited. */
@Injectable()
export class Imports {
  constructor(
    private readonly db: Db,
    private readonly grants: Grants,
    private readonly people: People,
    private readonly feed: FeedRows,
    private readonly audit: Audit,
  ) {}

  /** Every import of an account, the newest first. */
  async all(accountId: string): Promise<MadeImport[]> {
    return this.db.query<MadeImport>(
      `SELECT i.id, i.imported_at AS "importedAt", p.name AS "importedBy", i.turns, i.undone_at AS "undoneAt",
              u.name AS "undoneBy"
       FROM imports i JOIN persons p ON p.id = i.imported_by LEFT JOIN persons u ON u.id = i.undone_by
       WHERE i.account_id = $1 ORDER BY i.imported_at DESC`,
      [accountId],
    );
  }

  async byId(accountId: string, id: string): Promise<MadeImport> {
    const found = (await this.all(accountId)).find((each) => each.id === id);
    if (!found) throw new NotFound('There is no such import on this account.');
    return found;
  }

  /** What would come in, and what stands in the way. Nothing is written. */
  async preview(account: Account, text: string): Promise<Preview | Unreadable> {
    return this.look(this.db, account, text, await this.db.now());
  }

  /**
   * Writes all of it in one transaction and credits the posts of that time anew. Gives the import's id, or the preview
   * where a line has a problem, which may have come up since the one that was shown.
   */
  async make(account: Account, text: string, by: string): Promise<string | Preview | Unreadable> {
    return this.db.write(locksOfPast(account), async (tx) => {
      const preview = await this.look(tx, account, text, tx.now);
      if ('problem' in preview || !isReady(preview)) return preview;
      const id = await this.begin(tx, account.id, preview, by);
      await this.write(tx, account, preview.lines, id, by);
      await this.feed.credit(tx, account.id, ALL_TIME);
      await this.feed.changed(tx, account.id);
      return id;
    });
  }

  private async look(
    reader: Pick<Tx, 'query'>,
    account: Account,
    text: string,
    now: Date,
  ): Promise<Preview | Unreadable> {
    const sheet = readSheet(text);
    if ('problem' in sheet) return sheet;
    const lines = sheet.rows.map((row) => readLine(row, account, now));
    return { ...sheet, lines: fitted(lines, await this.there(reader, account.id), account) };
  }

  private async there(reader: Pick<Tx, 'query'>, accountId: string): Promise<There> {
    return {
      turns: await reader.query<HeldTurn>(HELD, [accountId]),
      slots: await reader.query<There['slots'][number]>(
        `SELECT id, kind, starts_at AS "startsAt", ends_at AS "endsAt" FROM slots WHERE account_id = $1`,
        [accountId],
      ),
      people: await reader.query<Known>(PEOPLE, [accountId]),
    };
  }

  private async begin(tx: Tx, accountId: string, { lines }: Preview, by: string): Promise<string> {
    const turns = lines.filter(({ turn }) => turn).length;
    const [row] = await tx.query<{ id: string }>(
      'INSERT INTO imports (account_id, imported_by, imported_at, turns) VALUES ($1, $2, $3, $4) RETURNING id',
      [accountId, by, tx.now, turns],
    );
    const id = row?.id ?? '';
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb: 'rota.imported',
      subject: { kind: 'import', id },
      detail: { turns },
    });
    return id;
  }

  private async write(tx: Tx, account: Account, lines: FittedLine[], importId: string, by: string): Promise<void> {
    const persons = new Map<string, string>();
    for (const { turn, seat, person, knownId } of lines) {
      if (!turn) continue;
      const personId = knownId ?? persons.get(person) ?? (await this.people.named(tx, { ...turn, importId })).id;
      persons.set(person, personId);
      const slotId = await this.slot(tx, account.id, turn, importId);
      await this.turn(tx, account.id, { turn, seat, personId, slotId }, importId, by);
    }
  }

  private async slot(tx: Tx, accountId: string, { startsAt, endsAt }: PastTurn, importId: string): Promise<string> {
    const [slot] = await tx.query<{ id: string }>(
      `WITH made AS (INSERT INTO slots (account_id, kind, starts_at, ends_at, import_id) SELECT $1, 'curator', $2, $3, $4
         WHERE NOT EXISTS (SELECT FROM slots WHERE account_id = $1 AND starts_at = $2 AND ends_at = $3) RETURNING id)
       SELECT id FROM made UNION ALL SELECT id FROM slots WHERE account_id = $1 AND starts_at = $2 AND ends_at = $3`,
      [accountId, startsAt, endsAt, importId],
    );
    return slot?.id ?? '';
  }

  private async turn(tx: Tx, accountId: string, fit: Fitting, importId: string, by: string): Promise<void> {
    const { turn, seat, personId, slotId } = fit;
    const { startsAt, endsAt, note } = turn;
    const [stint] = await tx.query<{ id: string }>(
      `INSERT INTO stints (account_id, slot_id, seat, person_id, import_id, state, ended_how, starts_at, ends_at, proposed_by, proposed_at)
       VALUES ($1, $2, $3, $4, $5, 'ended', 'completed', $6, $7, $8, $9) RETURNING id`,
      [accountId, slotId, seat, personId, importId, startsAt, endsAt, by, tx.now],
    );
    const stintId = stint?.id ?? '';
    await this.grants.record(tx, { accountId, stintId, personId, seat, opensAt: startsAt, endsAt });
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb: 'stint.imported',
      subject: { kind: 'stint', id: stintId },
      detail: { importId, slotId },
      ...(note ? { particulars: { personId, note } } : {}),
    });
  }
}

/** Whether there is something to import and nothing in the way. */
export function isReady({ lines }: Preview): boolean {
  return lines.some(({ turn }) => turn) && lines.every(({ problem }) => !problem);
}

/** Who had or has a seat, by the rota or by access. */
const HELD = `
  SELECT p.name, s.seat, s.starts_at AS "startsAt", s.ends_at AS "endsAt" FROM stints s JOIN persons p ON p.id = s.person_id
  WHERE s.account_id = $1 AND s.state IN ('proposed', 'approved', 'offered', 'confirmed', 'active', 'ended')
  UNION SELECT p.name, g.seat, g.opens_at, least(g.ends_at, g.closed_at) FROM grants g JOIN persons p ON p.id = g.person_id
  WHERE g.account_id = $1 AND g.opens_at < least(g.ends_at, g.closed_at)`;

const PEOPLE = `
  SELECT p.id, p.name, p.handle, p.import_id IS NOT NULL AND p.email IS NULL AS imported FROM persons p
  WHERE p.erased_at IS NULL AND (EXISTS (SELECT FROM stints WHERE account_id = $1 AND person_id = p.id)
    OR EXISTS (SELECT FROM applications WHERE account_id = $1 AND person_id = p.id AND state <> 'erased'))
  ORDER BY p.created_at, p.id`;
