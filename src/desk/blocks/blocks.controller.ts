import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow, Who } from '../../web/allow.js';
import type { Page, Redirect } from '../../web/answer.js';
import { Id } from '../../web/id.js';
import type { Principal } from '../../web/principal.js';
import { DeskPages } from '../desk-pages.service.js';
import { BlockPages, type Seat } from './block-pages.service.js';

const NOT_ON_DUTY = 'The log of blocks is for the person on duty. You can read it while it is your turn.';

/** Whom the account has blocked or muted, for the person on duty. */
@Controller(':account/desk/blocks')
@Allow('person')
export class BlocksController {
  constructor(
    private readonly desks: DeskPages,
    private readonly pages: BlockPages,
  ) {}

  @Get()
  async list(@Param('account') slug: string, @Who() who: Principal, @Query() query: unknown): Promise<Page> {
    return this.pages.list(await this.seat(slug, who), query);
  }

  @Post()
  async add(@Param('account') slug: string, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    return this.pages.add(await this.seat(slug, who), body);
  }

  @Get(':block')
  async one(@Param('account') slug: string, @Id('block') id: string, @Who() who: Principal): Promise<Page> {
    return this.pages.one(await this.seat(slug, who), id);
  }

  @Post(':block/ends')
  async end(@Param('account') slug: string, @Id('block') id: string, @Who() who: Principal): Promise<Redirect> {
    return this.pages.end(await this.seat(slug, who), id);
  }

  @Post(':block/keeps')
  async keep(
    @Param('account') slug: string,
    @Id('block') id: string,
    @Who() who: Principal,
    @Body() body: unknown,
  ): Promise<Page | Redirect> {
    return this.pages.keep(await this.seat(slug, who), id, body);
  }

  private async seat(slug: string, who: Principal): Promise<Seat> {
    const { account, turn } = await this.desks.sitOnDuty(slug, who, NOT_ON_DUTY);
    return { account, by: { personId: who.personId, turn }, base: `/${account.slug}/desk/blocks` };
  }
}
