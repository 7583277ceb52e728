import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Audit } from '../audit/audit.service.js';
import { People } from '../people/people.service.js';
import { SIGN_IN } from '../people/sign-in.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Tokens } from '../platform/tokens.service.js';

const QUARTER_HOUR_MS = 15 * 60_000;

/** A link to sign in without a letter, for when the mail server is away: made by whoever has the server in their hands. */
@Injectable()
export class WayIn {
  constructor(
    private readonly db: Db,
    private readonly people: People,
    private readonly tokens: Tokens,
    private readonly audit: Audit,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** The link works once, for a quarter of an hour. Throws NotFound for whoever has no role on any account. */
  async make(address: string): Promise<string> {
    const person = await this.people.byEmail(address);
    const held = person ? await this.db.query<{ accountId: string; slug: string }>(ACCOUNTS, [person.id]) : [];
    const [first] = held;
    if (!person || !first) throw new NotFound('Nobody on a team has this address.');
    return this.db.write(async (tx) => {
      const token = await this.tokens.mint(tx, SIGN_IN, person.id, new Date(tx.now.getTime() + QUARTER_HOUR_MS));
      for (const { accountId } of held) {
        await this.audit.record(tx, {
          accountId,
          actor: { kind: 'system' },
          verb: 'person.way-in-made',
          subject: { kind: 'person', id: person.id },
        });
      }
      return `${this.runtime.publicUrl}/sign-in/${token}?next=/team/${first.slug}`;
    });
  }
}

const ACCOUNTS = `
  SELECT DISTINCT a.id AS "accountId", a.slug FROM roles r JOIN accounts a ON a.id = r.account_id WHERE r.person_id = $1
  ORDER BY a.slug`;
