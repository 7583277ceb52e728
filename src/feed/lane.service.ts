import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { Refusal } from '../platform/errors.js';
import { encodingFor } from './formats/encoded.js';
import { FORMATS, type Format, type Rendered, type Variant } from './formats/formats.js';
import { unchanged } from './formats/unchanged.js';
import { Unreadable } from './selection.js';
import { ageOf, type ShownFeed } from './shown.js';

/** Seconds after which to ask again for what needs PostgreSQL while that is away. */
const RETRY_AFTER = '10';
const ADDRESS = new RegExp(`^/([^/?]+)/(${FORMATS.join('|').replaceAll('.', '\\.')})(/?)(?:\\?(.*))?$`);

/** What the lane sends: a feed in one format, and how old it is in seconds, or `never`. */
export interface Served {
  /** As the address has it, of which there is one. */
  slug: string;
  rendered: Rendered;
  modified: Date;
  age: string;
  /** The header lines of answers that were sent before: they are the same each time. */
  lines: Map<Variant, Lines>;
}

/** What there is to send of a feed at `now`. */
export function toSend({ slug, pulledAt }: ShownFeed, rendered: Rendered, modified: Date, now: Date): Served {
  return { slug, rendered, modified, age: pulledAt ? String(ageOf(pulledAt, now)) : 'never', lines: new Map() };
}

interface Lines {
  whole: string[];
  unchanged: string[];
}

/**
 * Gives what there is to send, at once where the feed is held. `query` is what the address asks for beyond the plain
 * feed. A Refusal is answered as a problem.
 */
export type Serve = (slug: string, format: Format, query: string) => Served | Promise<Served>;

/**
 * A lane beside the service's own server for the addresses of feeds: they know no cookies, forms or pages, so they pass
 * none of the hooks for those, which would take longer than the answer.
 */
export function openLane(server: Server, serve: Serve): void {
  const others = server.listeners('request') as ((...given: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const address = request.method === 'GET' || request.method === 'HEAD' ? ADDRESS.exec(request.url ?? '') : null;
    if (address) return answer(request, response, serve, address);
    for (const other of others) other.call(server, request, response);
  });
}

function answer(request: IncomingMessage, response: ServerResponse, serve: Serve, address: RegExpExecArray): void {
  const [, slug = '', format, , query = ''] = address;
  const wrong = (error: unknown) => refuse(request, response, error);
  try {
    const served = serve(slug, format as Format, query);
    if (served instanceof Promise) void served.then((ready) => give(request, response, ready, address), wrong);
    else give(request, response, served, address);
  } catch (error) {
    wrong(error);
  }
}

/** Only at its one address: caches that many share would keep the same bytes under each spelling. */
function give(request: IncomingMessage, response: ServerResponse, served: Served, address: RegExpExecArray): void {
  const { 1: slug, 2: format, 3: slash, 4: query } = address;
  if (slug === served.slug && slash === '' && query !== '') {
    send(request, response, served);
    return;
  }
  const location = `/${served.slug}/${format}${query ? `?${query}` : ''}`;
  response.writeHead(308, { location, 'cache-control': 'no-store', 'access-control-allow-origin': '*' }).end();
}

function send(request: IncomingMessage, response: ServerResponse, served: Served): void {
  const { rendered, modified } = served;
  const encoding = encodingFor(request.headers['accept-encoding'] as string | undefined);
  if (!rendered[encoding]) rendered.want(encoding);
  const form = rendered[encoding] ?? rendered.identity;
  const known = knownForm(request.headers, form, rendered, modified);
  if (known) {
    response.writeHead(304, linesOf(served, known).unchanged).end();
    return;
  }
  response.writeHead(200, linesOf(served, form).whole);
  response.end(request.method === 'HEAD' ? undefined : form.bytes);
}

function linesOf({ lines, age }: Served, form: Variant): Lines {
  const ready = lines.get(form);
  if (ready) return ready;
  const [whole, unchanged] = [form.headers, form.unchanged].map((each) => [...each, 'x-feed-age', age]) as [
    string[],
    string[],
  ];
  const made = { whole, unchanged };
  lines.set(form, made);
  return made;
}

/** The form that the asker has already: any of them is the feed as it is, in whichever encoding they got it. */
function knownForm(
  conditions: IncomingHttpHeaders,
  form: Variant,
  { identity, br, gzip }: Rendered,
  modified: Date,
): Variant | undefined {
  const tag = conditions['if-none-match'];
  if (tag === form.etag || unchanged(conditions, form.etag, modified)) return form;
  if (tag === undefined) return undefined;
  return [identity, br, gzip].find((each) => each && unchanged(conditions, each.etag, modified));
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal;
  const [status, title] = refusal ? [error.status, error.title] : [503, 'Sorry, the service is unavailable'];
  const detail = refusal ? error.message : 'It should be back in a moment.';
  const allowed = error instanceof Unreadable ? { allowed: error.allowed } : {};
  const body = JSON.stringify({ type: 'about:blank', status, title, detail, ...allowed });
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    ...(status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
