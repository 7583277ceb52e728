/**
 * A value as JSON that PostgreSQL takes: jsonb knows neither half surrogate pairs nor U+0000. Each becomes one U+FFFD,
 * so that offsets in code points still fit.
 */
export function storable(value: unknown): string {
  return JSON.stringify(value, (_key, each) =>
    typeof each === 'string' ? each.toWellFormed().replaceAll('\u0000', '\ufffd') : each,
  );
}
