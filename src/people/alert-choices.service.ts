import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { AlertKind } from '../messages/alert-words.js';
import type { By } from '../messages/webhooks.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import type { Role } from '../web/principal.js';

/** Which alerts an account's team gets: by letter to everyone with one of the roles, less the silent kinds. */
export interface Choices {
  roles: Role[];
  silent: AlertKind[];
}

/** Until a keeper has chosen: everything, to those who can do something about it. */
const DEFAULTS: Choices = { roles: ['organiser', 'keeper'], silent: [] };

/** What an account's keepers chose to be told. */
@Injectable()
export class AlertChoices {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  async of(reader: Pick<Tx, 'query'>, accountId: string): Promise<Choices> {
    const [row] = await reader.query<Choices>('SELECT roles, silent FROM alert_choices WHERE account_id = $1', [
      accountId,
    ]);
    return row ?? DEFAULTS;
  }

  async choose({ accountId, personId }: By, { roles, silent }: Choices): Promise<void> {
    await this.db.write(async (tx) => {
      await tx.query(
        `INSERT INTO alert_choices (account_id, roles, silent) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET roles = excluded.roles, silent = excluded.silent`,
        [accountId, roles, silent],
      );
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: personId },
        verb: 'alerts.chosen',
        subject: { kind: 'account', id: accountId },
        detail: { roles, silent },
      });
    });
  }
}
