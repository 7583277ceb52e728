import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Db } from './database.service.js';
import type { Tx } from './tx.js';

/** What a presented one-time token turns out to be. */
export type TokenState =
  | { state: 'good'; subject: string }
  | { state: 'used' | 'expired' | 'unknown'; subject: string | null };

/** One-time links: minted when a letter is rendered, looked at by GET, used up by POST. Lifetimes are service time. */
@Injectable()
export class Tokens {
  constructor(private readonly db: Db) {}

  /** Makes a token; the plaintext is returned once and never stored. */
  async mint(tx: Tx, purpose: string, subject: string, expiresAt: Date): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    tx.send('INSERT INTO one_time_tokens (hash, purpose, subject, expires_at) VALUES ($1, $2, $3, $4)', [
      hashOf(token),
      purpose,
      subject,
      expiresAt,
    ]);
    return token;
  }

  /** Looks without using: for the page behind a link. Changes nothing. */
  async look(purpose: string, token: string): Promise<TokenState> {
    const [row] = await this.db.query<TokenRow>(LOOK, [hashOf(token), purpose]);
    return stateOf(row, row?.now);
  }

  /** Uses the token up in this transaction, once. Of two at the same moment one gets `used`. */
  async use(tx: Tx, purpose: string, token: string): Promise<TokenState> {
    const [row] = await tx.query<TokenRow>(`${LOOK} FOR UPDATE OF t`, [hashOf(token), purpose]);
    const found = stateOf(row, tx.now);
    if (found.state === 'good') {
      await tx.query('UPDATE one_time_tokens SET used_at = $2 WHERE hash = $1', [hashOf(token), tx.now]);
    }
    return found;
  }

  /** Ends every unused token about a subject, e.g. when it was withdrawn. */
  async revoke(tx: Tx, purpose: string, subject: string): Promise<void> {
    tx.send('UPDATE one_time_tokens SET used_at = $3 WHERE purpose = $1 AND subject = $2 AND used_at IS NULL', [
      purpose,
      subject,
      tx.now,
    ]);
  }
}

interface TokenRow {
  subject: string;
  expires_at: Date;
  used_at: Date | null;
  now: Date;
}

const LOOK = `
  SELECT t.subject, t.expires_at, t.used_at, a.service_start + (clock_timestamp() - a.anchored_at) * a.speed AS now
  FROM one_time_tokens t CROSS JOIN clock_anchor a WHERE t.hash = $1 AND t.purpose = $2`;

/** SHA-256 of a bearer secret; what is stored in its place. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function stateOf(row: TokenRow | undefined, now: Date | undefined): TokenState {
  if (!row || !now) return { state: 'unknown', subject: null };
  if (row.used_at) return { state: 'used', subject: row.subject };
  if (row.expires_at <= now) return { state: 'expired', subject: row.subject };
  return { state: 'good', subject: row.subject };
}
