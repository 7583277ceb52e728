import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { lockAccess } from '../credentials/grants.service.js';
import type { SecretKind } from '../credentials/secrets.js';
import { Secrets } from '../credentials/secrets.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';

/** A former curator who has seen a password that still opens the account. */
export interface Knower {
  stintId: string;
  accountId: string;
  /** How the public sees them. */
  shownName: string;
  revealedAt: Date;
  /** When their turn was over, and until when the password should be changed. */
  endedAt: Date;
  dueAt: Date;
  /** When a keeper let the next turn begin all the same. */
  overriddenAt: Date | null;
}

/** Reminders end after this many, a day apart; the task and the pages go on saying it. */
const REMINDERS = 14;

/** Changing what was shown in a turn: what is due, the letters about it, and the acts that settle it. */
@Injectable()
export class Rotations {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly secrets: Secrets,
    private readonly outbox: Outbox,
  ) {}

  /** Who may still know the password of an account although their turn is over, the longest first. */
  async knowers(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<Knower[]> {
    const rows = await reader.query<Knower>(`${KNOWERS} AND r.account_id = $1 ORDER BY 5`, [accountId]);
    return rows.map(withDeadline);
  }

  /** Writes to the keepers about what is due anywhere (the sweep), or for one turn, whose end rings for it. */
  async remind(stintId?: string): Promise<void> {
    const which = stintId ? 'AND r.stint_id = $1' : '';
    const rows = await this.db.query<Knower>(
      `${KNOWERS} AND r.overridden_at IS NULL ${which}`,
      stintId ? [stintId] : [],
    );
    for (const knower of rows.map(withDeadline)) await this.remindOf(knower);
  }

  /** Seals what a keeper typed in as what the network knows from now on. */
  async put(account: Account, given: Partial<Record<SecretKind, string>>, by: string): Promise<void> {
    await this.settle(account, async (tx) => {
      if (given.password) await this.secrets.put(tx, account, 'password', given.password, by);
      if (given.totp) await this.secrets.put(tx, account, 'totp', given.totp, by);
    });
  }

  /** Destroys everything that is kept for the account. */
  async destroy(account: Account, by: string): Promise<void> {
    await this.db.write([lockAccess(account.id)], (tx) => this.secrets.destroyAll(tx, account, by));
  }

  /** Makes the next password and gives it, this once. */
  async propose(account: Account, by: string): Promise<string> {
    return this.db.write([lockAccess(account.id)], (tx) => this.secrets.propose(tx, account, by));
  }

  /** A keeper says that the network knows the proposed password now. */
  async confirm(account: Account, secretId: string, by: string): Promise<void> {
    await this.settle(account, (tx) => this.secrets.confirm(tx, account, secretId, by));
  }

  /** A keeper lets the next turn begin although a former curator may still know the password. */
  async override(account: Account, by: string, reason: string): Promise<void> {
    await this.settle(account, async (tx) => {
      await this.secrets.override(tx, account, by, reason);
    });
  }

  private async settle(account: Account, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.write([lockAccess(account.id)], async (tx) => {
      const before = await this.knowers(account.id, tx);
      await work(tx);
      const after = await this.knowers(account.id, tx);
      for (const { stintId } of before) {
        if (after.some((each) => each.stintId === stintId && !each.overriddenAt)) continue;
        const cause = { kind: 'stint', id: stintId } as const;
        await this.outbox.withdrawLetters(tx, cause, 'the password was changed', 'rotation-due');
      }
      tx.ring('handover.resume', account.id);
    });
  }

  /** A letter a day to each keeper, by its key once; each stops being true when the next one comes. */
  private async remindOf({ stintId, accountId, shownName, endedAt, dueAt }: Knower): Promise<void> {
    const account = await this.accounts.byId(accountId);
    await this.db.write(async (tx) => {
      const round = Math.floor((tx.now.getTime() - endedAt.getTime()) / settings.rotationDue);
      if (round < 0 || round >= REMINDERS) return;
      for (const keeper of await this.people.holding(accountId, ['keeper'], tx.manager)) {
        if (!keeper.email) continue;
        const { handle, slug, zone } = account;
        await this.outbox.letter(tx, {
          key: `rotation ${stintId} ${keeper.id} r${round}`,
          accountId,
          cause: { kind: 'stint', id: stintId },
          template: 'rotation-due',
          data: {
            name: keeper.name,
            account: handle,
            slug,
            zone,
            curator: shownName,
            dueAt: dueAt.toISOString(),
            round,
          },
          address: keeper.email,
          evidence: 'role',
          dueAt: tx.now,
          expiresAt: new Date(endedAt.getTime() + (round + 1) * settings.rotationDue),
        });
      }
    });
  }
}

function withDeadline(knower: Knower): Knower {
  return { ...knower, dueAt: new Date(knower.endedAt.getTime() + settings.rotationDue) };
}

/** A turn that was cut short was over when its grant was closed. */
const KNOWERS = `
  SELECT r.stint_id AS "stintId", r.account_id AS "accountId", p.shown_name AS "shownName", r.revealed_at AS "revealedAt",
         least(s.ends_at, (SELECT max(coalesce(g.closed_at, g.ends_at)) FROM grants g WHERE g.stint_id = s.id)) AS "endedAt", r.overridden_at AS "overriddenAt"
  FROM reveals r JOIN stints s ON s.id = r.stint_id JOIN persons p ON p.id = r.person_id
    CROSS JOIN clock_anchor a
  WHERE r.state = 'revealed' AND r.rotated_at IS NULL
    AND (s.state NOT IN ('confirmed', 'active')
      OR s.ends_at <= a.service_start + (clock_timestamp() - a.anchored_at) * a.speed)`;
