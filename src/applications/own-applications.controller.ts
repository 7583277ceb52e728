import { Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { NotFound } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import type { Principal } from '../web/principal.js';
import type { Application } from './application.entity.js';
import type { ConsentPurpose } from './consents.js';
import { Erasures } from './erasures.service.js';
import { OwnApplications } from './own-applications.service.js';
import { checkRows, states } from './shown.js';

const purposes = z.enum(['holding', 'health', 'photo', 'direct-messages'] satisfies ConsentPurpose[]);

/** Where an application stands, and taking it back: for the applicant alone. */
@Controller('me/applications/:id')
@Allow('person')
export class OwnApplicationsController {
  constructor(
    private readonly own: OwnApplications,
    private readonly erasures: Erasures,
    private readonly accounts: Accounts,
  ) {}

  @Get()
  async show(@Param('id') id: string, @Who() who: Principal): Promise<Page> {
    const application = await this.find(id, who);
    const account = await this.accounts.byId(application.accountId);
    const consents = await this.own.consents(application.id);
    const { state, message } = await this.own.standing(application);
    const when = (instant: Date | null) => (instant ? dateAndTime(account.zone, instant) : null);
    return page('applications/pages/status.njk', {
      title: `Your application to @${account.handle}`,
      account,
      application,
      standing: state,
      state: states[state],
      message,
      submitted: when(application.submittedAt),
      rows:
        application.state === 'erased'
          ? []
          : checkRows(application.answers, application.health !== null, application.photoFile !== null),
      consents: consents.map((each) => ({
        ...each,
        given: when(each.givenAt),
        withdrawn: when(each.withdrawnAt),
        canGo: each.purpose !== 'guidelines' && !each.withdrawnAt,
      })),
    });
  }

  @Get('consents/:purpose/withdrawal')
  async askConsent(@Param('id') id: string, @Param('purpose') purpose: string, @Who() who: Principal): Promise<Page> {
    const application = await this.find(id, who);
    return this.ask(application, 'consent', this.purposeOf(purpose));
  }

  @Post('consents/:purpose/withdrawal')
  async takeBack(@Param('id') id: string, @Param('purpose') purpose: string, @Who() who: Principal): Promise<Redirect> {
    const application = await this.find(id, who);
    const taken = this.purposeOf(purpose);
    if (taken === 'holding') return this.erased(application, who);
    await this.own.takeBack(application, taken, who.personId);
    return redirect(`/me/applications/${id}`);
  }

  @Get('withdrawal')
  async askWithdraw(@Param('id') id: string, @Who() who: Principal): Promise<Page> {
    return this.ask(await this.find(id, who), 'withdrawal');
  }

  @Post('withdrawal')
  async withdraw(@Param('id') id: string, @Who() who: Principal): Promise<Redirect> {
    const application = await this.find(id, who);
    await this.own.withdraw(await this.accounts.byId(application.accountId), application, who.personId);
    return redirect(`/me/applications/${id}`);
  }

  @Get('erasure')
  async askErase(@Param('id') id: string, @Who() who: Principal): Promise<Page> {
    return this.ask(await this.find(id, who), 'erasure');
  }

  @Post('erasure')
  async erase(@Param('id') id: string, @Who() who: Principal): Promise<Redirect> {
    return this.erased(await this.find(id, who), who);
  }

  private async erased(application: Application, who: Principal): Promise<Redirect> {
    await this.erasures.erase(application, who.personId);
    return redirect('/applications/erased');
  }

  private async ask(
    application: Application,
    what: 'consent' | 'withdrawal' | 'erasure',
    purpose?: string,
  ): Promise<Page> {
    const account = await this.accounts.byId(application.accountId);
    const titles = {
      consent: 'Take this consent back?',
      withdrawal: 'Withdraw your application?',
      erasure: 'Erase your application?',
    };
    return page('applications/pages/sure.njk', { title: titles[what], account, application, what, purpose });
  }

  private async find(id: string, who: Principal): Promise<Application> {
    const parsed = z.uuid().safeParse(id);
    if (!parsed.success) throw new NotFound('There is no such application of yours.');
    return this.own.find(parsed.data, who.personId);
  }

  private purposeOf(purpose: string): z.output<typeof purposes> {
    const parsed = purposes.safeParse(purpose);
    if (!parsed.success) throw new NotFound('There is no such consent.');
    return parsed.data;
  }
}
