import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Tx } from '../platform/tx.js';
import { type Alert, alertWords } from './alert-words.js';
import type { CallOutcome } from './ending.js';
import type { Message } from './message.entity.js';
import { WebhookCaller } from './webhook-caller.service.js';
import { webhookBody } from './webhook-shapes.js';
import { Webhooks } from './webhooks.service.js';

/** Alerts to other services. Each may arrive more than once, under the same `Baton-Delivery`. */
@Injectable()
export class WebhookChannel {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly webhooks: Webhooks,
    private readonly caller: WebhookCaller,
  ) {}

  /** Reads where it goes in this transaction; gives the one call. The address is opened only inside the call. */
  async begin(tx: Tx, row: Message): Promise<() => Promise<CallOutcome>> {
    const webhook = await this.webhooks.sealed(tx, String(row.data.webhookId));
    if (!webhook)
      return async () => ({ kind: 'refused', why: 'gone', detail: 'The webhook is switched off or removed.' });
    const body = webhookBody(webhook.shape, this.told(row));
    const signature = this.webhooks.signingKey(webhook, (key) => signed(key, body, tx.real));
    const headers = { 'baton-delivery': row.id, ...(signature ? { 'baton-signature': signature } : {}) };
    return () => this.webhooks.address(webhook, (address) => this.caller.post(address, body, headers));
  }

  private told(row: Message) {
    const alert = row.data.alert as Alert;
    const words = alertWords(alert);
    const { text, href } = words.action;
    const action = { text, href: href.startsWith('/') ? `${this.runtime.publicUrl}${href}` : href };
    return { delivery: row.id, alert, words: { ...words, action } };
  }
}

/** `t=` seconds, `v1=` HMAC-SHA-256 in hex over the seconds, a full stop and the body. */
function signed(key: string, body: string, real: Date): string {
  const seconds = Math.floor(real.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}
