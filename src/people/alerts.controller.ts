import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { ALERTS } from '../messages/alert-words.js';
import { Webhooks } from '../messages/webhooks.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { AlertChoices } from './alert-choices.service.js';
import { AlertPages, SHAPES } from './alert-pages.service.js';
import { Alerts } from './alerts.service.js';

const KINDS = ALERTS.map(({ kind }) => kind);
const several = <Item extends z.ZodType>(item: Item) => z.preprocess((given) => [given ?? []].flat(), z.array(item));
const choosing = z.object({
  kinds: several(z.enum(KINDS)),
  roles: several(z.enum(['reviewer', 'organiser', 'approver', 'keeper'])),
});
const adding = z.object({
  shape: z.enum(['slack', 'teams', 'json'], 'Select what it is for'),
  address: z.string('Enter the address').trim().min(1, 'Enter the address'),
});
const switching = z.object({ to: z.enum(['on', 'off']) });

/** What an account's team is told, by letter and webhook; keepers choose. */
@Controller('team/:account/alerts')
@Allow('keeper')
export class AlertsController {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly alerts: Alerts,
    private readonly choices: AlertChoices,
    private readonly pages: AlertPages,
    private readonly webhooks: Webhooks,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.page(slug, who);
  }

  @Post('choices')
  async choose(@Param('account') slug: string, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    const posted = readForm(choosing, body);
    if (!posted.ok) return this.page(slug, who, posted);
    const { kinds, roles } = posted.data;
    await this.choices.choose(await this.by(slug, who), {
      roles,
      silent: KINDS.filter((kind) => !kinds.includes(kind)),
    });
    return back(slug);
  }

  @Post('webhooks')
  async add(@Param('account') slug: string, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    const posted = readForm(adding, body);
    if (!posted.ok) return this.page(slug, who, posted);
    try {
      const key = await this.webhooks.add(await this.by(slug, who), posted.data);
      return key ? this.keyPage(slug, key) : back(slug);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return this.page(slug, who, { errors: formErrors(Object.entries(error.fields)), values: posted.values });
    }
  }

  @Post('webhooks/:id/switches')
  async turn(
    @Param('account') slug: string,
    @Id() id: string,
    @Who() who: Principal,
    @Body() body: unknown,
  ): Promise<Page | Redirect> {
    const posted = readForm(switching, body);
    if (!posted.ok) return this.page(slug, who, posted);
    await this.webhooks.turn(await this.by(slug, who), id, posted.data.to === 'on');
    return back(slug);
  }

  @Post('webhooks/:id/removals')
  async remove(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    await this.webhooks.remove(await this.by(slug, who), id);
    return back(slug);
  }

  @Post('tests')
  async test(@Param('account') slug: string, @Who() who: Principal): Promise<Redirect> {
    const { accountId } = await this.by(slug, who);
    const key = `test ${randomUUID()}`;
    await this.db.write((tx) => this.alerts.tell(tx, { accountId, kind: 'test', key, facts: {} }));
    return redirect(`/team/${slug}/alerts#test`);
  }

  private async page(slug: string, who: Principal, posted: object = {}): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const data = {
      title: 'Alerts',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      keeper: rolesOn(who, account.slug).includes('keeper'),
      shapes: SHAPES,
      ...(await this.pages.of(account)),
    };
    return page('people/pages/alerts.njk', { ...data, ...posted }, 'errors' in posted ? 422 : 200);
  }

  private async keyPage(slug: string, key: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const navigation = teamNavigation(account.slug, 'More');
    return page('people/pages/alert-key.njk', { title: 'Signing key', account, navigation, key });
  }

  private async by(slug: string, who: Principal) {
    return { accountId: (await this.accounts.bySlug(slug)).id, personId: who.personId };
  }
}

const back = (slug: string) => redirect(`/team/${slug}/alerts`);
