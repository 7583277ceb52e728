import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { Role } from '../web/principal.js';
import { emailKey } from './email.js';
import { Person } from './person.entity.js';

/** The people of this deployment and their roles on each account. */
@Injectable()
export class People {
  constructor(private readonly db: Db) {}

  async byId(id: string): Promise<Person> {
    const person = await this.db.manager.findOneBy(Person, { id });
    if (!person) throw new NotFound('There is no such person.');
    return person;
  }

  async byEmail(address: string): Promise<Person | null> {
    return this.db.manager.findOneBy(Person, { emailKey: emailKey(address) });
  }

  /** Joins or makes the person with this verified address. What is known already stays as it is. */
  async known(
    tx: Tx,
    given: { email: string; name: string; shownName: string; handle: string | null },
  ): Promise<Person> {
    await tx.query(
      `INSERT INTO persons (email, email_key, name, shown_name, handle, created_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (email_key) DO UPDATE SET handle = coalesce(persons.handle, excluded.handle)`,
      [given.email.trim(), emailKey(given.email), given.name, given.shownName, given.handle, tx.now],
    );
    return tx.manager.findOneByOrFail(Person, { emailKey: emailKey(given.email) });
  }

  /** Makes a person of whom only the name is known, from a rota of before. They cannot sign in and get no letters. */
  async named(
    tx: Tx,
    given: { name: string; shownName: string; handle: string | null; importId: string },
  ): Promise<{ id: string }> {
    const [row] = await tx.query<{ id: string }>(
      'INSERT INTO persons (name, shown_name, handle, import_id, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id',
      [given.name, given.shownName, given.handle, given.importId, tx.now],
    );
    return { id: row?.id ?? '' };
  }

  async give(tx: Tx, personId: string, accountId: string, role: Role, givenBy: string | null): Promise<void> {
    await tx.query(
      `INSERT INTO roles (person_id, account_id, role, given_at, given_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [personId, accountId, role, tx.now, givenBy],
    );
  }

  /** Everyone who holds one of the roles on an account, for letters to the team. */
  async holding(accountId: string, roles: Role[], manager: EntityManager = this.db.manager): Promise<Person[]> {
    return manager
      .createQueryBuilder(Person, 'p')
      .where(
        'p.id IN (SELECT person_id FROM roles WHERE account_id = :accountId AND role = ANY(:roles)) AND p.erased_at IS NULL',
        { accountId, roles },
      )
      .orderBy('p.name')
      .getMany();
  }

  /** Takes away who somebody was; the shell stays for the rows that point at it. Ends their sessions. */
  async erase(tx: Tx, personId: string): Promise<void> {
    await tx.query(
      `UPDATE persons SET email = NULL, email_key = NULL, name = 'Erased person', shown_name = 'A curator', handle = NULL,
              erased_at = $2 WHERE id = $1`,
      [personId, tx.now],
    );
    await tx.query('DELETE FROM roles WHERE person_id = $1', [personId]);
    await tx.query('UPDATE sessions SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL', [personId, tx.real]);
  }
}
