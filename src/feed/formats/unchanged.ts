import { isAmong } from '../../web/entity-tags.js';

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

/**
 * When something changed that had changed at `before` already, for `Last-Modified`: that knows only whole seconds, and
 * whoever has the form of one change must not be told that it is the next one's.
 */
export function changedAfter(before: Date, at: Date): Date {
  return new Date(Math.max(at.getTime(), before.getTime() + 1000));
}
