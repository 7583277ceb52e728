import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import type { ApplicationLetters } from '../messages/letters/applications.js';
import { Outbox } from '../messages/outbox.service.js';
import { emailKey, handleKey } from '../people/email.js';
import { People } from '../people/people.service.js';
import { Sessions } from '../people/sessions.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid } from '../platform/errors.js';
import { Tokens } from '../platform/tokens.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { Application } from './application.entity.js';
import { CONSENTS_VERSION, consentsIn, consentWords } from './consents.js';
import { nextOf, withoutUnasked } from './questions.js';

export const VERIFY = 'verify-application';

/** Sending an application in, and proving that its address is the applicant's own. */
@Injectable()
export class Submissions {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly tokens: Tokens,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  /** Sends a draft in. Doing it again does nothing more. Throws Invalid while a question is unanswered. */
  async submit(account: Account, draft: Application): Promise<void> {
    await this.db.write([lock('applications', draft.id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id: draft.id });
      if (fresh.state !== 'draft') return;
      const missing = nextOf(fresh.answers);
      if (missing) throw new Invalid(`Answer the question “${missing.title}” first.`);
      fresh.answers = withoutUnasked(fresh.answers);
      const { email = '', handle = '' } = fresh.answers;
      Object.assign(fresh, { state: 'unverified', email, emailKey: emailKey(email), submittedAt: tx.now });
      fresh.handleKey = handle ? handleKey(handle) : null;
      await tx.manager.save(fresh);
      await this.keepConsents(tx, fresh);
      await this.record(tx, fresh, 'application.submitted');
      await this.letter(tx, account, fresh, 'application-verify', `application ${fresh.id} verify`);
    });
  }

  /** Sends a fresh link for a dead one, if its application still waits for it. At most one letter a minute. */
  async sendAgain(applicationId: string): Promise<void> {
    await this.db.write([lock('applications', applicationId)], async (tx) => {
      const application = await tx.manager.findOneBy(Application, { id: applicationId });
      if (application?.state !== 'unverified') return;
      const account = await this.accounts.byId(application.accountId);
      const minute = Math.floor(tx.real.getTime() / 60_000);
      await this.letter(
        tx,
        account,
        application,
        'application-verify',
        `application ${applicationId} verify ${minute}`,
      );
    });
  }

  /** Uses the link up: the application joins or makes its person, who is signed in. Gives ids and the cookie's value. */
  async verify(token: string, device: string, before: string | undefined): Promise<{ id: string; session: string }> {
    const { subject } = await this.tokens.look(VERIFY, token);
    return this.db.write(subject ? [lock('applications', subject)] : [], async (tx) => {
      const found = await this.tokens.use(tx, VERIFY, token);
      if (found.state !== 'good') throw new Conflict('This link has been used or is too old.');
      const application = await tx.manager.findOneBy(Application, { id: found.subject });
      if (application?.state !== 'unverified' || !application.email) {
        throw new Conflict('This application has been confirmed or withdrawn already.');
      }
      const personId = await this.join(tx, application, application.email);
      return { id: application.id, session: await this.sessions.begin(tx, personId, device, before) };
    });
  }

  private async join(tx: Tx, application: Application, email: string): Promise<string> {
    const { name = '', shown, handle } = application.answers;
    const shownName = shown === 'anonymous' ? 'A curator' : (name.split(' ')[0] ?? name);
    const person = await this.people.known(tx, { email, name, shownName, handle: handle || null });
    // Somebody known already who now wants to be seen otherwise: the newest wish counts.
    await tx.query('UPDATE persons SET shown_name = $2 WHERE id = $1', [person.id, shownName]);
    await tx.manager.update(Application, application.id, {
      personId: person.id,
      state: 'waiting',
      verifiedAt: tx.now,
      draftHash: null,
    });
    await this.record(tx, application, 'application.verified', person.id);
    const account = await this.accounts.byId(application.accountId);
    await this.letter(tx, account, application, 'application-received', `application ${application.id} received`);
    return person.id;
  }

  private async keepConsents(tx: Tx, application: Application): Promise<void> {
    const given = consentsIn(application.answers, application.health !== null, application.photoFile !== null);
    for (const purpose of given) {
      await tx.query(
        'INSERT INTO consents (application_id, purpose, wording, version, given_at) VALUES ($1, $2, $3, $4, $5)',
        [application.id, purpose, consentWords[purpose], CONSENTS_VERSION, tx.now],
      );
    }
  }

  private async letter(
    tx: Tx,
    account: Account,
    application: Application,
    template: keyof ApplicationLetters & ('application-verify' | 'application-received'),
    key: string,
  ): Promise<void> {
    if (template === 'application-verify' && (await this.outbox.enough(tx, application.email ?? ''))) return;
    await this.outbox.letter(tx, {
      key,
      accountId: account.id,
      cause: { kind: 'application', id: application.id },
      template,
      data: { name: application.answers.name ?? '', handle: account.handle, applicationId: application.id },
      address: application.email ?? '',
      evidence: 'applied',
      dueAt: tx.now,
    });
  }

  private async record(
    tx: Tx,
    { id, accountId }: Application,
    verb: `application.${string}`,
    personId?: string,
  ): Promise<void> {
    const actor = personId ? ({ kind: 'person', id: personId } as const) : ({ kind: 'stranger' } as const);
    await this.audit.record(tx, { accountId, actor, verb, subject: { kind: 'application', id } });
  }
}
