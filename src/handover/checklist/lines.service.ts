import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit.service.js';
import { lockAccess } from '../../credentials/grants.service.js';
import { Db } from '../../platform/database.service.js';
import { NotFound } from '../../platform/errors.js';
import type { Tx } from '../../platform/tx.js';
import type { KeptLine, Line } from './line.js';
import { STANDARD } from './standard.js';

/** What an account's checklist is made of: the standard one until somebody changes it, then rows of its own. */
@Injectable()
export class ChecklistLines {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  /** In their order, those that are switched off too. */
  async of(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<KeptLine[]> {
    const rows = await reader.query<KeptLine>(
      `SELECT key, position, doer, anchor, days, hours, "time", title, how, off FROM checklist_lines
       WHERE account_id = $1 ORDER BY position`,
      [accountId],
    );
    return rows.length > 0 ? rows : STANDARD;
  }

  /** Throws NotFound. */
  async one(accountId: string, key: string): Promise<KeptLine> {
    const found = (await this.of(accountId)).find((line) => line.key === key);
    if (!found) throw new NotFound('There is no such line on this checklist.');
    return found;
  }

  async add(accountId: string, line: Omit<Line, 'key'>, by: string): Promise<void> {
    await this.change(accountId, by, 'checklist.line-added', (lines) => {
      const last = Math.max(-1, ...lines.map(({ position }) => position));
      return [...lines, { ...line, key: randomUUID(), position: last + 1, off: false }];
    });
  }

  async replace(accountId: string, key: string, line: Omit<Line, 'key'>, by: string): Promise<void> {
    await this.change(accountId, by, 'checklist.line-changed', (lines) =>
      lines.map((each) => (each.key === key ? { ...each, ...line } : each)),
    );
  }

  /** Off, or on again: what was ticked of it is kept. */
  async switch(accountId: string, key: string, off: boolean, by: string): Promise<void> {
    await this.change(accountId, by, off ? 'checklist.line-switched-off' : 'checklist.line-switched-on', (lines) =>
      lines.map((each) => (each.key === key ? { ...each, off } : each)),
    );
  }

  /** The standard checklist again; lines of the account's own go. */
  async restore(accountId: string, by: string): Promise<void> {
    await this.change(accountId, by, 'checklist.restored', () => []);
  }

  private async change(
    accountId: string,
    by: string,
    verb: `checklist.${string}`,
    work: (lines: KeptLine[]) => KeptLine[],
  ): Promise<void> {
    await this.db.write([lockAccess(accountId)], async (tx) => {
      const before = await this.of(accountId, tx);
      const after = work(before);
      await tx.query('DELETE FROM checklist_lines WHERE account_id = $1', [accountId]);
      await tx.query(
        `INSERT INTO checklist_lines (account_id, key, position, doer, anchor, days, hours, "time", title, how, off)
         SELECT $1, key, position, doer, anchor, days, hours, "time", title, how, off
         FROM json_populate_recordset(NULL::checklist_lines, $2)`,
        [accountId, JSON.stringify(after)],
      );
      const changed = after.filter(
        (line) => JSON.stringify(line) !== JSON.stringify(before.find(({ key }) => key === line.key)),
      );
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: by },
        verb,
        subject: { kind: 'account', id: accountId },
        detail: { lines: changed.map(({ key }) => key) },
      });
    });
  }
}
