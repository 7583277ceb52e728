import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { Account } from './account.entity.js';

type Reader = Pick<Tx, 'query'>;

/** The accounts this deployment runs. */
@Injectable()
export class Accounts {
  private readonly networks = new Map<string, Account['network']>();

  constructor(private readonly db: Db) {}

  /** By its slug, e.g. `nhs`; throws NotFound. */
  async bySlug(slug: string): Promise<Account> {
    // PostgreSQL refuses a text with a NUL instead of not finding it.
    const known = { slug: slug.toLowerCase().replaceAll('\0', ' ') };
    const account = await this.db.manager.findOneBy(Account, known);
    if (!account) throw new NotFound('There is no account at this address.');
    return account;
  }

  /** Inside a transaction, give it: a second connection may never come. */
  async byId(id: string, reader: Reader = this.db): Promise<Account> {
    const [account] = await reader.query<Account>(`SELECT ${this.db.columnsOf(Account)} FROM accounts WHERE id = $1`, [
      id,
    ]);
    if (!account) throw new NotFound('There is no such account.');
    return account;
  }

  /** On which network it is: that never changes, so it is read once. */
  async networkOf(id: string, reader?: Reader): Promise<Account['network']> {
    const network = this.networks.get(id) ?? (await this.byId(id, reader)).network;
    this.networks.set(id, network);
    return network;
  }

  async all(): Promise<Account[]> {
    return this.db.manager.find(Account, { order: { slug: 'ASC' } });
  }

  /** Makes an account together with the row that its access is locked by. */
  async create(tx: Tx, given: Omit<Account, 'id' | 'createdAt' | 'networkUserId' | 'pausedMessage'>): Promise<Account> {
    const account = await tx.manager.save(
      tx.manager.create(Account, { ...given, networkUserId: null, pausedMessage: null, createdAt: tx.now }),
    );
    await tx.query('INSERT INTO account_access (account_id) VALUES ($1)', [account.id]);
    return account;
  }
}
