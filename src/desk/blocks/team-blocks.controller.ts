import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Accounts } from '../../credentials/accounts.service.js';
import { Allow, Who } from '../../web/allow.js';
import { Bytes, type Page, type Redirect } from '../../web/answer.js';
import { csvLine } from '../../web/csv.js';
import { Id } from '../../web/id.js';
import type { Principal } from '../../web/principal.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { KINDS, REASONS } from './block.js';
import { BlockPages, type Seat } from './block-pages.service.js';
import { type Block, Blocks } from './blocks.service.js';

/** The same log for the team, who may keep an entry for good and take the log away. */
@Controller('team/:account')
@Allow('organiser', 'keeper')
export class TeamBlocksController {
  constructor(
    private readonly accounts: Accounts,
    private readonly blocks: Blocks,
    private readonly pages: BlockPages,
  ) {}

  @Get('blocks')
  async list(@Param('account') slug: string, @Who() who: Principal, @Query() query: unknown): Promise<Page> {
    return this.pages.list(await this.seat(slug, who), query);
  }

  /** For a spreadsheet: what is in force on the network, the expired too. */
  @Get('blocks.csv')
  async csv(@Param('account') slug: string): Promise<Bytes> {
    const { id } = await this.accounts.bySlug(slug);
    const head = csvLine(['handle', 'what', 'why', 'note', 'post', 'made', 'by', 'expires', 'kept because']);
    const lines = (await this.blocks.inForce(id)).map((block) => csvLine(cellsOf(block)));
    return taken(`${head}${lines.join('')}`, 'text/csv; charset=utf-8', `blocks-${slug}.csv`);
  }

  /** The handles alone, one in a line, as other programs take them. */
  @Get('blocks.txt')
  async text(@Param('account') slug: string): Promise<Bytes> {
    const { id } = await this.accounts.bySlug(slug);
    const handles = (await this.blocks.inForce(id)).map(({ handle }) => `${handle}\n`);
    return taken(handles.join(''), 'text/plain; charset=utf-8', `blocks-${slug}.txt`);
  }

  @Post('blocks')
  async add(@Param('account') slug: string, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    return this.pages.add(await this.seat(slug, who), body);
  }

  @Get('blocks/:block')
  async one(@Param('account') slug: string, @Id('block') id: string, @Who() who: Principal): Promise<Page> {
    return this.pages.one(await this.seat(slug, who), id);
  }

  @Post('blocks/:block/ends')
  async end(@Param('account') slug: string, @Id('block') id: string, @Who() who: Principal): Promise<Redirect> {
    return this.pages.end(await this.seat(slug, who), id);
  }

  @Post('blocks/:block/keeps')
  async keep(
    @Param('account') slug: string,
    @Id('block') id: string,
    @Who() who: Principal,
    @Body() body: unknown,
  ): Promise<Page | Redirect> {
    return this.pages.keep(await this.seat(slug, who), id, body);
  }

  private async seat(slug: string, who: Principal): Promise<Seat> {
    const account = await this.accounts.bySlug(slug);
    const navigation = teamNavigation(account.slug, 'More');
    return { account, by: { personId: who.personId, turn: null }, base: `/team/${account.slug}/blocks`, navigation };
  }
}

function cellsOf({ handle, kind, reason, note, link, madeAt, madeBy, expiresAt, keptBecause }: Block): string[] {
  const [made, expires] = [madeAt.toISOString(), expiresAt?.toISOString() ?? ''];
  return [handle, KINDS[kind], REASONS[reason], note, link ?? '', made, madeBy, expires, keptBecause ?? ''];
}

function taken(text: string, type: string, name: string): Bytes {
  const headers = { 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' };
  return new Bytes(text, type, headers);
}
