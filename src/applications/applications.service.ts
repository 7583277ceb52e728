import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Application, type ApplicationState } from './application.entity.js';
import type { Verdict } from './decisions.service.js';

/** A turn of the past. */
export interface FormerTurn {
  id: string;
  name: string;
  startsAt: Date;
  endsAt: Date;
}

/** A decision as the team's page shows it. */
export interface Decision {
  id: string;
  verdict: Verdict;
  note: string;
  message: string;
  by: string;
  at: Date;
  undoneAt: Date | null;
  /** Until when it can be undone: while its letter has not left. Null when it has. */
  undoUntil: Date | null;
}

/** An application as the list shows it. */
export interface Listed {
  id: string;
  name: string;
  capacity: string | null;
  state: ApplicationState;
  submittedAt: Date | null;
}

/** Something that happened to an application; `by` is null for the applicant before the address was verified. */
export interface Happened {
  verb: string;
  at: Date;
  by: string | null;
}

const LISTED = `id, coalesce(answers->>'name', 'Erased') AS name, answers->>'capacity' AS capacity, state, submitted_at AS "submittedAt"`;

/** Reading an account's applications, for its team. */
@Injectable()
export class Applications {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  /** Applications whose address is verified, the oldest first; by state and by part of the name. */
  async list(accountId: string, state: ApplicationState | null, name: string): Promise<Listed[]> {
    return this.db.query<Listed>(
      `SELECT ${LISTED} FROM applications WHERE account_id = $1 AND state NOT IN ('draft', 'unverified')
         AND ($2::text IS NULL OR state = $2) AND ($3 = '' OR answers->>'name' ILIKE '%' || $3 || '%')
       ORDER BY submitted_at, id LIMIT 500`,
      [accountId, state, name.replace(/[\\%_]/g, '\\$&')],
    );
  }

  /** How many there are in each state. */
  async counts(accountId: string): Promise<Record<string, number>> {
    const rows = await this.db.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM applications WHERE account_id = $1 GROUP BY state',
      [accountId],
    );
    return Object.fromEntries(rows.map((row) => [row.state, row.count]));
  }

  /** One of the account's verified applications; throws NotFound. */
  async find(accountId: string, id: string): Promise<Application> {
    const application = await this.db.manager.findOneBy(Application, { id, accountId });
    if (!application || application.state === 'draft' || application.state === 'unverified') {
      throw new NotFound('There is no such application.');
    }
    return application;
  }

  /** Other applications with the same address or handle: told, never a reason to refuse. */
  async duplicates({ id, accountId, emailKey, handleKey }: Application): Promise<Listed[]> {
    return this.db.query<Listed>(
      `SELECT ${LISTED} FROM applications WHERE account_id = $1 AND id <> $2 AND state NOT IN ('draft', 'erased')
         AND (email_key = $3 OR (handle_key IS NOT NULL AND handle_key = $4)) ORDER BY submitted_at`,
      [accountId, id, emailKey, handleKey],
    );
  }

  /**
   * Turns of somebody else who may be the applicant: with the same handle, or, where an imported rota told the name alone,
   * with the same name. Told, never joined: neither proves who somebody is.
   */
  async formerTurns({ accountId, personId, handleKey, answers }: Application): Promise<FormerTurn[]> {
    return this.db.query<FormerTurn>(
      `SELECT s.id, p.name, s.starts_at AS "startsAt", s.ends_at AS "endsAt" FROM stints s JOIN persons p ON p.id = s.person_id
       WHERE s.account_id = $1 AND s.state = 'ended' AND p.id IS DISTINCT FROM $2 AND p.erased_at IS NULL
         AND (lower(p.handle) = $3 OR (p.import_id IS NOT NULL AND p.email IS NULL AND lower(p.name) = lower($4)))
       ORDER BY s.starts_at DESC LIMIT 10`,
      [accountId, personId, handleKey, answers.name?.trim().replace(/\s+/g, ' ') ?? ''],
    );
  }

  /** The decisions, the newest first. */
  async decisions(id: string): Promise<Decision[]> {
    return this.db.query<Decision>(
      `SELECT d.id, d.verdict, d.note, d.message, p.name AS by, d.decided_at AS at, d.undone_at AS "undoneAt",
              CASE WHEN d.undone_at IS NULL AND m.state = 'waiting' THEN m.due_at END AS "undoUntil"
       FROM decisions d JOIN persons p ON p.id = d.decided_by
       LEFT JOIN messages m ON m.key = 'application ' || d.application_id || ' decision ' || d.id
       WHERE d.application_id = $1 ORDER BY d.decided_at DESC`,
      [id],
    );
  }

  /** Everything that was done, the oldest first. */
  async history({ id, accountId }: Application): Promise<Happened[]> {
    const entries = await this.audit.about(accountId, { kind: 'application', id });
    const ids = entries.map((entry) => entry.actorId).filter((actor) => actor !== null);
    const people = await this.db.query<{ id: string; name: string }>(
      'SELECT id, name FROM persons WHERE id = ANY($1)',
      [ids],
    );
    const names = new Map(people.map((person) => [person.id, person.name]));
    return entries.map(({ verb, at, actorId }) => ({ verb, at, by: names.get(actorId ?? '') ?? null }));
  }
}
