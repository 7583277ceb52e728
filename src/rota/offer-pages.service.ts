import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { hoursInWords } from '../credentials/hours.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, readForm } from '../web/form.js';
import { Agreements } from './agreements.service.js';
import { offerLapses } from './offer.js';
import { handOverWords, paragraphs, turnDates } from './offer-page.js';
import { type Claim, type OfferFound, Offers } from './offers.service.js';
import type { Again } from './slot-pages.service.js';
import type { StintView } from './stints.service.js';
import { stintTag } from './words.js';

const confirming = z.object({
  agree: z.literal('yes', 'Tick the box if you agree'),
  goAhead: z.literal('yes', 'Tick the box if you still want to go ahead'),
  revision: z.coerce.number().int(),
  agreementId: z.string().transform((id) => id || null),
});
const declining = z.object({ reason: z.string().trim().max(1000, 'Keep it to 1,000 characters').default('') });

/** The pages on which a curator reads and answers an offer, by link or signed in. `base` is the page's own address. */
@Injectable()
export class OfferPages {
  constructor(
    private readonly offers: Offers,
    private readonly accounts: Accounts,
    private readonly agreements: Agreements,
  ) {}

  async look(claim: Claim, base: string): Promise<Page> {
    const found = await this.offers.look(claim);
    return found.stint && found.open ? this.openPage(found.stint, base) : this.closedPage(found);
  }

  async confirm(claim: Claim, base: string, body: unknown): Promise<Page | Redirect> {
    const found = await this.offers.look(claim);
    if (!found.stint || !found.open) return this.closedPage(found, 409);
    const posted = readForm(confirming, body);
    if (!posted.ok) return this.openPage(found.stint, base, posted);
    const agreement = await this.agreements.current(found.stint.accountId);
    if ((agreement?.id ?? null) !== posted.data.agreementId) {
      return this.openPage(found.stint, base, {
        errors: formErrors([['agree', 'The agreement has changed. Read it again and tick the box if you agree']]),
      });
    }
    await this.offers.confirm(claim, posted.data);
    return redirect(base);
  }

  async decline(claim: Claim, base: string, body: unknown): Promise<Page | Redirect> {
    const found = await this.offers.look(claim);
    if (!found.stint || !found.open) return this.closedPage(found, 409);
    const posted = readForm(declining, body);
    if (!posted.ok) return this.openPage(found.stint, base, posted);
    await this.offers.decline(claim, posted.data.reason);
    return redirect(base);
  }

  private async openPage(stint: StintView, base: string, again: Again = {}): Promise<Page> {
    const account = await this.accounts.byId(stint.accountId);
    const agreement = await this.agreements.current(account.id);
    const data = {
      title: `Your turn on @${account.handle}`,
      account,
      stint,
      base,
      dates: turnDates(stint),
      hours: account.postingHours ? hoursInWords(account.postingHours) : [],
      handOver: handOverWords[account.handOverBy],
      answerBy: dateAndTime(account.zone, offerLapses(stint), { zone: true }),
      agreement: agreement && { ...agreement, paragraphs: paragraphs(agreement.text) },
      ...again,
    };
    return page('rota/pages/offer.njk', data, again.errors ? 422 : 200);
  }

  private async closedPage({ stint, standing, token }: OfferFound, refused?: number): Promise<Page> {
    if (!stint)
      return page('rota/pages/turn.njk', { title: 'This link does not work', reading: 'unknown' }, refused ?? 404);
    const account = await this.accounts.byId(stint.accountId);
    const reading = standing === 'open' ? 'link-dead' : standing;
    const dead = token !== null && token !== 'good' && (reading === 'link-dead' || reading === 'lapsed');
    const data = {
      title: TITLES[reading ?? 'unknown'],
      reading,
      account,
      stint,
      dates: turnDates(stint),
      tag: stintTag(stint),
    };
    return page('rota/pages/turn.njk', data, refused ?? (dead ? 410 : 200));
  }
}

const TITLES: Record<string, string> = {
  'link-dead': 'This link no longer works',
  lapsed: 'This offer has lapsed',
  'not-yet': 'This turn has not been offered yet',
  confirmed: 'Your turn is confirmed',
  declined: 'You declined this offer',
  withdrawn: 'This offer was withdrawn',
  cancelled: 'This turn was cancelled',
  running: 'Your turn has started',
  ended: 'Your turn is over',
  unknown: 'This link does not work',
};
