import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Vault } from '../credentials/vault.service.js';
import { Db } from '../platform/database.service.js';
import { hashOf } from '../platform/tokens.service.js';
import { lock } from '../platform/tx.js';
import { Application, HEALTH } from './application.entity.js';
import { Photos } from './photos.service.js';
import type { Answers } from './question.js';

/** What one page of the form adds. `undefined` leaves health or photo as they are, an empty one takes it off. */
export interface Page {
  question: string;
  answers: Partial<Answers>;
  health?: string;
  /** Name in Files. */
  photo?: string;
}

/** An account's form, and the application that this browser began. */
export interface Opened {
  account: Account;
  /** Whatever its state; null when there is none. */
  draft: Application | null;
}

/** Unfinished applications, found again by a cookie. */
@Injectable()
export class Drafts {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly vault: Vault,
    private readonly photos: Photos,
  ) {}

  /** Throws NotFound where no account has this slug. */
  async open(slug: string, cookie: string | undefined): Promise<Opened> {
    const account = await this.accounts.bySlug(slug);
    if (!cookie) return { account, draft: null };
    const found = { accountId: account.id, draftHash: hashOf(cookie) };
    return { account, draft: await this.db.manager.findOneBy(Application, found) };
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

  /** Adds a page's answers and gives all of them. Nothing happens to an application that is not a draft any more. */
  async save(draft: Application, page: Page): Promise<Answers> {
    const { answers, before } = await this.db.write([lock('applications', draft.id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id: draft.id });
      const before = fresh.photoFile;
      if (fresh.state !== 'draft') return { answers: fresh.answers, before };
      const answered = [...new Set([...(fresh.answers.answered ?? []), page.question])];
      fresh.answers = { ...fresh.answers, ...page.answers, answered };
      if (page.health !== undefined) fresh.health = this.sealed(fresh.id, page.health);
      if (page.photo !== undefined) fresh.photoFile = page.photo || null;
      await tx.manager.save(fresh);
      return { answers: fresh.answers, before };
    });
    await this.photos.forget(before);
    return answers;
  }

  /** Takes the photo off, and what was said about it. */
  async removePhoto(draft: Application): Promise<void> {
    const answers = { photoDescription: '', photoConsent: false };
    await this.save(draft, { question: 'photo', answers, photo: '' });
  }

  async discard(draft: Application): Promise<void> {
    await this.db.write((tx) => tx.query(`DELETE FROM applications WHERE id = $1 AND state = 'draft'`, [draft.id]));
    await this.photos.forget(draft.photoFile);
  }

  private sealed(id: string, health: string): Buffer | null {
    return health === '' ? null : this.vault.seal({ purpose: HEALTH, id }, health);
  }
}
