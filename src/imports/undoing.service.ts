import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants } from '../credentials/grants.service.js';
import { FeedRows } from '../feed/feed-rows.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { Imports, locksOfPast } from './imports.service.js';

const ALL_TIME = new Date(0);
/** PostgreSQL: some row still points at what was to go. */
const STILL_REFERENCED = '23503';

/** Takes an import back as a whole, as long as nothing has come to hang on its turns. */
@Injectable()
export class Undoing {
  constructor(
    private readonly db: Db,
    private readonly imports: Imports,
    private readonly grants: Grants,
    private readonly feed: FeedRows,
    private readonly audit: Audit,
  ) {}

  /** Throws Conflict where something hangs on the turns: posts that were credited by hand, or anything newer. */
  async undo(account: Account, id: string, by: string): Promise<void> {
    await this.imports.byId(account.id, id);
    try {
      await this.db.write(locksOfPast(account), (tx) => this.take(tx, account.id, id, by));
    } catch (error) {
      if ((error as { code?: string }).code !== STILL_REFERENCED) throw error;
      throw new Conflict('Something has come to hang on these turns, so this import cannot be undone any more.');
    }
  }

  private async take(tx: Tx, accountId: string, id: string, by: string): Promise<void> {
    const undone = await tx.query(
      'UPDATE imports SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL RETURNING id',
      [id, tx.now, by],
    );
    if (undone.length === 0) return;
    const stints = await tx.query<{ id: string }>('SELECT id FROM stints WHERE import_id = $1', [id]);
    const ids = stints.map((each) => each.id);
    await this.grants.forget(tx, ids);
    await this.feed.credit(tx, accountId, ALL_TIME);
    await tx.query('DELETE FROM stints WHERE id = ANY ($1)', [ids]);
    for (const forget of [PASS_ON_SLOTS, FORGET_SLOTS, PASS_ON_PEOPLE, FORGET_PEOPLE]) await tx.query(forget, [id]);
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb: 'rota.import-undone',
      subject: { kind: 'import', id },
      detail: { turns: ids.length },
    });
    await this.feed.changed(tx, accountId);
  }
}

/** What a later import uses too is that one's from now on. */
const PASS_ON_SLOTS = `
  UPDATE slots s SET import_id = (SELECT t.import_id FROM stints t WHERE t.slot_id = s.id ORDER BY t.proposed_at LIMIT 1)
  WHERE s.import_id = $1 AND EXISTS (SELECT FROM stints t WHERE t.slot_id = s.id)`;
const FORGET_SLOTS = 'DELETE FROM slots WHERE import_id = $1';
const PASS_ON_PEOPLE = `
  UPDATE persons p SET import_id = (SELECT t.import_id FROM stints t WHERE t.person_id = p.id AND t.import_id IS NOT NULL ORDER BY t.proposed_at LIMIT 1)
  WHERE p.import_id = $1 AND EXISTS (SELECT FROM stints t WHERE t.person_id = p.id AND t.import_id IS NOT NULL)`;
const FORGET_PEOPLE = 'DELETE FROM persons WHERE import_id = $1';
