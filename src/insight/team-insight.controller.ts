import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NotFound } from '../platform/errors.js';
import { Allow } from '../web/allow.js';
import type { Bytes, Page } from '../web/answer.js';
import { Id } from '../web/id.js';
import { teamNavigation } from '../web/team-navigation.js';
import { InsightPages } from './insight-pages.service.js';
import { type ReadTurn, TurnsRead } from './turns-read.service.js';

/** How an account's turns did: a year of them, or one. */
@Controller('team/:account/insight')
@Allow('reviewer', 'organiser', 'approver', 'keeper')
export class TeamInsightController {
  constructor(
    private readonly accounts: Accounts,
    private readonly turns: TurnsRead,
    private readonly pages: InsightPages,
  ) {}

  @Get()
  async year(@Param('account') slug: string, @Query('year') year?: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return this.pages.year(account, year, baseOf(account), {
      title: `How turns on @${account.handle} did`,
      navigation: teamNavigation(account.slug, 'More'),
    });
  }

  @Get('plots/:file')
  async yearPlot(
    @Param('account') slug: string,
    @Param('file') file: string,
    @Query('year') year?: string,
  ): Promise<Bytes> {
    return this.pages.yearPlot(await this.accounts.bySlug(slug), year, file);
  }

  @Get(':id')
  async turn(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const turn = await this.of(account, id);
    return this.pages.turn(account, turn, `${baseOf(account)}/${id}`, {
      title: `How ${turn.name}’s turn did`,
      navigation: teamNavigation(account.slug, 'More'),
      back: { href: baseOf(account), text: 'All turns' },
    });
  }

  @Get(':id/plots/:file')
  async turnPlot(@Param('account') slug: string, @Id() id: string, @Param('file') file: string): Promise<Bytes> {
    const account = await this.accounts.bySlug(slug);
    return this.pages.turnPlot(account, await this.of(account, id), file);
  }

  private async of(account: Account, id: string): Promise<ReadTurn> {
    const turn = await this.turns.one(id);
    if (turn?.accountId !== account.id) throw new NotFound('There is no such turn.');
    return turn;
  }
}

function baseOf({ slug }: Account): string {
  return `/team/${slug}/insight`;
}
