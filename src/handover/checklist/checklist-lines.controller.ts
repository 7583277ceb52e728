import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { readForm } from '../../web/form.js';
import type { Principal } from '../../web/principal.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { type KeptLine, whenInWords } from './line.js';
import { lineForm, typed } from './line-form.js';
import { ChecklistLines } from './lines.service.js';

/** The lines of an account's checklist: added, changed, switched off. */
@Controller('team/:account/checklist-lines')
@Allow('organiser', 'keeper')
export class ChecklistLinesController {
  constructor(
    private readonly accounts: Accounts,
    private readonly lines: ChecklistLines,
  ) {}

  @Get()
  async list(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const lines = (await this.lines.of(account.id)).map((line) => ({ ...line, when: whenInWords(line) }));
    return page('handover/pages/checklist-lines.njk', {
      ...frame(account, 'The checklist'),
      groups: [
        { title: 'For the curator', lines: lines.filter(({ doer }) => doer === 'curator') },
        { title: 'For the team', lines: lines.filter(({ doer }) => doer === 'team') },
      ],
    });
  }

  @Get('new')
  async empty(@Param('account') slug: string): Promise<Page> {
    return this.form(await this.accounts.bySlug(slug), null, {
      values: { doer: 'team', anchor: 'start', side: 'before' },
    });
  }

  @Post()
  async add(@Param('account') slug: string, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(lineForm, body);
    if (!posted.ok) return this.form(account, null, posted);
    await this.lines.add(account.id, posted.data, who.personId);
    return back(slug);
  }

  @Get('restoration')
  async ask(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return page('handover/pages/checklist-restoration.njk', frame(account, 'Go back to the standard checklist'));
  }

  @Post('restoration')
  async restore(@Param('account') slug: string, @Who() who: Principal): Promise<Redirect> {
    await this.lines.restore((await this.accounts.bySlug(slug)).id, who.personId);
    return back(slug);
  }

  @Get(':key')
  async one(@Param('account') slug: string, @Param('key') key: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const line = await this.lines.one(account.id, key);
    return this.form(account, line, { values: typed(line) });
  }

  @Post(':key')
  async change(
    @Param('account') slug: string,
    @Param('key') key: string,
    @Who() who: Principal,
    @Body() body: unknown,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const line = await this.lines.one(account.id, key);
    const posted = readForm(lineForm, body);
    if (!posted.ok) return this.form(account, line, posted);
    await this.lines.replace(account.id, key, posted.data, who.personId);
    return back(slug);
  }

  @Post(':key/off')
  async off(@Param('account') slug: string, @Param('key') key: string, @Who() who: Principal): Promise<Redirect> {
    await this.lines.switch((await this.accounts.bySlug(slug)).id, key, true, who.personId);
    return back(slug);
  }

  @Post(':key/on')
  async on(@Param('account') slug: string, @Param('key') key: string, @Who() who: Principal): Promise<Redirect> {
    await this.lines.switch((await this.accounts.bySlug(slug)).id, key, false, who.personId);
    return back(slug);
  }

  private form(account: Account, line: KeptLine | null, more: { errors?: unknown; values: unknown }): Page {
    const data = { ...frame(account, line ? 'Change this line' : 'Add a line to the checklist'), line, ...more };
    return page('handover/pages/checklist-line.njk', data, more.errors ? 422 : 200);
  }
}

function frame(account: Account, title: string) {
  return { title, account, navigation: teamNavigation(account.slug, 'Handovers') };
}

const back = (slug: string) => redirect(`/team/${slug}/checklist-lines`);
