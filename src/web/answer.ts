/** A page to be rendered: a template below `src/` (e.g. `rota/pages/rota.njk`) and what it shows. */
export class Page {
  constructor(
    readonly template: string,
    readonly data: Record<string, unknown>,
    readonly status = 200,
    /** Whether it is the same for everybody who is not signed in, so that caches may share it. */
    readonly shared = false,
  ) {}
}

/** For how long caches may share what everybody gets: what was hidden is gone from them within 90 seconds. */
export const SHARED = 'public, max-age=60, stale-while-revalidate=30';

/** Go somewhere else with GET: the answer to every POST that has done its work. */
export class Redirect {
  constructor(readonly to: string) {}
}

/** Bytes with their type and headers. Whoever has those of its `etag` already is told so, without them. */
export class Bytes {
  constructor(
    readonly bytes: Buffer | string,
    readonly type: string,
    readonly headers: Record<string, string> = {},
    readonly status = 200,
  ) {}
}

export const page = (template: string, data: Record<string, unknown> = {}, status = 200) =>
  new Page(template, data, status);
export const sharedPage = (template: string, data: Record<string, unknown>) => new Page(template, data, 200, true);
export const redirect = (to: string) => new Redirect(to);

/** Only an address on this service: a path that cannot be read as another host, of signs that a header can hold. */
export function localPath(wanted: string | undefined, otherwise = '/'): string {
  return wanted && /^\/(?![/\\])[!-[\]-~]*$/.test(wanted) ? wanted : otherwise;
}
