import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import type { Again } from '../rota/slot-pages.service.js';
import { Stints, type StintView } from '../rota/stints.service.js';
import { type Page, page } from '../web/answer.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { AccountHolds } from './account-holds.service.js';
import { type AccountAct, mayOnAccount, mayOnTurn, type TurnAct, type TurnFacts } from './bad-day.js';
import { accountChoices, actWords, type Choice, turnActWords, turnChoices } from './bad-day-view.js';
import { EarlyEnds } from './early-ends.service.js';
import { Panic } from './panic.service.js';
import { Replacements } from './replacements.service.js';

const DAY = 24 * 60 * 60_000;
const TEMPLATES = 'handover/pages';

/** A turn on the page for a bad day, with what can be done to it. */
interface TurnLine {
  stint: StintView;
  facts: TurnFacts;
  choices: Choice[];
}

/** The pages for a bad day: how it stands with the way back first, then what can be done, each saying what it does. */
@Injectable()
export class BadDayPages {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly holds: AccountHolds,
    private readonly ends: EarlyEnds,
    private readonly replacements: Replacements,
    private readonly panic: Panic,
  ) {}

  async start(account: Account, who: Principal, again: Again & { said?: boolean } = {}): Promise<Page> {
    const now = await this.db.now();
    const may = powers(account, who);
    const standing = await this.standing(account);
    const turns = await this.turns(account, now, may);
    const [waiting] = await this.db.query<{ count: number }>(HELD, [account.id]);
    const data = {
      ...frame(account, 'Bad day'),
      may,
      standing,
      calls: (await this.panic.calls(account.id)).map((call) => ({
        ...call,
        when: dateAndTime(account.zone, call.at),
      })),
      choices: may.act ? accountChoices(account, standing?.kind ?? null) : [],
      turns: turns.map((line) => this.lineOf(account, line)),
      waiting: waiting?.count ?? 0,
      key: randomUUID(),
      ...again,
    };
    return page(`${TEMPLATES}/bad-day.njk`, data, again.errors ? 422 : 200);
  }

  /** The page of an act on the account, which says what a press will do; a refusal where it makes no sense. */
  async askAccount(account: Account, act: AccountAct, again: Again = {}): Promise<Page> {
    const standing = await this.standing(account);
    const may = mayOnAccount(act, standing?.kind ?? null);
    const onDuty = await this.stints.current(account.id, await this.db.now());
    const words = actWords(
      account,
      act,
      onDuty.map(({ shownName }) => shownName),
    );
    const data = {
      ...frame(account, words.title),
      words,
      standing,
      act,
      refused: may.ok ? null : may.problem,
      ...again,
    };
    return page(`${TEMPLATES}/bad-day-act.njk`, data, again.errors ? 422 : may.ok ? 200 : 409);
  }

  /** The same for an act on a turn. */
  async askTurn(account: Account, act: TurnAct, stintId: string, again: Again = {}): Promise<Page> {
    const stint = await this.stints.byId(stintId, account.id);
    const now = await this.db.now();
    const facts = await this.ends.facts(stintId, now);
    const may = mayOnTurn(act, facts, now);
    const words = turnActWords(account, act, stint, facts);
    const standbys = act === 'replace' && may.ok ? await this.replacements.standbys(account, stint) : [];
    const data = {
      ...frame(account, words.title),
      words,
      act,
      stint,
      standbys: standbys.map((each) => ({
        ...each,
        warnings: each.warnings.map((span) => timeRange(account.zone, span)),
      })),
      refused: may.ok ? null : may.problem,
      ...again,
    };
    const template = act === 'replace' ? 'bad-day-replace' : 'bad-day-act';
    return page(`${TEMPLATES}/${template}.njk`, data, again.errors ? 422 : may.ok ? 200 : 409);
  }

  private async standing(account: Account) {
    const standing = await this.holds.standing(account.id);
    return standing && { ...standing, since: dateAndTime(account.zone, standing.startsAt, { zone: true }) };
  }

  /** The running turns, those that were ended early and have time left, and the next one. */
  private async turns(account: Account, now: Date, may: Powers): Promise<TurnLine[]> {
    const around = await this.stints.between(
      account.id,
      new Date(now.getTime() - 14 * DAY),
      new Date(now.getTime() + DAY),
    );
    const next = await this.stints.next(account.id, now);
    const near = [...around.filter(({ id }) => !next.some((each) => each.id === id)), ...next];
    const lines = await Promise.all(
      near.map(async (stint) => {
        const facts = await this.ends.facts(stint.id, now);
        return { stint, facts, choices: turnChoices(account, stint, facts, now, may) };
      }),
    );
    return lines.filter(({ stint, facts }) => isOfInterest(stint, facts, now));
  }

  private lineOf({ zone }: Account, { stint, facts, choices }: TurnLine) {
    const until = facts.plannedEnd && dateAndTime(zone, facts.plannedEnd, { zone: true });
    return {
      name: stint.personName,
      state: stint.state,
      how: stint.endedHow,
      dates: timeRange(zone, stint),
      until,
      choices,
    };
  }
}

/** What the reader may do here. */
export interface Powers {
  act: boolean;
  replace: boolean;
}

function powers({ slug }: Account, who: Principal): Powers {
  const roles = rolesOn(who, slug);
  const organises = roles.includes('organiser');
  return { act: organises || roles.includes('keeper'), replace: organises };
}

function isOfInterest({ state, endedHow }: StintView, { plannedEnd, slotEndsAt }: TurnFacts, now: Date): boolean {
  if (state === 'confirmed' || state === 'active') return true;
  const early = state === 'ended' && endedHow !== 'completed';
  return early && (now < slotEndsAt || (plannedEnd !== null && now < plannedEnd));
}

function frame(account: Account, title: string) {
  return { title, account, base: `/team/${account.slug}/bad-day`, navigation: teamNavigation(account.slug, 'Bad day') };
}

const HELD = `SELECT count(*)::int AS count FROM messages WHERE account_id = $1 AND channel = 'post' AND state = 'held'`;
