import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Clock } from '../platform/clock.service.js';
import { NotFound } from '../platform/errors.js';
import { isAmong } from '../web/entity-tags.js';
import { type Format, type Rendered, renderedAs } from './formats/formats.js';
import { changedAfter } from './formats/unchanged.js';
import { openLane, type Served, toSend } from './lane.service.js';
import { nextLapse, shownAt } from './lapse.js';
import { type LastShown, LastShownFeeds } from './last-shown.service.js';
import { queryOf, selectedOf, selectionOf } from './selection.js';
import { type ShownFeed, stateOf } from './shown.js';
import { fileFor, type WebsiteFile, websiteFiles } from './website-files.service.js';

const ASK_EVERY_MS = 250;

/** A feed that is known from disk, with the forms of it that were asked for. */
interface Known extends LastShown {
  forms: Map<Format, Form>;
}

interface Form {
  rendered: Rendered;
  modified: Date;
  state: ShownFeed['state'];
  /** When a post of it becomes a mere link; null for never. */
  until: Date | null;
}

/** A server that shows the last shown feeds until the service can take its place on the same port. */
export interface EarlyFeeds {
  /** From now on every request is the service's. */
  giveTo(service: Server): void;
  close(): Promise<void>;
}

/**
 * For a process that starts while its database is away: serves the feeds it knows from disk, marked stale, and what
 * websites need to show them, on the port of the service, until the database answers. Null when it answers at once or no
 * feed is known: then nothing is listened on.
 */
export async function bridgeUntil(
  isReachable: () => Promise<boolean>,
  { host, port, dataFolder, root }: { host: string; port: number; dataFolder: string; root: string },
): Promise<EarlyFeeds | null> {
  if (await isReachable()) return null;
  const known = await new LastShownFeeds(dataFolder).all();
  if (known.length === 0) return null;
  // They are stale from here on, which is a change to whoever has them.
  const begun = new Clock().real().getTime();
  const feeds = new Map(
    known.map((shown): [string, Known] => {
      const changedAt = new Date(begun + shown.clockAhead);
      return [shown.feed.slug, { ...shown, changedAt, forms: new Map() }];
    }),
  );
  const files = websiteFiles(root);
  const server = createServer((request, response) => void answerOther(request, response, files));
  openLane(server, (slug, format, query) => served(feeds.get(slug) ?? feeds.get(slug.toLowerCase()), format, query));
  await new Promise<void>((listening) => server.listen(port, host, listening));
  while (!(await isReachable())) await wait(ASK_EVERY_MS);
  return {
    giveTo(service) {
      server.removeAllListeners('request');
      server.on('request', (request, response) => service.emit('request', request, response));
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function served(known: Known | undefined, format: Format, query: string): Served {
  if (!known) throw new NotFound('There is no account at this address.');
  const now = new Date(new Clock().real().getTime() + known.clockAhead);
  const { rendered, modified } = formOf(known, format, query, now);
  return toSend(known.feed, rendered, modified, now);
}

/** The plain feed is kept, so that it is rendered, and compressed, once for each change of it. */
function formOf(known: Known, format: Format, query: string, now: Date): Form {
  const state = stateOf(known.feed.pulledAt, true, now);
  const before = query ? undefined : known.forms.get(format);
  if (before?.state === state && !(before.until && before.until <= now)) return before;
  const selection = selectionOf(query, format);
  const posts = state === 'expired' ? [] : selectedOf(known.feed.posts, selection);
  if (!posts) throw new Error('What is selected among more posts than these needs the database');
  const whole = { ...known.feed, posts, state, query: queryOf(selection) };
  const modified = before ? changedAfter(before.modified, now) : known.changedAt;
  const rendered = renderedAs(format, shownAt(whole, now), known.account, modified, selection.heading);
  const form = { rendered, modified, state, until: nextLapse(whole, now) };
  if (!query) known.forms.set(format, form);
  return form;
}

async function answerOther(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  files: ReturnType<typeof websiteFiles>,
): Promise<void> {
  const [path = ''] = url.split('?');
  const file = fileAt(path, files);
  if (file && (method === 'GET' || method === 'HEAD')) return sendFile(file, method, headers, response);
  const [status, text] =
    path === '/health/live' ? [200, 'ok'] : [503, 'Baton is waiting for its database. It should be back in a moment.'];
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text);
}

function fileAt(path: string, { script, style }: ReturnType<typeof websiteFiles>): WebsiteFile | null {
  if (path === '/embed.css') return style;
  return /^\/([^/]+\/)?embed\.js$/.test(path) ? script : null;
}

async function sendFile(
  file: WebsiteFile,
  method: string,
  asked: IncomingHttpHeaders,
  response: ServerResponse,
): Promise<void> {
  const { bytes, type, headers } = await fileFor(file, asked['accept-encoding'] as string | undefined);
  if (isAmong(asked['if-none-match'] ?? '', headers.etag ?? '')) {
    const { 'content-encoding': _, ...unchanged } = headers;
    response.writeHead(304, unchanged).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
}
