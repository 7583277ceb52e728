import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { HandOverBy } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';

/** A turn as the public may see it: a shown name and the line the curator chose, nothing else. */
export interface PublicTurn {
  stintId: string;
  name: string;
  state: 'confirmed' | 'active';
  startsAt: Date;
  endsAt: Date;
}

/** A turn as its own curator sees it. */
export interface OwnTurn {
  stintId: string;
  slug: string;
  handle: string;
  zone: string;
  connection: 'api' | 'none';
  handOverBy: HandOverBy;
  state: string;
  /** It is over and took place. */
  past: boolean;
  startsAt: Date;
  endsAt: Date;
}

/** Who is on, who is next, and a person's own turns: read from the rota. */
@Injectable()
export class Turns {
  constructor(private readonly db: Db) {}

  /** Confirmed and active turns that have not ended, in order; the first may be on now. */
  async coming(accountId: string, now: Date, limit: number): Promise<PublicTurn[]> {
    return this.db.query<PublicTurn>(
      `SELECT s.id AS "stintId", p.shown_name AS name, s.state, s.starts_at AS "startsAt", s.ends_at AS "endsAt"
       FROM stints s JOIN persons p ON p.id = s.person_id
       WHERE s.account_id = $1 AND s.state IN ('confirmed', 'active') AND s.ends_at > $2 ORDER BY s.starts_at, s.seat LIMIT $3`,
      [accountId, now, limit],
    );
  }

  async of(personId: string): Promise<OwnTurn[]> {
    return this.db.query<OwnTurn>(
      `SELECT s.id AS "stintId", a.slug, a.handle, a.zone, a.connection, a.hand_over_by AS "handOverBy", s.state,
         s.state = 'ended' AND s.ended_how <> 'no-show' AS past, s.starts_at AS "startsAt", s.ends_at AS "endsAt"
       FROM stints s JOIN accounts a ON a.id = s.account_id
       WHERE s.person_id = $1 AND s.state IN ('offered', 'confirmed', 'active', 'ended') ORDER BY s.starts_at DESC LIMIT 20`,
      [personId],
    );
  }

  /** Where a person's applications stand as they may know it: a decision counts once it can no longer be undone. */
  async applicationsOf(personId: string): Promise<{ id: string; handle: string; state: string }[]> {
    const told = new Date((await this.db.now()).getTime() - settings.decisionUndo);
    return this.db.query(
      `SELECT p.id, a.handle, CASE WHEN d.decided_at > $2 THEN 'waiting' ELSE p.state END AS state
       FROM applications p JOIN accounts a ON a.id = p.account_id
       LEFT JOIN decisions d ON d.application_id = p.id AND d.undone_at IS NULL AND d.verdict = p.state
       WHERE p.person_id = $1 AND p.state NOT IN ('draft', 'erased') ORDER BY p.created_at DESC`,
      [personId, told],
    );
  }

  /** Days off between now and the next turn are house time. True when a hold keeps every curator away now. */
  async held(accountId: string, now: Date): Promise<boolean> {
    const rows = await this.db.query(
      'SELECT 1 FROM holds WHERE account_id = $1 AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)',
      [accountId, now],
    );
    return rows.length > 0;
  }
}
