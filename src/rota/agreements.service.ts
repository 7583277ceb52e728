import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { lock } from '../platform/tx.js';
import { Agreement } from './agreement.entity.js';

/** What curators agree to, version by version. */
@Injectable()
export class Agreements {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  /** The newest version of an account, or null when none was published. */
  async current(accountId: string, manager: EntityManager = this.db.manager): Promise<Agreement | null> {
    return manager.findOne(Agreement, { where: { accountId }, order: { version: 'DESC' } });
  }

  /** Every version, the newest first. */
  async all(accountId: string): Promise<Agreement[]> {
    return this.db.manager.find(Agreement, { where: { accountId }, order: { version: 'DESC' } });
  }

  async byId(id: string): Promise<Agreement | null> {
    return this.db.manager.findOneBy(Agreement, { id });
  }

  /** Publishes a text as the next version; offers that are open show it from now on. */
  async publish(accountId: string, text: string, publishedBy: string): Promise<Agreement> {
    return this.db.write([lock('accounts', accountId)], async (tx) => {
      const [row] = await tx.query<{ version: number }>(
        'SELECT coalesce(max(version), 0)::int + 1 AS version FROM agreements WHERE account_id = $1',
        [accountId],
      );
      const given = { accountId, text, version: row?.version ?? 1, publishedAt: tx.now };
      const agreement = await tx.manager.save(tx.manager.create(Agreement, given));
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: publishedBy },
        verb: 'agreement.published',
        subject: { kind: 'agreement', id: agreement.id },
        detail: { version: agreement.version },
      });
      return agreement;
    });
  }
}
