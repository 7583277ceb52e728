import { createHash } from 'node:crypto';

/** A strong entity tag (RFC 9110, 8.8.3), with its quotes. */
export function etagOf(bytes: Buffer | string): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
}

/** Whether an `If-None-Match` names this tag; it compares weakly (RFC 9110, 13.1.2). */
export function isAmong(known: string, etag: string): boolean {
  return (
    known === etag || known.trim() === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
  );
}
