import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { Blackouts } from './blackouts.service.js';
import { type Candidate, Candidates } from './candidates.service.js';
import { type RotaWeek, rotaWeeks } from './rota.js';
import type { Slot } from './slot.entity.js';
import { Slots } from './slots.service.js';
import { isLive } from './stint.js';
import { Stints, type StintView } from './stints.service.js';
import { type Suits, suits } from './suits.js';
import { type HistoryLine, historyLine } from './words.js';

const DAY = 24 * 60 * 60_000;

/** A line of the rota with the names of its people. */
export type NamedWeek = Omit<RotaWeek, 'stints'> & { stints: StintView[]; reason: string | null };

/** An accepted person as the picker of a slot shows them. */
export type Choice = Candidate & { suits: Suits; warnings: Warning[] };
export type Warning = { kind: 'repeat' | 'coming'; startsAt: Date; endsAt: Date };

/** Reads the rota for the team's pages. */
@Injectable()
export class Rota {
  constructor(
    private readonly db: Db,
    private readonly slots: Slots,
    private readonly stints: Stints,
    private readonly blackouts: Blackouts,
    private readonly candidates: Candidates,
    private readonly audit: Audit,
  ) {}

  /** The coming weeks with their state, people and what is wrong. */
  async weeks(account: Account): Promise<NamedWeek[]> {
    const now = await this.db.now();
    const [from, to] = [after(now, -21), after(now, (settings.rotaWeeks + 1) * 7)];
    const stints = await this.stints.between(account.id, from, to);
    const slots = await this.slots.between(account.id, from, to);
    const lines = rotaWeeks({
      slots,
      stints,
      blackouts: await this.blackouts.since(account.id, now),
      pattern: account.slotPattern,
      zone: account.zone,
      now,
      weeks: settings.rotaWeeks,
    });
    const accepted = new Set<string | null>(
      (await this.candidates.accepted(account.id)).map((each) => each.applicationId),
    );
    return lines.map((line) => ({ ...named(line, stints, accepted), reason: reasonOf(slots, line) }));
  }

  /** The accepted people by name, each with how the slot suits them and what speaks against it. Nobody is ranked. */
  async choices(account: Account, slot: Slot): Promise<Choice[]> {
    const accepted = await this.candidates.accepted(account.id);
    const turns = await this.turnsNear(account.id, slot);
    return accepted.map((each) => ({
      ...each,
      suits: suits(each.availability, slot, account.zone),
      warnings: turns.filter((turn) => turn.personId === each.personId).map((turn) => warningOf(turn)),
    }));
  }

  /** What was done to a slot or a stint, the oldest first. */
  async history(account: Account, subject: { kind: 'slot' | 'stint'; id: string }): Promise<HistoryLine[]> {
    const entries = await this.audit.about(account.id, subject);
    const ids = entries.map((entry) => entry.actorId).filter((id) => id !== null);
    const rows = await this.db.query<{ id: string; name: string }>('SELECT id, name FROM persons WHERE id = ANY($1)', [
      ids,
    ]);
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return entries.map((entry) => historyLine(entry, names, account.zone));
  }

  /** The turns within the years in which a repeat gets a warning, and every one to come. */
  private async turnsNear(accountId: string, slot: Slot): Promise<StintView[]> {
    const from = after(slot.startsAt, -365.25 * settings.repeatTurnYears);
    const turns = await this.stints.between(accountId, from, after(slot.startsAt, 365.25 * settings.repeatTurnYears));
    return turns.filter(({ state }) => isLive(state) || state === 'ended');
  }
}

function named(line: RotaWeek, stints: StintView[], accepted: Set<string | null>): Omit<NamedWeek, 'reason'> {
  const people = line.stints.flatMap(({ id }) => stints.filter((stint) => stint.id === id));
  const gone = people.filter(({ state, applicationId }) => state !== 'active' && !accepted.has(applicationId));
  const problems = gone.map(({ personName }) => `${personName} is no longer an accepted applicant`);
  return { ...line, stints: people, problems: [...line.problems, ...problems] };
}

function reasonOf(slots: Slot[], { slotId }: RotaWeek): string | null {
  return slots.find(({ id }) => id === slotId)?.reason ?? null;
}

function warningOf({ state, startsAt, endsAt }: StintView): Warning {
  return { kind: state === 'ended' ? 'repeat' : 'coming', startsAt, endsAt };
}

function after(instant: Date, days: number): Date {
  return new Date(instant.getTime() + days * DAY);
}
