import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Vault } from '../credentials/vault.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid, NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { shownAddress, webhookProblem } from './webhook-address.js';
import { WebhookCaller } from './webhook-caller.service.js';
import type { WebhookShape } from './webhook-shapes.js';

/** Where alerts go, as pages show it: never the address, for whoever knows it can write there. */
export interface Webhook {
  id: string;
  shape: WebhookShape;
  /** Host and last four characters. */
  shown: string;
  offAt: Date | null;
}

interface SealedWebhook {
  id: string;
  shape: WebhookShape;
  address: Buffer;
  signingKey: Buffer | null;
}

/** Whose account it is and who decides. */
export interface By {
  accountId: string;
  personId: string;
}

/** The webhooks of an account. Their addresses and signing keys are sealed and opened only for the call. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly caller: WebhookCaller,
    private readonly audit: Audit,
  ) {}

  async of(accountId: string, reader: Pick<Db | Tx, 'query'> = this.db): Promise<Webhook[]> {
    return reader.query<Webhook>(
      'SELECT id, shape, shown, off_at AS "offAt" FROM webhooks WHERE account_id = $1 ORDER BY made_at, id',
      [accountId],
    );
  }

  /** Adds one. For JSON it gives the signing key, which nobody is shown again. Throws Invalid by the field `address`. */
  async add(by: By, given: { shape: WebhookShape; address: string }): Promise<string | null> {
    const problem = webhookProblem(given.address, this.caller.reach);
    if (problem) throw new Invalid('That address cannot be used.', { address: problem });
    const id = randomUUID();
    const key = given.shape === 'json' ? randomBytes(32).toString('base64url') : null;
    const shown = shownAddress(given.address);
    await this.db.write(async (tx) => {
      await tx.query(
        `INSERT INTO webhooks (id, account_id, shape, address, signing_key, shown, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          ...[id, by.accountId, given.shape, this.vault.seal(addressOf(id), given.address)],
          ...[key && this.vault.seal(keyOf(id), key), shown, tx.now, by.personId],
        ],
      );
      await this.record(tx, by, 'webhook.added', id, { shape: given.shape });
    });
    return key;
  }

  /** Switches one off or on again. What waits for one that is off is withdrawn. */
  async turn(by: By, id: string, on: boolean): Promise<void> {
    await this.db.write(async (tx) => {
      const changed = await tx.query(
        'UPDATE webhooks SET off_at = $3 WHERE id = $1 AND account_id = $2 AND (off_at IS NULL) <> $4 RETURNING id',
        [id, by.accountId, on ? null : tx.now, on],
      );
      if (changed.length === 0) return;
      if (!on) await this.withdraw(tx, id, 'The webhook was switched off.');
      await this.record(tx, by, on ? 'webhook.switched-on' : 'webhook.switched-off', id);
    });
  }

  /** Removes one with its sealed address. */
  async remove(by: By, id: string): Promise<void> {
    await this.db.write(async (tx) => {
      const gone = await tx.query('DELETE FROM webhooks WHERE id = $1 AND account_id = $2 RETURNING id', [
        id,
        by.accountId,
      ]);
      if (gone.length === 0) throw new NotFound('There is no such webhook.');
      await this.withdraw(tx, id, 'The webhook was removed.');
      await this.record(tx, by, 'webhook.removed', id);
    });
  }

  /** One that is on, still sealed; null when there is none. */
  async sealed(tx: Tx, id: string): Promise<SealedWebhook | null> {
    const [row] = await tx.query<SealedWebhook>(
      'SELECT id, shape, address, signing_key AS "signingKey" FROM webhooks WHERE id::text = $1 AND off_at IS NULL',
      [id],
    );
    return row ?? null;
  }

  address<T>({ id, address }: SealedWebhook, work: (plaintext: string) => T): T {
    return this.vault.use(addressOf(id), address, work);
  }

  /** Null where calls are not signed. */
  signingKey<T>({ id, signingKey }: SealedWebhook, work: (plaintext: string) => T): T | null {
    return signingKey && this.vault.use(keyOf(id), signingKey, work);
  }

  private async withdraw(tx: Tx, id: string, reason: string): Promise<void> {
    await tx.query(
      `UPDATE messages SET state = 'withdrawn', detail = $2, settled_at = $3
       WHERE channel = 'webhook' AND state = 'waiting' AND data ->> 'webhookId' = $1`,
      [id, reason, tx.now],
    );
  }

  private async record(tx: Tx, by: By, verb: `webhook.${string}`, id: string, detail: object = {}): Promise<void> {
    await this.audit.record(tx, {
      accountId: by.accountId,
      actor: { kind: 'person', id: by.personId },
      verb,
      subject: { kind: 'webhook', id },
      detail: { ...detail },
    });
  }
}

const addressOf = (id: string) => ({ purpose: 'webhook-address', id });
const keyOf = (id: string) => ({ purpose: 'webhook-signing-key', id });
