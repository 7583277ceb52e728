import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Accounts } from '../credentials/accounts.service.js';
import { People } from '../people/people.service.js';
import { Sessions } from '../people/sessions.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import { Tokens } from '../platform/tokens.service.js';
import { hoursOf, patternOf, type SetupForm } from './setup-form.js';

const PURPOSE = 'setup';
const SUBJECT = 'first-keeper';

/** The first keeper and the first account. Open only until a keeper exists, and only with the code from the terminal. */
@Injectable()
export class Setup {
  constructor(
    private readonly db: Db,
    private readonly tokens: Tokens,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  async open(): Promise<boolean> {
    const rows = await this.db.query(`SELECT 1 FROM roles WHERE role = 'keeper' LIMIT 1`);
    return rows.length === 0;
  }

  /** A code for the setup page, for a day; printed where the service was started. */
  async code(): Promise<string> {
    return this.db.write(async (tx) => {
      await this.tokens.revoke(tx, PURPOSE, SUBJECT);
      return this.tokens.mint(tx, PURPOSE, SUBJECT, new Date(tx.now.getTime() + 24 * 60 * 60_000));
    });
  }

  /** Makes the account and its keeper, and signs the keeper in; gives the slug and the session cookie's value. */
  async begin(form: SetupForm, device: string): Promise<{ slug: string; session: string }> {
    return this.db.write(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [PURPOSE]);
      const keepers = await tx.query(`SELECT 1 FROM roles WHERE role = 'keeper' LIMIT 1`);
      if (keepers.length > 0) throw new NotFound('Baton is set up already. Sign in instead.');
      const { state } = await this.tokens.use(tx, PURPOSE, form.code);
      if (state !== 'good')
        throw new NotAllowed('The setup code is wrong or too old. Start Baton again and use the link that it prints.');
      const account = await this.accounts.create(tx, {
        network: 'x',
        handle: form.handle,
        slug: form.handle.toLowerCase(),
        name: form.name,
        about: form.about,
        zone: form.zone,
        slotPattern: patternOf(form),
        postingHours: hoursOf(form),
        connection: form.connection,
        handOverBy: form.handOverBy,
        seats: 1,
        selfApproval: false,
        houseName: form.name,
        houseBio: '',
        hashtag: '',
        thanksPost: form.connection === 'api',
        helpContact: form.helpContact,
        retention: { applications: form.keepApplications, curators: form.keepCurators, letters: form.keepLetters },
      });
      const given = { email: form.keeperEmail, name: form.keeperName, shownName: form.keeperName, handle: null };
      const keeper = await this.people.known(tx, given);
      for (const role of ['keeper', 'organiser'] as const)
        await this.people.give(tx, keeper.id, account.id, role, null);
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: keeper.id },
        verb: 'account.created',
        subject: { kind: 'account', id: account.id },
      });
      tx.ring('rota.extend', account.id);
      return { slug: account.slug, session: await this.sessions.begin(tx, keeper.id, device, undefined) };
    });
  }
}
