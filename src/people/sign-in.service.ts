import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import { Tokens } from '../platform/tokens.service.js';
import { lock } from '../platform/tx.js';
import { People } from './people.service.js';
import { Sessions } from './sessions.service.js';

export const SIGN_IN = 'sign-in';

/** Signing in by a one-time link in a letter: a GET shows a button, only its POST signs in. */
@Injectable()
export class SignIn {
  constructor(
    private readonly db: Db,
    private readonly tokens: Tokens,
    private readonly sessions: Sessions,
    private readonly people: People,
    private readonly outbox: Outbox,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Sends a link when the address is known; says the same either way. At most one letter a minute per person. */
  async ask(address: string, next: string): Promise<void> {
    const person = await this.people.byEmail(address);
    if (!person?.email) return;
    const { id, name, email } = person;
    await this.db.write([lock('persons', id)], async (tx) => {
      const minute = Math.floor(tx.real.getTime() / 60_000);
      await this.outbox.letter(tx, {
        key: `sign-in ${id} ${minute}`,
        accountId: null,
        cause: { kind: 'person', id },
        template: 'sign-in',
        data: {
          name,
          personId: id,
          service: this.runtime.env.BRAND_NAME,
          next: next === '/' ? '' : `?next=${encodeURIComponent(next)}`,
        },
        address: email,
        evidence: 'asked',
        dueAt: tx.now,
      });
    });
  }

  /** Uses the link up and begins a session; gives the cookie's value. */
  async begin(token: string, device: string, before: string | undefined): Promise<string> {
    return this.db.write(async (tx) => {
      const found = await this.tokens.use(tx, SIGN_IN, token);
      if (found.state !== 'good') throw new Conflict('This link has been used or is too old. Ask for a new one.');
      return this.sessions.begin(tx, found.subject, device, before);
    });
  }
}
