/** The two conditions of a GET that a feed knows (RFC 9110, 13.1). */
export interface Conditions {
  'if-none-match'?: string;
  'if-modified-since'?: string;
}

/** Whether the asker has this already. A list of tags or `*` compares weakly and goes before a date (RFC 9110, 13.2.2). */
export function unchanged(conditions: Conditions, etag: string, modified: Date): boolean {
  const known = conditions['if-none-match'];
  if (known !== undefined) return isAmong(known, etag);
  const since = conditions['if-modified-since'];
  if (since === undefined) return false;
  return Math.floor(modified.getTime() / 1000) * 1000 <= Date.parse(since);
}

/** Whether an `If-None-Match` names this tag. */
export function isAmong(known: string, etag: string): boolean {
  return (
    known === etag || known.trim() === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
  );
}

/**
 * When something changed that had changed at `before` already, for `Last-Modified`: that knows only whole seconds, and
 * whoever has the form of one change must not be told that it is the next one's.
 */
export function changedAfter(before: Date, at: Date): Date {
  return new Date(Math.max(at.getTime(), before.getTime() + 1000));
}
