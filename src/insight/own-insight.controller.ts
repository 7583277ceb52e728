import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { NotFound } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import type { Bytes, Page } from '../web/answer.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { InsightPages } from './insight-pages.service.js';
import { type ReadTurn, TurnsRead } from './turns-read.service.js';

/** How a curator's own turn did. */
@Controller('me/stints/:id/insight')
@Allow('person')
export class OwnInsightController {
  constructor(
    private readonly accounts: Accounts,
    private readonly turns: TurnsRead,
    private readonly pages: InsightPages,
  ) {}

  @Get()
  async show(@Id() id: string, @Who() who: Principal): Promise<Page> {
    const turn = await this.own(id, who);
    const account = await this.accounts.byId(turn.accountId);
    const title = `How your turn on @${account.handle} did`;
    return this.pages.turn(account, turn, `/me/stints/${id}/insight`, {
      title,
      back: { href: '/me', text: 'Your page' },
    });
  }

  @Get('plots/:file')
  async plot(@Id() id: string, @Param('file') file: string, @Who() who: Principal): Promise<Bytes> {
    const turn = await this.own(id, who);
    return this.pages.turnPlot(await this.accounts.byId(turn.accountId), turn, file);
  }

  private async own(id: string, { personId }: Principal): Promise<ReadTurn> {
    const turn = (await this.turns.isOf(id, personId)) ? await this.turns.one(id) : null;
    if (!turn) throw new NotFound('You have no such turn.');
    return turn;
  }
}
