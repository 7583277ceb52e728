import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Vault } from '../credentials/vault.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Files } from '../platform/files.service.js';
import { hashOf, Tokens } from '../platform/tokens.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { Application, HEALTH } from './application.entity.js';
import type { Answers } from './question.js';

export const RESUME = 'resume-application';
const RESUME_LIFE_MS = 14 * 24 * 60 * 60_000;

/** What one page of the form adds. `undefined` leaves health or photo as they are. */
export interface Page {
  question: string;
  answers: Partial<Answers>;
  health?: string;
  photo?: Buffer;
}

/** Unfinished applications, found again by a cookie. */
@Injectable()
export class Drafts {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly files: Files,
    private readonly outbox: Outbox,
    private readonly tokens: Tokens,
  ) {}

  /** The application behind a cookie, whatever its state; null when there is none. */
  async find(account: Account, cookie: string | undefined): Promise<Application | null> {
    if (!cookie) return null;
    return this.db.manager.findOneBy(Application, { accountId: account.id, draftHash: hashOf(cookie) });
  }

  /** Begins a draft; gives the cookie's value, once. */
  async begin(account: Account, answers: Answers): Promise<string> {
    const cookie = randomBytes(32).toString('base64url');
    await this.db.write((tx) =>
      tx.query(
        `INSERT INTO applications (account_id, state, draft_hash, answers, created_at) VALUES ($1, 'draft', $2, $3, $4)`,
        [account.id, hashOf(cookie), JSON.stringify(answers), tx.now],
      ),
    );
    return cookie;
  }

  /** Adds a page's answers. Nothing happens to an application that is not a draft any more. */
  async save(draft: Application, page: Page): Promise<void> {
    const photo = page.photo ? await this.files.keep(page.photo) : undefined;
    await this.db.write([lock('applications', draft.id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id: draft.id });
      if (fresh.state !== 'draft') return;
      const answered = [...new Set([...(fresh.answers.answered ?? []), page.question])];
      fresh.answers = { ...fresh.answers, ...page.answers, answered };
      if (page.health !== undefined) {
        fresh.health = page.health === '' ? null : this.vault.seal({ purpose: HEALTH, id: fresh.id }, page.health);
      }
      if (photo) fresh.photoFile = photo;
      await tx.manager.save(fresh);
    });
  }

  /** Takes the photo off. */
  async removePhoto(draft: Application): Promise<void> {
    await this.db.write((tx) =>
      tx.query(`UPDATE applications SET photo_file = NULL WHERE id = $1 AND state = 'draft'`, [draft.id]),
    );
  }

  async discard(draft: Application): Promise<void> {
    await this.db.write((tx) => tx.query(`DELETE FROM applications WHERE id = $1 AND state = 'draft'`, [draft.id]));
  }

  /** Sends a link to go on later, to the address given in the draft. At most one letter a minute. */
  async sendLink(account: Account, draft: Application): Promise<void> {
    const { name = '', email } = draft.answers;
    if (!email) return;
    await this.db.write(async (tx) => {
      await this.outbox.letter(tx, {
        key: `application ${draft.id} resume ${Math.floor(tx.real.getTime() / 60_000)}`,
        accountId: account.id,
        cause: { kind: 'application', id: draft.id },
        template: 'application-resume',
        data: {
          name,
          handle: account.handle,
          applicationId: draft.id,
          until: new Date(tx.now.getTime() + RESUME_LIFE_MS).toISOString(),
        },
        address: email,
        evidence: 'asked',
        dueAt: tx.now,
      });
    });
  }

  /** Uses a resume link up; gives a new cookie's value and where the form is, or null when the link is dead. */
  async resume(token: string): Promise<{ cookie: string; accountId: string } | null> {
    return this.db.write(async (tx) => {
      const found = await this.tokens.use(tx, RESUME, token);
      if (found.state !== 'good') return null;
      return this.rekey(tx, found.subject);
    });
  }

  private async rekey(tx: Tx, id: string): Promise<{ cookie: string; accountId: string } | null> {
    const cookie = randomBytes(32).toString('base64url');
    const [row] = await tx.query<{ account_id: string }>(
      `UPDATE applications SET draft_hash = $2 WHERE id = $1 AND state = 'draft' RETURNING account_id`,
      [id, hashOf(cookie)],
    );
    return row ? { cookie, accountId: row.account_id } : null;
  }
}
