import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { hoursInWords } from '../credentials/hours.js';
import type { HandoverLetters } from '../messages/letters/handover.js';
import type { NewLetter } from '../messages/outbox.service.js';
import type { Tx } from '../platform/tx.js';
import type { EndedHow } from '../rota/stint.js';
import type { Turn } from './boundaries.js';
import { lastPosting } from './letters.js';

/** A stint with the person whose it is, as handover needs them. */
export interface TurnRow extends Turn {
  personId: string;
  seat: number;
  revision: number;
  /** Its grant was opened at some time, so the turn has taken place. */
  granted: boolean;
  /** How it ended, when it has. */
  endedHow: EndedHow | null;
  /** The agreement was accepted. */
  agreed: boolean;
  name: string;
  shownName: string;
  /** What they do, as they wrote it in their application; may be missing. */
  role: string | null;
  /** Their own handle on the network, without the @. */
  handle: string | null;
  email: string | null;
  /** The name in Files of a photo that they gave and that may be shown. */
  photo: string | null;
}

const TURN = `
  SELECT s.id, s.state, s.starts_at AS "startsAt", s.ends_at AS "endsAt", s.confirmed_at AS "confirmedAt",
         s.person_id AS "personId", s.seat, s.revision, p.name, p.shown_name AS "shownName", p.handle, p.email,
         a.answers ->> 'role' AS role, EXISTS (SELECT 1 FROM grants g WHERE g.stint_id = s.id) AS granted,
         s.agreement_id IS NOT NULL AS agreed, s.ended_how AS "endedHow",
         CASE WHEN EXISTS (SELECT FROM consents c WHERE c.application_id = a.id AND c.purpose = 'photo' AND c.withdrawn_at IS NULL)
              THEN a.photo_file END AS photo
  FROM stints s JOIN persons p ON p.id = s.person_id LEFT JOIN applications a ON a.id = s.application_id`;

type Reader = Pick<Tx, 'query'>;

/** Stints as handover reads them. Whoever decides by them holds `lockAccess`, which every change of a stint shares. */
@Injectable()
export class Turns {
  /** The confirmed and active stints of an account, in order. */
  async live(reader: Reader, accountId: string): Promise<TurnRow[]> {
    return reader.query<TurnRow>(
      `${TURN} WHERE s.account_id = $1 AND s.state IN ('confirmed', 'active') ORDER BY s.starts_at, s.seat`,
      [accountId],
    );
  }

  /** These stints, whatever their state, by start and seat. */
  async of(reader: Reader, ids: string[]): Promise<TurnRow[]> {
    if (ids.length === 0) return [];
    return reader.query<TurnRow>(`${TURN} WHERE s.id = ANY ($1) ORDER BY s.starts_at, s.seat`, [ids]);
  }
}

type TurnLetter = Exclude<keyof HandoverLetters, 'rotation-due'>;

/** A letter to a curator about their stint; its key ends with the stint's revision. */
export function turnLetter<Name extends TurnLetter>(
  account: Account,
  turn: TurnRow,
  template: Name,
): Omit<NewLetter<Name>, 'address' | 'dueAt'> {
  const data = {
    name: turn.name,
    personId: turn.personId,
    stintId: turn.id,
    account: account.handle,
    slug: account.slug,
    zone: account.zone,
    startsAt: turn.startsAt.toISOString(),
    endsAt: turn.endsAt.toISOString(),
    lastPostAt: lastPosting(turn, account.postingHours).toISOString(),
    by: account.handOverBy,
    hours: account.postingHours ? hoursInWords(account.postingHours) : [],
    help: account.helpContact,
  };
  return {
    key: letterKey(turn, template),
    accountId: account.id,
    cause: { kind: 'stint', id: turn.id },
    template,
    data: data as NewLetter<Name>['data'],
    evidence: 'curates',
    ...(template === 'thanks' ? {} : { expiresAt: endOfUse(turn, template) }),
  };
}

/** From when on a letter is no longer true: what it says will come has come, or is over. */
function endOfUse({ startsAt, endsAt }: TurnRow, template: TurnLetter): Date {
  return template === 'welcome' || template === 'sign-off' ? endsAt : startsAt;
}

/** The outbox key of a letter about a stint as it is now. */
export function letterKey(turn: Pick<TurnRow, 'id' | 'revision'>, template: TurnLetter): string {
  return `stint ${turn.id} ${template} r${turn.revision}`;
}
