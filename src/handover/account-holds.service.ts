import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccess, lockAccessShared } from '../credentials/grants.service.js';
import { Holds, type StandingHold } from '../credentials/holds.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotAllowed } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { Stints } from '../rota/stints.service.js';
import { type AccountAct, leaves, mayOnAccount } from './bad-day.js';
import { BadDayLetters } from './bad-day-letters.service.js';

/** What a person says when they act: why, and for the public where they want it told. */
export interface Saying {
  reason: string;
  publicMessage?: string | null;
}

const VERBS = {
  pause: 'account.paused',
  lift: 'account.pause-lifted',
  'take-over': 'account.taken-over',
  'give-back': 'account.given-back',
} as const satisfies Record<AccountAct, string>;

const TOLD = {
  pause: 'account-paused',
  lift: 'account-open-again',
  'take-over': 'account-taken-over',
  'give-back': 'account-given-back',
} as const satisfies Record<AccountAct, string>;

/** Pausing an account and taking it over, and the way back. Access obeys from the same instant, in every process. */
@Injectable()
export class AccountHolds {
  constructor(
    private readonly db: Db,
    private readonly holds: Holds,
    private readonly grants: Grants,
    private readonly stints: Stints,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly letters: BadDayLetters,
  ) {}

  /** The pause or take-over in force with the name of whoever began it, or null. */
  async standing(accountId: string): Promise<(StandingHold & { who: string }) | null> {
    const hold = await this.holds.standing(accountId, await this.db.now());
    if (!hold) return null;
    if (!hold.madeBy) return { ...hold, who: 'Baton' };
    const [person] = await this.db.query<{ name: string }>('SELECT name FROM persons WHERE id = $1', [hold.madeBy]);
    return { ...hold, who: person?.name ?? 'Somebody' };
  }

  /** Does it now. False when somebody was first: nothing is done twice. */
  async act(account: Account, act: AccountAct, saying: Saying, by: string): Promise<boolean> {
    return this.db.write([lockAccess(account.id)], async (tx) => {
      const standing = await this.holds.standing(account.id, tx.now, tx);
      if (!mayOnAccount(act, standing?.kind ?? null).ok) return false;
      const scope = act === 'pause' ? 'everyone' : 'curators';
      const key = (await this.change(tx, account, act, scope, saying, by)) ?? standing?.id ?? '';
      await this.tell(tx, account, act, { key, reason: saying.reason, by });
      return true;
    });
  }

  /**
   * A curator pauses the account that is theirs at this moment. It keeps curators from posting, and not the house. False
   * when it is paused or taken over already. Throws NotAllowed for anybody who does not have the account now.
   */
  async pauseOwn(account: Account, stintId: string, personId: string, reason: string): Promise<boolean> {
    return this.db.write([lockAccess(account.id)], async (tx) => {
      const stint = await this.stints.byId(stintId, account.id, tx);
      const actor = { kind: 'stint', stintId, seat: stint.seat } as const;
      const { why } = await this.grants.decide(tx, actor, account);
      const theirs = stint.personId === personId && !['no-grant', 'not-yet', 'ended'].includes(why);
      if (!theirs) throw new NotAllowed('You do not have the account at this moment, so you cannot pause it.');
      if (await this.holds.standing(account.id, tx.now, tx)) return false;
      const key = (await this.change(tx, account, 'pause', 'curators', { reason }, personId)) ?? '';
      await this.tell(tx, account, 'pause', { key, reason, by: personId, byCurator: true });
      return true;
    });
  }

  /** Queues a post in the house voice while the team has taken over. The same form sent twice is one post. */
  async say(account: Account, { key, text }: { key: string; text: string }, by: string): Promise<void> {
    await this.db.write([lockAccessShared(account.id)], async (tx) => {
      const standing = await this.holds.standing(account.id, tx.now, tx);
      if (standing?.kind !== 'takeover') throw new Conflict('Take the account over first, then speak as the house.');
      await this.grants.demand(tx, { kind: 'house' }, account);
      const cause = { kind: 'account', id: account.id } as const;
      const post = { key: `house ${key}`, accountId: account.id, cause, text, stintId: null, authorId: null };
      const message = await this.outbox.post(tx, { ...post, dueAt: tx.now });
      if (!message) return;
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: by },
        verb: 'post.queued',
        subject: cause,
        detail: { message },
      });
    });
  }

  /** Writes the hold or ends it; gives the id of a new one. */
  private async change(
    tx: Tx,
    account: Account,
    act: AccountAct,
    scope: StandingHold['scope'],
    { reason, publicMessage = null }: Saying,
    by: string,
  ): Promise<string | null> {
    const kind = leaves[act];
    const hold = { accountId: account.id, scope, reason, madeBy: by, publicMessage };
    const id = kind ? await this.holds.begin(tx, { ...hold, kind }) : null;
    if (!kind) await this.holds.end(tx, account.id);
    if (account.pausedMessage || publicMessage) tx.ring('feed.changed', account.id);
    await this.audit.record(tx, {
      accountId: account.id,
      actor: { kind: 'person', id: by },
      verb: VERBS[act],
      subject: { kind: 'account', id: account.id },
      detail: kind ? { holdId: id, scope } : {},
      particulars: { personId: by, reason, ...(publicMessage ? { publicMessage } : {}) },
    });
    return id;
  }

  private async tell(
    tx: Tx,
    account: Account,
    act: AccountAct,
    told: { key: string; reason: string; by: string; byCurator?: boolean },
  ): Promise<void> {
    await this.letters.onDuty(tx, account, TOLD[act], told);
    await this.letters.team(tx, account, { ...told, act });
  }
}
