import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { hoursInWords } from '../credentials/hours.js';
import type { HandoverLetters } from '../messages/letters/handover.js';
import type { NewLetter } from '../messages/outbox.service.js';
import type { Tx } from '../platform/tx.js';
import type { Turn } from './boundaries.js';

/** A confirmed or active stint with the person whose it is. */
export interface TurnRow extends Turn {
  personId: string;
  applicationId: string;
  seat: number;
  revision: number;
  name: string;
  shownName: string;
  handle: string | null;
  email: string | null;
}

const TURN = `
  SELECT s.id, s.state, s.starts_at AS "startsAt", s.ends_at AS "endsAt", s.confirmed_at AS "confirmedAt",
         s.person_id AS "personId", s.application_id AS "applicationId", s.seat, s.revision,
         p.name, p.shown_name AS "shownName", p.handle, p.email
  FROM stints s JOIN persons p ON p.id = s.person_id`;

/** Stints as handover needs them, read and kept from changing until the transaction ends. */
@Injectable()
export class Turns {
  /** The confirmed and active stints of an account. Whoever is changing one is waited for. */
  async live(tx: Tx, accountId: string): Promise<TurnRow[]> {
    return tx.query<TurnRow>(
      `${TURN} WHERE s.account_id = $1 AND s.state IN ('confirmed', 'active') ORDER BY s.starts_at, s.seat FOR SHARE OF s`,
      [accountId],
    );
  }
}

/** A letter to a curator about their stint; its key ends with the stint's revision. */
export function turnLetter<Name extends keyof HandoverLetters>(
  account: Account,
  turn: TurnRow,
  template: Name,
): Omit<NewLetter<Name>, 'address' | 'dueAt'> {
  const data = {
    name: turn.name,
    personId: turn.personId,
    account: account.handle,
    slug: account.slug,
    zone: account.zone,
    startsAt: turn.startsAt.toISOString(),
    endsAt: turn.endsAt.toISOString(),
    by: account.handOverBy,
    hours: account.postingHours ? hoursInWords(account.postingHours) : [],
    help: account.helpContact,
  };
  return {
    key: `stint ${turn.id} ${template} r${turn.revision}`,
    accountId: account.id,
    cause: { kind: 'stint', id: turn.id },
    template,
    data: data as NewLetter<Name>['data'],
    evidence: 'curates',
  };
}
