import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import { Accounts } from '../credentials/accounts.service.js';
import { slotsFrom } from '../credentials/week.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Slot } from './slot.entity.js';
import { liveStates } from './stint.js';

/** The slots of the rota: laid out from each account's pattern, never overlapping. House time has no rows. */
@Injectable()
export class Slots {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly audit: Audit,
  ) {}

  /** A slot of an account; throws NotFound. */
  async byId(accountId: string, id: string, manager: EntityManager = this.db.manager): Promise<Slot> {
    const slot = await manager.findOneBy(Slot, { id, accountId });
    if (!slot) throw new NotFound('There is no such slot on this account.');
    return slot;
  }

  /** The slots that touch `[from, to)`, in order. */
  async between(accountId: string, from: Date, to: Date): Promise<Slot[]> {
    return this.db.manager
      .createQueryBuilder(Slot, 's')
      .where('s.accountId = :accountId AND s.endsAt > :from AND s.startsAt < :to', { accountId, from, to })
      .orderBy('s.startsAt')
      .getMany();
  }

  /** Slots for curators that are not over and in whose seat nobody is, in order. */
  async free(accountId: string, seat: number): Promise<Slot[]> {
    return this.db.manager
      .createQueryBuilder(Slot, 's')
      .where(`s.accountId = :accountId AND s.kind = 'curator' AND s.endsAt > :now`)
      .andWhere(
        'NOT EXISTS (SELECT 1 FROM stints t WHERE t.slot_id = s.id AND t.seat = :seat AND t.state = ANY(:live))',
      )
      .setParameters({ accountId, seat, now: await this.db.now(), live: liveStates })
      .orderBy('s.startsAt')
      .getMany();
  }

  /** Extends every account's rota: the sweep. */
  async extendAll(): Promise<void> {
    for (const account of await this.accounts.all()) await this.extend(account.id);
  }

  /**
   * Lays out the coming weeks of an account's pattern where rows are missing. Rows that are there stay as they are,
   * so a changed pattern reaches only the weeks beyond them. Gives how many were made.
   */
  async extend(accountId: string): Promise<number> {
    const account = await this.accounts.byId(accountId);
    const wanted = (now: Date) => slotsFrom(account.zone, account.slotPattern, now, settings.rotaWeeks + 1);
    const last = wanted(await this.db.now()).at(-1);
    const [known] = await this.db.query<{ until: Date | null }>(
      'SELECT max(ends_at) AS until FROM slots WHERE account_id = $1',
      [accountId],
    );
    if (!last || (known?.until && known.until > last.startsAt)) return 0;
    return this.db.write(async (tx) => this.insertMissing(tx, accountId, wanted(tx.now)));
  }

  private async insertMissing(tx: Tx, accountId: string, spans: { startsAt: Date; endsAt: Date }[]): Promise<number> {
    const rows = await tx.query(
      `INSERT INTO slots (account_id, kind, starts_at, ends_at)
       SELECT $1, 'curator', s, e FROM unnest($2::timestamptz[], $3::timestamptz[]) AS spans (s, e)
       ON CONFLICT DO NOTHING RETURNING id`,
      [accountId, spans.map((span) => span.startsAt), spans.map((span) => span.endsAt)],
    );
    return rows.length;
  }

  /** Makes a free slot a break: no curator that week. Throws Conflict where somebody has it. */
  async markBreak(accountId: string, id: string, reason: string, by: string): Promise<void> {
    await this.change(accountId, id, by, async (tx, slot) => {
      if (slot.kind === 'break') throw new Conflict('This slot is a break already.');
      const live = await tx.query('SELECT 1 FROM stints WHERE slot_id = $1 AND state = ANY($2)', [id, liveStates]);
      if (live.length > 0) throw new Conflict('Somebody has this slot. Move or cancel their turn first.');
      return { kind: 'break', reason };
    });
  }

  /** Makes a break a free slot again. */
  async endBreak(accountId: string, id: string, by: string): Promise<void> {
    await this.change(accountId, id, by, async (_, slot) => {
      if (slot.kind !== 'break') throw new Conflict('This slot is not a break.');
      return { kind: 'curator', reason: null };
    });
  }

  private async change(
    accountId: string,
    id: string,
    by: string,
    decide: (tx: Tx, slot: Slot) => Promise<Pick<Slot, 'kind' | 'reason'>>,
  ): Promise<void> {
    await this.db.write([lock('slots', id)], async (tx) => {
      const slot = await tx.manager.findOneBy(Slot, { id, accountId });
      if (!slot) throw new NotFound('There is no such slot on this account.');
      if (slot.endsAt <= tx.now) throw new Conflict('This slot is over.');
      const changed = await decide(tx, slot);
      await tx.manager.update(Slot, { id }, changed);
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: by },
        verb: changed.kind === 'break' ? 'slot.marked-break' : 'slot.unmarked-break',
        subject: { kind: 'slot', id },
        ...(changed.reason ? { particulars: { reason: changed.reason } } : {}),
      });
      tx.ring('handover.plan', accountId);
    });
  }
}
