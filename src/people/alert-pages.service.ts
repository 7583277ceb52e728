import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { ALERTS, alertWords } from '../messages/alert-words.js';
import { Message } from '../messages/message.entity.js';
import { shown } from '../messages/shown.js';
import type { WebhookShape } from '../messages/webhook-shapes.js';
import { Webhooks } from '../messages/webhooks.service.js';
import { Db } from '../platform/database.service.js';
import type { Role } from '../web/principal.js';
import { AlertChoices } from './alert-choices.service.js';
import { type AlertRow, Alerts, alertOf } from './alerts.service.js';

const LATELY = 20;
export const SHAPES: Record<WebhookShape, string> = { slack: 'Slack', teams: 'Microsoft Teams', json: 'Signed JSON' };
const ROLES: [role: Role, text: string][] = [
  ['keeper', 'Keepers'],
  ['organiser', 'Organisers'],
  ['approver', 'Approvers'],
  ['reviewer', 'Reviewers'],
];

/** What the page about alerts shows. */
@Injectable()
export class AlertPages {
  constructor(
    private readonly db: Db,
    private readonly choices: AlertChoices,
    private readonly webhooks: Webhooks,
    private readonly alerts: Alerts,
  ) {}

  async of(account: Account) {
    const { roles, silent } = await this.choices.of(this.db, account.id);
    const webhooks = await this.webhooks.of(account.id);
    return {
      alerts: ALERTS.map((alert) => ({ ...alert, on: !silent.includes(alert.kind) })),
      roles: ROLES.map(([role, text]) => ({ role, text, on: roles.includes(role) })),
      letters: listed(ROLES.filter(([role]) => roles.includes(role)).map(([, text]) => text.toLowerCase())),
      webhooks: webhooks.map((webhook) => ({ ...webhook, name: SHAPES[webhook.shape] })),
      test: await this.lastTest(account),
      lately: (await this.alerts.newest(account.id, LATELY)).map((row) => told(account, row)),
    };
  }

  /** When the last test was sent and what became of it, or null. */
  private async lastTest(account: Account) {
    const [test] = await this.alerts.newest(account.id, 1, 'test');
    if (!test) return null;
    const rows = await this.db.manager.find(Message, {
      where: { causeKind: 'alert', causeId: test.id },
      order: { channel: 'ASC', createdAt: 'ASC', id: 'ASC' },
    });
    const view = { slug: account.slug, handle: account.handle, zone: account.zone, addresses: true };
    return { when: dateAndTime(account.zone, test.openedAt), messages: rows.map((row) => shown(row, view)) };
  }
}

/** "keepers, organisers and approvers" */
function listed(names: string[]): string {
  return names.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

function told(account: Account, row: AlertRow) {
  const { title, lines, action } = alertWords(alertOf(account, row, 'first'));
  const lasts = row.closedAt === null;
  return {
    title,
    text: lines.join(' '),
    when: dateAndTime(account.zone, row.openedAt),
    times: row.told,
    lasts,
    action,
  };
}
