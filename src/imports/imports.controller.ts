import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, uploadOf } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import type { FittedLine } from './fitting.js';
import { Imports, isReady, type Preview } from './imports.service.js';
import { decoded, type Unreadable } from './sheet.js';
import { Undoing } from './undoing.service.js';

/** Characters: some twelve hundred turns. */
const LONGEST = 90_000;
const TOO_LARGE = `The file is larger than ${settings.pictureBytes / 1024 ** 2} MB. Import it year by year, or save only the columns that are read`;

/** Bringing in the rota from before Baton: a spreadsheet, how it is read, and the way back. For organisers and keepers. */
@Controller('team/:account/rota/imports')
export class ImportsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly imports: Imports,
    private readonly undoing: Undoing,
  ) {}

  @Get()
  @Allow('organiser', 'keeper')
  async list(@Param('account') slug: string): Promise<Page> {
    return this.show(await this.accounts.bySlug(slug));
  }

  /** Shows how a spreadsheet would be read. Nothing is kept. */
  @Post('previews')
  @Allow('organiser', 'keeper')
  async preview(@Param('account') slug: string, @Body() body: unknown): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    if (uploadOf(body, 'file')?.truncated) return this.show(account, TOO_LARGE, '', 'file');
    const text = textIn(body);
    if (text.trim() === '') return this.show(account, 'Choose a file, or paste the lines of the spreadsheet', text);
    if (text.length > LONGEST)
      return this.show(account, 'The spreadsheet is longer than 90,000 characters. Import it year by year');
    return this.answer(account, text, await this.imports.preview(account, text));
  }

  @Post()
  @Allow('organiser', 'keeper')
  async make(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const text = textIn(body);
    const made = await this.imports.make(account, text, who.personId);
    if (typeof made !== 'string') return this.answer(account, text, made);
    return redirect(`/team/${account.slug}/rota/imports`);
  }

  @Get(':id/undo')
  @Allow('organiser', 'keeper')
  async ask(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const made = await this.imports.byId(account.id, id);
    return page('imports/pages/undo.njk', {
      ...this.frame(account, 'Undo this import'),
      made: this.row(account, made),
    });
  }

  @Post(':id/undone')
  @Allow('organiser', 'keeper')
  async undo(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.undoing.undo(account, id, who.personId);
    return redirect(`/team/${account.slug}/rota/imports`);
  }

  private answer(account: Account, text: string, preview: Preview | Unreadable): Page | Promise<Page> {
    if ('problem' in preview) return this.show(account, preview.problem, text);
    const lines = preview.lines.map((line) => lineOf(account, line));
    const data = {
      ...this.frame(account, 'How the spreadsheet is read'),
      ...preview,
      text,
      lines,
      ready: isReady(preview),
      turns: preview.lines.filter(({ turn }) => turn).length,
      problems: lines.filter(({ problem }) => problem),
    };
    return page('imports/pages/preview.njk', data, data.problems.length > 0 ? 422 : 200);
  }

  private async show(account: Account, problem?: string, text = '', field = 'text'): Promise<Page> {
    const all = await this.imports.all(account.id);
    const data = {
      ...this.frame(account, 'Import the rota from before'),
      imports: all.map((made) => this.row(account, made)),
      values: { text },
      ...(problem ? { errors: formErrors([[field, problem]]) } : {}),
    };
    return page('imports/pages/imports.njk', data, problem ? 422 : 200);
  }

  private frame(account: Account, title: string) {
    return { title, account, navigation: teamNavigation(account.slug, 'Rota') };
  }

  private row({ zone }: Account, made: { importedAt: Date; undoneAt: Date | null }) {
    const undone = made.undoneAt && dateAndTime(zone, made.undoneAt);
    return { ...made, imported: dateAndTime(zone, made.importedAt), undone };
  }
}

/** A file counts before what was pasted. */
function textIn(body: unknown): string {
  const upload = uploadOf(body, 'file');
  return upload ? decoded(upload.bytes) : String((body as Record<string, unknown> | undefined)?.text ?? '');
}

function lineOf({ zone }: Account, { line, turn, problem, remark }: FittedLine) {
  const span = turn && timeRange(zone, turn);
  return {
    line,
    problem,
    remark,
    name: turn?.name,
    shown: turn?.shownName,
    handle: turn?.handle,
    note: turn?.note,
    span,
  };
}
