import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { Grants } from '../credentials/grants.service.js';
import { type Grantee, Reveals } from '../credentials/reveals.service.js';
import { Secrets } from '../credentials/secrets.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import { type AccessShown, accessWords, passwordWords } from './credentials-view.js';

interface OwnTurn {
  stintId: string;
  seat: number;
  startsAt: Date;
  endsAt: Date;
}

/** What a curator's page about the account's password shows: never the password. */
export interface CuratorView {
  access: AccessShown;
  /** What became of the password that was laid for them, in a sentence; `open` when they may look at it now. */
  password: { open: boolean; text: string };
  /** Whether codes for the second factor can be had now. */
  codes: boolean;
}

/** A curator at the page with the account's password: who they are, and how it stands. Changes nothing. */
@Injectable()
export class CuratorCredentials {
  constructor(
    private readonly db: Db,
    private readonly grants: Grants,
    private readonly secrets: Secrets,
    private readonly reveals: Reveals,
  ) {}

  /** The person by the turn that is on, else the next, else the last. Throws NotAllowed for whoever never had one. */
  async grantee(account: Account, personId: string): Promise<Grantee & { turn: OwnTurn }> {
    const now = await this.db.now();
    const [turn] = await this.db.query<OwnTurn>(
      `SELECT id AS "stintId", seat, starts_at AS "startsAt", ends_at AS "endsAt" FROM stints
       WHERE account_id = $1 AND person_id = $2 AND state IN ('confirmed', 'active', 'ended')
       ORDER BY (state <> 'ended' AND starts_at <= $3 AND ends_at > $3) DESC, (state <> 'ended' AND ends_at > $3) DESC,
         abs(extract(epoch FROM starts_at - $3)) LIMIT 1`,
      [account.id, personId, now],
    );
    if (!turn) throw new NotAllowed('This page is for the curator whose turn it is.');
    return { personId, actor: { kind: 'stint', stintId: turn.stintId, seat: turn.seat }, turn };
  }

  /** Throws NotFound where the account is handed over in another way. */
  async view(account: Account, { actor, turn }: Grantee & { turn: OwnTurn }): Promise<CuratorView> {
    if (account.handOverBy !== 'sealed') throw new NotFound('This account is not handed over with a password.');
    const answer = await this.grants.ask(actor, account);
    const kept = (await this.secrets.of(account.id)).filter(({ state }) => state === 'current');
    const current = kept.find(({ kind }) => kind === 'password');
    const laid = await this.reveals.ofStints(this.db, [actor.stintId]);
    const reveal = laid.find(({ secretId }) => secretId === current?.id) ?? laid.at(-1) ?? null;
    const told = (instant: Date) => dateAndTime(account.zone, instant, { zone: true });
    return {
      access: accessWords(answer, turn, told),
      password: {
        open: answer.allowed && reveal?.state === 'sealed',
        text: passwordWords(reveal, Boolean(current), answer.allowed, told),
      },
      codes: answer.allowed && kept.some(({ kind }) => kind === 'totp'),
    };
  }
}
