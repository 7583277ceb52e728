import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Clock } from '../platform/clock.service.js';
import { NotFound } from '../platform/errors.js';
import { type Format, renderedAs } from './formats/formats.js';
import { openLane, type Served, toSend } from './lane.service.js';
import { shownAt } from './lapse.js';
import { type LastShown, LastShownFeeds } from './last-shown.service.js';
import { queryOf, selectedOf, selectionOf } from './selection.js';
import { stateOf } from './shown.js';

const ASK_EVERY_MS = 250;

/** A server that shows the last shown feeds until the service can take its place on the same port. */
export interface EarlyFeeds {
  /** From now on every request is the service's. */
  giveTo(service: Server): void;
  close(): Promise<void>;
}

/**
 * For a process that starts while its database is away: serves the feeds it knows from disk, marked stale, on the port
 * of the service, until the database answers. Null when it answers at once or no feed is known: then nothing is listened on.
 */
export async function bridgeUntil(
  isReachable: () => Promise<boolean>,
  { host, port, dataFolder }: { host: string; port: number; dataFolder: string },
): Promise<EarlyFeeds | null> {
  if (await isReachable()) return null;
  const known = await new LastShownFeeds(dataFolder).all();
  if (known.length === 0) return null;
  // They are stale from here on, which is a change to whoever has them.
  const begun = new Clock().real().getTime();
  const feeds = new Map(
    known.map((shown) => [shown.feed.slug, { ...shown, changedAt: new Date(begun + shown.clockAhead) }]),
  );
  const server = createServer((request, response) => answerOther(request.url ?? '', response));
  openLane(server, (slug, format, query) => served(feeds.get(slug.toLowerCase()), format, query));
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

function served(shown: LastShown | undefined, format: Format, query: string): Served {
  if (!shown) throw new NotFound('There is no account at this address.');
  const { feed, account, changedAt, clockAhead } = shown;
  const now = new Date(new Clock().real().getTime() + clockAhead);
  const state = stateOf(feed.pulledAt, true, now);
  const selection = selectionOf(query, format);
  const selected = state === 'expired' ? [] : selectedOf(feed.posts, selection);
  if (!selected) throw new Error('What is selected among more posts than these needs the database');
  const shownNow = { ...shownAt({ ...feed, posts: selected }, now), state, query: queryOf(selection) };
  const rendered = renderedAs(format, shownNow, account, changedAt, selection.heading);
  return toSend(rendered, changedAt, feed.pulledAt, now);
}

function answerOther(url: string, response: ServerResponse): void {
  const live = url === '/health/live';
  const [status, text] = live
    ? [200, 'ok']
    : [503, 'Baton is waiting for its database. It should be back in a moment.'];
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text);
}
