import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { textLength } from '../networks/text.js';
import { aReason } from '../rota/forms.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, readForm } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { AccountHolds } from './account-holds.service.js';
import type { AccountAct } from './bad-day.js';
import { BadDayPages } from './bad-day-pages.service.js';

const plain = z.object({ reason: aReason('Say why') });
const pausing = plain.extend({
  publicMessage: z
    .string()
    .trim()
    .max(300, 'Keep it to 300 characters')
    .default('')
    .transform((text) => text || null),
});
const speaking = z.object({ key: z.uuid(), text: z.string().transform((text) => text.replace(/\r\n/g, '\n').trim()) });

/** The page for a bad day, and the acts on the whole account: pausing, taking over, and the way back. */
@Controller('team/:account/bad-day')
@Allow('organiser', 'keeper')
export class BadDayController {
  constructor(
    private readonly accounts: Accounts,
    private readonly holds: AccountHolds,
    private readonly pages: BadDayPages,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async start(@Param('account') slug: string, @Who() who: Principal, @Query('said') said?: string): Promise<Page> {
    return this.pages.start(await this.accounts.bySlug(slug), who, { said: said === 'yes' });
  }

  @Get('pause')
  askPause(@Param('account') slug: string): Promise<Page> {
    return this.ask(slug, 'pause');
  }

  @Post('pause')
  pause(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    return this.act(slug, 'pause', body, who);
  }

  @Get('pause/end')
  askLift(@Param('account') slug: string): Promise<Page> {
    return this.ask(slug, 'lift');
  }

  @Post('pause/end')
  lift(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    return this.act(slug, 'lift', body, who);
  }

  @Get('take-over')
  askTakeOver(@Param('account') slug: string): Promise<Page> {
    return this.ask(slug, 'take-over');
  }

  @Post('take-over')
  takeOver(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    return this.act(slug, 'take-over', body, who);
  }

  @Get('take-over/end')
  askGiveBack(@Param('account') slug: string): Promise<Page> {
    return this.ask(slug, 'give-back');
  }

  @Post('take-over/end')
  giveBack(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    return this.act(slug, 'give-back', body, who);
  }

  /** A post in the house voice while the team has taken over. */
  @Post('house-posts')
  async say(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(speaking, body);
    const { values } = posted;
    const problem = posted.ok ? unsendable(posted.data.text) : 'Reload the page and write the post again';
    if (!posted.ok || problem) {
      return this.pages.start(account, who, { errors: formErrors([['text', problem ?? '']]), values });
    }
    await this.holds.say(account, posted.data, who.personId);
    return redirect(`/team/${account.slug}/bad-day?said=yes`);
  }

  private async ask(slug: string, act: AccountAct): Promise<Page> {
    return this.pages.askAccount(await this.accounts.bySlug(slug), act);
  }

  private async act(slug: string, act: AccountAct, body: unknown, who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = act === 'pause' ? readForm(pausing, body) : readForm(plain, body);
    if (!posted.ok) return this.pages.askAccount(account, act, posted);
    await this.holds.act(account, act, posted.data, who.personId);
    return redirect(`/team/${account.slug}/bad-day`);
  }
}

function unsendable(text: string): string | null {
  if (text === '') return 'Write what the house should say';
  const { length, max, valid } = textLength('x', text);
  if (length > max) return `Your post is ${length - max} characters too long`;
  return valid ? null : 'Your post holds an invisible character that X does not take. Type it anew';
}
