import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NotFound } from '../platform/errors.js';
import { aReason } from '../rota/forms.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type FormErrors, readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { type Act, byHandAct, overrideAct, suspensionAct } from './acts.js';
import { Control } from './control.service.js';
import { HandoverPages } from './handover-pages.service.js';
import { type StepName, stepsOf } from './steps.js';

interface Again {
  errors?: FormErrors;
  values?: Record<string, unknown>;
}

const why = z.object({ reason: aReason('Say why') });

/** Keeping a handover back, and settling a step that cannot go on by itself: each behind a page that says what it does. */
@Controller('team/:account/handovers/:id')
export class ControlController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: HandoverPages,
    private readonly control: Control,
  ) {}

  @Get('suspension')
  @Allow('organiser', 'keeper')
  askSuspend(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.ask(slug, id, suspensionAct);
  }

  @Post('suspension')
  @Allow('organiser', 'keeper')
  suspend(@Param('account') slug: string, @Id() id: string, @Body() body: unknown, @Who() who: Principal) {
    return this.does(slug, id, suspensionAct, body, (account, reason) =>
      this.control.suspend(account, id, reason, who.personId),
    );
  }

  @Post('resumption')
  @Allow('organiser', 'keeper')
  async resume(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    await this.control.resume(await this.accounts.bySlug(slug), id, who.personId);
    return back(slug, id);
  }

  @Get('steps/:step/override')
  @Allow('keeper')
  askOverride(@Param('account') slug: string, @Id() id: string, @Param('step') step: string): Promise<Page> {
    return this.ask(slug, id, overrideAct(stepOf(step)));
  }

  @Post('steps/:step/override')
  @Allow('keeper')
  override(
    @Param('account') slug: string,
    @Id() id: string,
    @Param('step') name: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const step = stepOf(name);
    return this.does(slug, id, overrideAct(step), body, (account, reason) =>
      this.control.override(account, id, step, reason, who.personId),
    );
  }

  @Get('steps/:step/by-hand')
  @Allow('organiser', 'keeper')
  askByHand(@Param('account') slug: string, @Id() id: string, @Param('step') step: string): Promise<Page> {
    return this.ask(slug, id, byHandAct(stepOf(step)));
  }

  @Post('steps/:step/by-hand')
  @Allow('organiser', 'keeper')
  byHand(
    @Param('account') slug: string,
    @Id() id: string,
    @Param('step') name: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const step = stepOf(name);
    return this.does(slug, id, byHandAct(step), body, (account, reason) =>
      this.control.byHand(account, id, step, reason, who.personId),
    );
  }

  @Post('steps/:step/retry')
  @Allow('organiser', 'keeper')
  async retry(
    @Param('account') slug: string,
    @Id() id: string,
    @Param('step') step: string,
    @Who() who: Principal,
  ): Promise<Redirect> {
    await this.control.retry(await this.accounts.bySlug(slug), id, stepOf(step), who.personId);
    return back(slug, id);
  }

  private async does(
    slug: string,
    id: string,
    act: Act,
    body: unknown,
    work: (account: Account, reason: string) => Promise<void>,
  ): Promise<Page | Redirect> {
    const posted = readForm(why, body);
    if (!posted.ok) return this.ask(slug, id, act, posted);
    await work(await this.accounts.bySlug(slug), posted.data.reason);
    return back(slug, id);
  }

  private async ask(slug: string, id: string, act: Act, again: Again = {}): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const { what, when } = await this.pages.one(account, id, false);
    const data = { account, navigation: teamNavigation(slug, 'Handovers'), id, what, when, ...act };
    return page('handover/pages/act.njk', { ...data, ...again }, again.errors ? 422 : 200);
  }
}

const back = (slug: string, id: string) => redirect(`/team/${slug}/handovers/${id}`);

function stepOf(name: string): StepName {
  const step = [...stepsOf.outgoing, ...stepsOf.incoming].find((each) => each === name);
  if (!step) throw new NotFound('There is no such step in a handover.');
  return step;
}
