import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import type { BadDayLetters as Letters, TeamTold } from '../messages/letters/bad-day.js';
import { Outbox } from '../messages/outbox.service.js';
import { AlertChoices } from '../people/alert-choices.service.js';
import { Alerts } from '../people/alerts.service.js';
import { People } from '../people/people.service.js';
import type { Tx } from '../platform/tx.js';
import type { StintView } from '../rota/stints.service.js';
import type { Role } from '../web/principal.js';
import { Turns } from './turns.service.js';

/** An act that the team is told of. `key` is its own for ever, e.g. the id of the hold that it began. */
export interface Told {
  key: string;
  act: TeamTold['act'];
  reason: string;
  by: string;
  /** How the public sees whose turn it is about; empty where it is about the account. */
  curator?: string;
  byCurator?: boolean;
}

type AccountLetter = 'account-paused' | 'account-open-again' | 'account-taken-over' | 'account-given-back';
type TurnLetter = 'turn-cut-short' | 'turn-no-show' | 'turn-goes-on' | 'turn-given';

const ACCOUNT_LETTERS = ['account-paused', 'account-open-again', 'account-taken-over', 'account-given-back'] as const;
const TEAM: Role[] = ['organiser', 'approver', 'keeper'];

/** Queues the letters of a bad day, in the transaction of the act that they tell of. */
@Injectable()
export class BadDayLetters {
  constructor(
    private readonly outbox: Outbox,
    private readonly people: People,
    private readonly turns: Turns,
    private readonly alerts: Alerts,
    private readonly choices: AlertChoices,
  ) {}

  /** Tells everyone on duty how the account stands now. What they were told before and has not left is withdrawn. */
  async onDuty(tx: Tx, account: Account, template: AccountLetter, told: Pick<Told, 'key' | 'reason'>): Promise<void> {
    const live = await this.turns.live(tx, account.id);
    for (const { id, personId, name, email } of live.filter(({ state }) => state === 'active')) {
      if (!email) continue;
      const cause = { kind: 'person', id: personId } as const;
      for (const earlier of ACCOUNT_LETTERS) await this.outbox.withdrawLetters(tx, cause, 'overtaken', earlier);
      await this.outbox.letter(tx, {
        key: `${template} ${told.key} ${personId}`,
        accountId: account.id,
        cause,
        template,
        data: { ...about(tx, account, name, told.reason), stintId: id, help: account.helpContact },
        address: email,
        evidence: 'curates',
        dueAt: tx.now,
      });
    }
  }

  /** Tells one curator about their turn as it is now. */
  async turn(tx: Tx, account: Account, stint: StintView, template: TurnLetter, reason: string): Promise<void> {
    if (!stint.email) return;
    const dates = { startsAt: stint.startsAt.toISOString(), endsAt: stint.endsAt.toISOString() };
    const by = account.handOverBy;
    const told = about(tx, account, stint.personName, reason);
    await this.outbox.letter(tx, {
      key: `${template} ${stint.id} ${stint.revision}`,
      accountId: account.id,
      cause: { kind: 'stint', id: stint.id },
      template,
      data: { ...told, ...dates, by, stintId: stint.id, help: account.helpContact },
      address: stint.email,
      evidence: 'curates',
      dueAt: tx.now,
    });
  }

  /** Tells organisers, approvers and keepers, but not whoever did it. */
  async team(tx: Tx, account: Account, given: Told, without: string[] = []): Promise<void> {
    const { key, reason, by, act, curator = '', byCurator = false } = given;
    const told = { act, who: await nameOf(tx, by), curator, byCurator };
    const letter = (name: string) => ({
      key: `bad-day ${key} ${act}`,
      template: 'bad-day' as const,
      data: { ...about(tx, account, name, reason), ...told },
    });
    await this.toTeam(tx, account, [by, ...without], letter);
  }

  /** Asks the approvers to look at a proposal at once, and tells the others of it. */
  async proposed(tx: Tx, account: Account, stintId: string, given: Told): Promise<void> {
    const { key, reason, by, curator = '' } = given;
    const told = { act: 'propose', who: await nameOf(tx, by), curator, byCurator: false, stintId } as const;
    const letter = (name: string) => ({
      key: `replacement-proposed ${key}`,
      template: 'replacement-proposed' as const,
      data: { ...about(tx, account, name, reason), ...told },
    });
    await this.toTeam(tx, account, [by], letter, ['approver']);
    const approvers = await this.people.holding(account.id, ['approver'], tx.manager);
    const asked = approvers.map(({ id }) => id);
    await this.team(tx, account, given, asked);
  }

  /**
   * Calls the team to a curator who asked for help: by the alert that its keepers chose, and by letter to whoever of the
   * team that alert leaves out. Nobody can silence it.
   */
  async help(tx: Tx, account: Account, stint: StintView, words: string, when: string): Promise<void> {
    const key = `${stint.id} ${tx.now.getTime()}`;
    const facts = { name: stint.shownName, path: `/team/${account.slug}/bad-day` };
    await this.alerts.tell(tx, { accountId: account.id, kind: 'panic', key: `panic ${key}`, facts, said: words });
    const { roles, silent } = await this.choices.of(tx, account.id);
    const alerted = silent.includes('panic') ? [] : await this.people.holding(account.id, roles, tx.manager);
    const letter = (name: string) => ({
      key: `curator-needs-help ${key}`,
      template: 'curator-needs-help' as const,
      data: { ...about(tx, account, name, words), curator: stint.shownName, when },
    });
    await this.toTeam(tx, account, [stint.personId, ...alerted.map(({ id }) => id)], letter);
  }

  private async toTeam<Name extends 'bad-day' | 'replacement-proposed' | 'curator-needs-help'>(
    tx: Tx,
    account: Account,
    without: string[],
    letter: (name: string) => { key: string; template: Name; data: Letters[Name] },
    roles: Role[] = TEAM,
  ): Promise<void> {
    for (const { id, name, email } of await this.people.holding(account.id, roles, tx.manager)) {
      if (!email || without.includes(id)) continue;
      const { key, template, data } = letter(name);
      await this.outbox.letter<'bad-day' | 'replacement-proposed' | 'curator-needs-help'>(tx, {
        key: `${key} ${id}`,
        accountId: account.id,
        cause: { kind: 'account', id: account.id },
        template,
        data,
        address: email,
        evidence: 'role',
        dueAt: tx.now,
      });
    }
  }
}

function about(tx: Tx, { handle, slug, zone }: Account, name: string, reason: string) {
  return { name, account: handle, slug, zone, at: tx.now.toISOString(), reason };
}

async function nameOf(tx: Tx, personId: string): Promise<string> {
  const [person] = await tx.query<{ name: string }>('SELECT name FROM persons WHERE id = $1', [personId]);
  return person?.name ?? 'Somebody';
}
