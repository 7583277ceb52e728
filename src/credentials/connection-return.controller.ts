import { Controller, Get, Query } from '@nestjs/common';
import { Allow, Who } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Accounts } from './accounts.service.js';
import { Connections } from './connections.service.js';

/**
 * Where X sends a keeper's browser back to. It changes nothing: its page carries what X gave to a POST, so that no
 * pre-fetching browser and no preview can connect anything.
 */
@Controller('connection/callback')
@Allow('team')
export class ConnectionReturnController {
  constructor(
    private readonly accounts: Accounts,
    private readonly connections: Connections,
  ) {}

  @Get()
  async show(
    @Who() who: Principal,
    @Query('state') state = '',
    @Query('code') code = '',
    @Query('error') error = '',
  ): Promise<Page> {
    const { accountId } = await this.connections.look(String(state), who);
    const account = await this.accounts.byId(accountId);
    const denied = error !== '' || code === '';
    return page('credentials/pages/connection-return.njk', {
      title: denied ? 'Not connected' : 'Finish connecting',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      denied,
      why: error === 'access_denied' ? null : String(error),
      state: String(state),
      code: String(code),
    });
  }
}
