import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { hashOf, Tokens } from '../platform/tokens.service.js';
import type { Application } from './application.entity.js';

export const RESUME = 'resume-application';
const RESUME_LIFE_MS = 14 * 24 * 60 * 60_000;

/** Coming back to an unfinished application by a link, e.g. on another device. */
@Injectable()
export class Resumptions {
  constructor(
    private readonly db: Db,
    private readonly outbox: Outbox,
    private readonly tokens: Tokens,
  ) {}

  /** Sends a link to go on later, to the address given in the draft. At most one letter a minute. */
  async sendLink(account: Account, draft: Application): Promise<void> {
    const { name = '', email } = draft.answers;
    if (!email) return;
    await this.db.write(async (tx) => {
      if (await this.outbox.enough(tx, email)) return;
      const until = new Date(tx.now.getTime() + RESUME_LIFE_MS).toISOString();
      await this.outbox.letter(tx, {
        key: `application ${draft.id} resume ${Math.floor(tx.real.getTime() / 60_000)}`,
        accountId: account.id,
        cause: { kind: 'application', id: draft.id },
        template: 'application-resume',
        data: { name, handle: account.handle, applicationId: draft.id, until, zone: account.zone },
        address: email,
        evidence: 'asked',
        dueAt: tx.now,
      });
    });
  }

  /** Uses a resume link up; gives a new cookie's value and whose form it is, or null when the link is dead. */
  async resume(token: string): Promise<{ cookie: string; accountId: string } | null> {
    return this.db.write(async (tx) => {
      const found = await this.tokens.use(tx, RESUME, token);
      if (found.state !== 'good') return null;
      const cookie = randomBytes(32).toString('base64url');
      const [row] = await tx.query<{ account_id: string }>(
        `UPDATE applications SET draft_hash = $2 WHERE id = $1 AND state = 'draft' RETURNING account_id`,
        [found.subject, hashOf(cookie)],
      );
      return row ? { cookie, accountId: row.account_id } : null;
    });
  }
}
