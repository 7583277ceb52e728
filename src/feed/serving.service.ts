import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Accounts } from '../credentials/accounts.service.js';
import { Clock } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Signals } from '../platform/signals.service.js';
import { embedHtml } from './formats/embed.js';
import { jsonFeed, postsJson } from './formats/json.js';
import { atom, rss } from './formats/xml.js';
import { FeedReading } from './reading.service.js';

type Format = 'feed.json' | 'feed.atom' | 'feed.rss' | 'posts.json' | 'embed.html';

const TYPES: Record<Format, string> = {
  'feed.json': 'application/feed+json; charset=utf-8',
  'feed.atom': 'application/atom+xml; charset=utf-8',
  'feed.rss': 'application/rss+xml; charset=utf-8',
  'posts.json': 'application/json; charset=utf-8',
  'embed.html': 'text/html; charset=utf-8',
};

interface Rendered {
  bytes: Buffer;
  headers: Record<string, string>;
}

interface Held {
  accountId: string;
  version: string;
  pulledAt: Date | null;
  formats: Record<Format, Rendered>;
}

/**
 * Serves feeds from bytes that were rendered once per change. A process learns of a change by signal within moments
 * and by the version row each second otherwise; when PostgreSQL is away it goes on with what it holds and says how old
 * that is (`x-feed-age`, seconds since the last good pull).
 */
@Injectable()
export class FeedServing implements OnModuleInit {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly accounts: Accounts,
    private readonly reading: FeedReading,
    private readonly signals: Signals,
    private readonly clock: Clock,
    private readonly db: Db,
  ) {}

  onModuleInit(): void {
    const server = this.http.httpAdapter.getInstance() as FastifyInstance;
    for (const format of Object.keys(TYPES) as Format[]) {
      server.get<{ Params: { account: string } }>(`/:account/${format}`, { config: { bare: true } }, (request, reply) =>
        this.serve(request.params.account, format, request, reply),
      );
    }
    this.signals.on('feed', (accountId) => void this.heard(accountId));
  }

  /** Drops what has changed, by the version rows; each second, in every process. */
  async sweep(): Promise<void> {
    if (this.held.size === 0) return;
    const rows = await this.db.query<{ account_id: string; version: string }>('SELECT account_id, version FROM feeds');
    const versions = new Map(rows.map((row) => [row.account_id, row.version]));
    for (const [slug, held] of this.held) {
      if ((versions.get(held.accountId) ?? '0') !== held.version) await this.refresh(slug);
    }
  }

  private serve(
    slug: string,
    format: Format,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply | Promise<FastifyReply> {
    const held = this.held.get(slug);
    return held
      ? this.send(held, format, request, reply)
      : this.load(slug).then((loaded) => this.send(loaded, format, request, reply));
  }

  private send(held: Held, format: Format, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { bytes, headers } = held.formats[format];
    reply.headers(headers);
    reply.header('x-feed-age', held.pulledAt ? String(this.age(held.pulledAt)) : 'never');
    if (request.headers['if-none-match'] === headers.etag) return reply.status(304).send();
    return reply.send(bytes);
  }

  private age(pulledAt: Date): number {
    return Math.max(0, Math.round((this.clock.now().getTime() - pulledAt.getTime()) / 1000));
  }

  private async heard(accountId: string): Promise<void> {
    for (const [slug, held] of this.held) {
      if (accountId === '' || held.accountId === accountId) await this.refresh(slug).catch(() => undefined);
    }
  }

  private async refresh(slug: string): Promise<void> {
    await this.load(slug).catch((error) => {
      if (error instanceof NotFound) this.held.delete(slug);
      else throw error;
    });
  }

  private async load(slug: string): Promise<Held> {
    const account = await this.accounts.bySlug(slug);
    if (account.connection !== 'api') throw new NotFound('This account has no feed.');
    const { feed, version } = await this.reading.read(account);
    const texts: Record<Format, string> = {
      'feed.json': jsonFeed(feed),
      'feed.atom': atom(feed),
      'feed.rss': rss(feed),
      'posts.json': postsJson(feed),
      'embed.html': embedHtml(feed, account.zone),
    };
    const modified = (feed.pulledAt ?? account.createdAt).toUTCString();
    const formats = Object.fromEntries(
      Object.entries(texts).map(([format, text]) => [format, rendered(text, TYPES[format as Format], modified)]),
    ) as Held['formats'];
    const held = { accountId: account.id, version, pulledAt: feed.pulledAt, formats };
    this.held.set(account.slug, held);
    return held;
  }
}

function rendered(text: string, type: string, modified: string): Rendered {
  const bytes = Buffer.from(text);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  return {
    bytes,
    headers: {
      'content-type': type,
      etag,
      'last-modified': modified,
      'cache-control': 'public, max-age=60, stale-while-revalidate=30',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag, x-feed-age',
      'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': "default-src 'none'; img-src 'self'",
      'x-content-type-options': 'nosniff',
    },
  };
}
