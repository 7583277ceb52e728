import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import { type Page, page } from '../web/answer.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Agreements } from './agreements.service.js';
import { Blackouts } from './blackouts.service.js';
import { offerLapses, offerStanding } from './offer.js';
import { Rota } from './rota.service.js';
import type { Again } from './slot-pages.service.js';
import { Stints, type StintView } from './stints.service.js';
import { stintTag } from './words.js';

/** The page of a turn for the team: what stands, what can be done, what was done. */
@Injectable()
export class StintPages {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly rota: Rota,
    private readonly agreements: Agreements,
    private readonly blackouts: Blackouts,
  ) {}

  /** Status 422 with what was wrong when given something to show again. */
  async show(account: Account, id: string, who: Principal, again: Again = {}): Promise<Page> {
    const stint = await this.stints.byId(id, account.id);
    const agreement = stint.agreementId ? await this.agreements.byId(stint.agreementId) : null;
    const data = {
      title: `${stint.personName}’s turn`,
      account,
      navigation: teamNavigation(account.slug, 'Rota'),
      stint,
      state: stintTag(stint),
      dates: timeRange(account.zone, stint, { zone: true, utc: true }),
      ...instants(account, stint),
      agreementVersion: agreement?.version ?? null,
      blackouts: await this.blackoutsOn(account, stint),
      history: await this.rota.history(account, { kind: 'stint', id }),
      ...this.may(account, stint, who, await this.db.now()),
      ...again,
    };
    return page('rota/pages/stint.njk', data, again.errors ? 422 : 200);
  }

  private may(account: Account, stint: StintView, who: Principal, now: Date) {
    const roles = rolesOn(who, account.slug);
    const mayOrganise = roles.includes('organiser');
    const own = stint.proposedBy === who.personId && !account.selfApproval;
    const deciding = roles.includes('approver') && stint.state === 'proposed';
    return {
      mayDecide: deciding && !own,
      isOwnProposal: deciding && own,
      mayChange: mayOrganise && ['proposed', 'offered', 'confirmed'].includes(stint.state),
      mayRenew: mayOrganise && stint.state === 'offered' && now < stint.endsAt,
      lapsed: offerStanding(stint, now) === 'lapsed',
    };
  }

  private async blackoutsOn(account: Account, stint: StintView): Promise<string[]> {
    const all = await this.blackouts.since(account.id, stint.startsAt);
    return all.filter(({ startsAt }) => startsAt < stint.endsAt).map(({ title }) => title);
  }
}

function instants({ zone }: Account, stint: StintView) {
  const at = (instant: Date | null) => (instant ? dateAndTime(zone, instant) : null);
  return {
    proposed: at(stint.proposedAt),
    approved: at(stint.approvedAt),
    confirmed: at(stint.confirmedAt),
    lapses: stint.state === 'offered' ? at(offerLapses(stint)) : null,
  };
}
