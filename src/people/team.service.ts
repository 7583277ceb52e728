import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import type { Role } from '../web/principal.js';
import { People } from './people.service.js';

/** Somebody on an account's team. */
export interface Member {
  personId: string;
  name: string;
  email: string | null;
  roles: Role[];
}

/** Who may do what on an account. Keepers give and take roles; an account never loses its last keeper. */
@Injectable()
export class Team {
  constructor(
    private readonly db: Db,
    private readonly people: People,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  async members(accountId: string): Promise<Member[]> {
    return this.db.query<Member>(
      `SELECT p.id AS "personId", p.name, p.email, array_agg(r.role ORDER BY r.role) AS roles
       FROM roles r JOIN persons p ON p.id = r.person_id WHERE r.account_id = $1 GROUP BY p.id ORDER BY p.name`,
      [accountId],
    );
  }

  /** Gives a role to the person with this address, made when there is none, and tells them. Giving it again does nothing. */
  async give(account: Account, by: string, given: { name: string; email: string; role: Role }): Promise<void> {
    await this.db.write([lock('accounts', account.id)], async (tx) => {
      const { name, email, role } = given;
      const person = await this.people.known(tx, { email, name, shownName: name.split(' ')[0] ?? name, handle: null });
      const held = await tx.query('SELECT 1 FROM roles WHERE person_id = $1 AND account_id = $2 AND role = $3', [
        ...[person.id, account.id, role],
      ]);
      if (held.length > 0) return;
      await this.people.give(tx, person.id, account.id, role, by);
      await this.record(tx, account, by, 'role.given', person.id, role);
      await this.outbox.letter(tx, {
        key: `role ${account.id} ${person.id} ${role} ${tx.now.getTime()}`,
        accountId: account.id,
        cause: { kind: 'person', id: person.id },
        template: 'role-given',
        data: {
          name: person.name,
          handle: account.handle,
          slug: account.slug,
          role,
          service: this.runtime.env.BRAND_NAME,
        },
        address: person.email ?? email,
        evidence: 'role',
        dueAt: tx.now,
      });
    });
  }

  /** Takes a role away, at once. Throws Conflict for the last keeper. */
  async take(account: Account, by: string, personId: string, role: Role): Promise<void> {
    await this.db.write([lock('accounts', account.id)], async (tx) => {
      const keepers = await tx.query<{ person_id: string }>(
        `SELECT person_id FROM roles WHERE account_id = $1 AND role = 'keeper'`,
        [account.id],
      );
      if (role === 'keeper' && keepers.every((keeper) => keeper.person_id === personId)) {
        throw new Conflict('An account needs a keeper. Make somebody else a keeper first.');
      }
      const gone = await tx.query(
        'DELETE FROM roles WHERE person_id = $1 AND account_id = $2 AND role = $3 RETURNING role',
        [personId, account.id, role],
      );
      if (gone.length > 0) await this.record(tx, account, by, 'role.taken', personId, role);
    });
  }

  private async record(
    tx: Tx,
    account: Account,
    by: string,
    verb: `role.${string}`,
    personId: string,
    role: Role,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId: account.id,
      actor: { kind: 'person', id: by },
      verb,
      subject: { kind: 'person', id: personId },
      detail: { role },
    });
  }
}
