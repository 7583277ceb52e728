import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { longDate, timeRange } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import { type Page, page } from '../web/answer.js';
import type { FormErrors } from '../web/form.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { type Choice, Rota } from './rota.service.js';
import type { Slot } from './slot.entity.js';
import { Slots } from './slots.service.js';
import { isLive } from './stint.js';
import { Stints, type StintView } from './stints.service.js';
import { slotTags, stintTag, suitsWords } from './words.js';

/** What was posted and has to be shown again. */
export type Again = { errors?: FormErrors; values?: Record<string, unknown> };

/** The page of a slot: who has it, who could have it, breaks, history. */
@Injectable()
export class SlotPages {
  constructor(
    private readonly db: Db,
    private readonly slots: Slots,
    private readonly stints: Stints,
    private readonly rota: Rota,
  ) {}

  /** Status 422 with what was wrong when given something to show again. */
  async show(account: Account, id: string, who: Principal, again: Again = {}): Promise<Page> {
    const slot = await this.slots.byId(account.id, id);
    const stints = await this.stints.ofSlot(id);
    const seat = freeSeat(account, stints);
    const open = (await this.db.now()) < slot.endsAt;
    const mayOrganise = rolesOn(who, account.slug).includes('organiser');
    const picking = mayOrganise && open && slot.kind === 'curator' && seat !== null;
    const choices = picking ? await this.rota.choices(account, slot) : [];
    const data = {
      title: `Slot from ${longDate(account.zone, slot.startsAt)}`,
      account,
      navigation: teamNavigation(account.slug, 'Rota'),
      slot,
      dates: timeRange(account.zone, slot, { zone: true, utc: true }),
      state: tagOf(slot, stints, open),
      stints: stints.map((stint) => ({ ...stint, tag: stintTag(stint), live: isLive(stint.state) })),
      seat,
      picking,
      choices: choices.map((choice) => choiceOf(account, choice)),
      mayBreak: mayOrganise && open && slot.kind === 'curator' && !stints.some(({ state }) => isLive(state)),
      mayEndBreak: mayOrganise && open && slot.kind === 'break',
      history: await this.rota.history(account, { kind: 'slot', id }),
      ...again,
    };
    return page('rota/pages/slot.njk', data, again.errors ? 422 : 200);
  }
}

function freeSeat(account: Account, stints: StintView[]): number | null {
  const taken = stints.filter(({ state }) => isLive(state)).map((stint) => stint.seat);
  const seats = Array.from({ length: account.seats }, (_, index) => index + 1);
  return seats.find((seat) => !taken.includes(seat)) ?? null;
}

function tagOf(slot: Slot, stints: StintView[], open: boolean) {
  const live = stints.find(({ state }) => isLive(state));
  if (slot.kind === 'break') return slotTags.break;
  if (live) return stintTag(live);
  return open ? slotTags.free : slotTags.past;
}

function choiceOf({ zone }: Account, choice: Choice) {
  const warnings = choice.warnings.map(({ kind, ...span }) =>
    kind === 'repeat'
      ? `Had a turn less than two years before: ${timeRange(zone, span)}`
      : `Has a turn already: ${timeRange(zone, span)}`,
  );
  return { ...choice, suits: suitsWords[choice.suits], cannot: choice.suits === 'unavailable', warnings };
}
