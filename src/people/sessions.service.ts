import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { hashOf } from '../platform/tokens.service.js';
import type { Tx } from '../platform/tx.js';
import { type Principal, PrincipalSource } from '../web/principal.js';

/** A session of a person, as their own page lists it. */
export interface SessionRow {
  id: string;
  device: string;
  createdAt: Date;
  seenAt: Date;
}

/** Sessions: only hashes are kept, lifetimes are real time, ending one ends it at once everywhere. */
@Injectable()
export class Sessions implements PrincipalSource {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  async find(token: string): Promise<Principal | null> {
    const [row] = await this.db.query<Principal & { seen: boolean }>(
      `SELECT s.person_id AS "personId", s.id AS "sessionId", p.name, s.seen_at < clock_timestamp() - interval '1 minute' AS seen,
              coalesce((SELECT json_agg(json_build_object('accountId', r.account_id, 'slug', a.slug, 'role', r.role))
                        FROM roles r JOIN accounts a ON a.id = r.account_id WHERE r.person_id = p.id), '[]') AS roles
       FROM sessions s JOIN persons p ON p.id = s.person_id
       WHERE s.hash = $1 AND s.ended_at IS NULL AND p.erased_at IS NULL AND s.expires_at > clock_timestamp()
         AND s.seen_at > clock_timestamp() - make_interval(secs => $2)`,
      [hashOf(token), settings.sessionIdle / 1000],
    );
    if (!row) return null;
    if (row.seen)
      await this.db.query('UPDATE sessions SET seen_at = clock_timestamp() WHERE hash = $1', [hashOf(token)]);
    const { seen: _, ...principal } = row;
    return principal;
  }

  /** Begins a session and gives the cookie's value, once. A session that was there before is ended. */
  async begin(tx: Tx, personId: string, device: string, before: string | undefined): Promise<string> {
    if (before) await tx.query('UPDATE sessions SET ended_at = $2 WHERE hash = $1', [hashOf(before), tx.real]);
    const token = randomBytes(32).toString('base64url');
    await tx.query(
      `INSERT INTO sessions (hash, person_id, device, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)`,
      [hashOf(token), personId, device.slice(0, 200), tx.real, new Date(tx.real.getTime() + settings.sessionLife)],
    );
    const actor = { kind: 'person', id: personId } as const;
    await this.audit.record(tx, {
      accountId: null,
      actor,
      verb: 'person.signed-in',
      subject: { kind: 'person', id: personId },
    });
    return token;
  }

  /** Ends one session of a person, or all but one. */
  async end(tx: Tx, personId: string, which: { id: string } | { allBut: string }): Promise<void> {
    const [column, id] = 'id' in which ? ['=', which.id] : ['<>', which.allBut];
    await tx.query(`UPDATE sessions SET ended_at = $3 WHERE person_id = $1 AND id ${column} $2 AND ended_at IS NULL`, [
      personId,
      id,
      tx.real,
    ]);
    const actor = { kind: 'person', id: personId } as const;
    await this.audit.record(tx, {
      accountId: null,
      actor,
      verb: 'person.signed-out',
      subject: { kind: 'person', id: personId },
    });
  }

  async of(personId: string): Promise<SessionRow[]> {
    return this.db.query<SessionRow>(
      `SELECT id, device, created_at AS "createdAt", seen_at AS "seenAt" FROM sessions
       WHERE person_id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() ORDER BY seen_at DESC`,
      [personId],
    );
  }
}
