import { Injectable } from '@nestjs/common';
import { settings } from '../../../config/settings.js';
import type { Account } from '../../credentials/account.entity.js';
import { NetworkBudgets } from '../../credentials/network-budgets.service.js';
import { Db } from '../../platform/database.service.js';
import { roomFor } from './cadence.js';
import { Inbox, PAGE, type Which } from './inbox.service.js';
import { cardOf, looksView } from './mention-view.js';

const NO_MONEY =
  'The budget for calls to X is used up for today, so new mentions are not read before tomorrow. You can read them on X.';

/** What the pages of the inbox show. */
@Injectable()
export class InboxPages {
  constructor(
    private readonly db: Db,
    private readonly inbox: Inbox,
    private readonly budgets: NetworkBudgets,
  ) {}

  /** A page of the inbox for one person, or, with null, for the team, from whom nothing is hidden. */
  async of(account: Account, personId: string | null, which: Which) {
    const now = await this.db.now();
    const [rows, looks, use, away] = await Promise.all([
      this.inbox.list(account.id, personId, which),
      this.inbox.looks(account.id),
      this.budgets.used(account.id, now),
      personId ? this.inbox.hiddenCount(account.id, personId) : 0,
    ]);
    const shown = rows.slice(0, PAGE);
    return {
      account,
      which,
      away,
      looks: looksView(looks, account.zone, now),
      poor: roomFor(account.network, use, settings.mentionsPage) === 0 ? NO_MONEY : null,
      cards: shown.map((row) => cardOf(account, row, now)),
      older: rows.length > PAGE ? shown.at(-1)?.id : null,
      days: settings.mentionsKept / (24 * 60 * 60_000),
    };
  }
}
