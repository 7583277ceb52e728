import type { Server } from 'node:http';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Clock } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Log } from '../platform/log.service.js';
import { Signals } from '../platform/signals.service.js';
import { type Format, type Rendered, renderedAs } from './formats/formats.js';
import { changedAfter } from './formats/unchanged.js';
import { openLane, type Served, toSend } from './lane.service.js';
import { nextLapse, partsOf, shownAt } from './lapse.js';
import { LastShownFeeds } from './last-shown.service.js';
import { FeedReading, type ReadFeed } from './reading.service.js';
import { type Selected, Selections } from './selections.service.js';
import { type ShownFeed, stateHeard, stateOf } from './shown.js';

/**
 * How long what there is to send is not worked out again, in real milliseconds: the clock and the state take longer than
 * the rest of an answer. A change makes it anew at once.
 */
const READY_MS = 20;

/** What there is to send, for as long as nothing can have changed. */
interface Ready extends Served {
  until: number;
  readings: number;
}

interface Held extends ReadFeed {
  account: Account;
  /** Rendered when first asked for, by state. */
  forms: Record<ShownFeed['state'], Partial<Record<Format, Rendered>>>;
  selected: Selected;
  ready: Partial<Record<Format, Ready>>;
  /** When a post of them becomes a mere link, because nobody has seen it at the network for too long. */
  lapse: Date | null;
  /** As it was when last asked for; null before. */
  state: ShownFeed['state'] | null;
}

/**
 * Serves feeds from bytes that were rendered once per change. A process learns of a change by signal within moments
 * and by the version row each second otherwise; when PostgreSQL is away it goes on with what it holds, says how old that
 * is (`x-feed-age`, seconds since the last good pull), and empties it when it is too old to show.
 */
@Injectable()
export class FeedServing implements OnModuleInit, OnApplicationBootstrap {
  private readonly held = new Map<string, Held>();
  private readonly slugs = new Map<string, string>();
  private readonly lastShown: LastShownFeeds;
  private readonly web: boolean;
  private readonly loading = new Map<string, Promise<Held>>();
  /** When PostgreSQL was asked last for the question that it answered. */
  private heardAt: Date;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly accounts: Accounts,
    private readonly reading: FeedReading,
    private readonly selections: Selections,
    private readonly signals: Signals,
    private readonly clock: Clock,
    private readonly db: Db,
    private readonly log: Log,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.lastShown = new LastShownFeeds(runtime.dataFolder);
    this.web = runtime.env.RUN.includes('web');
    this.heardAt = clock.real();
  }

  onModuleInit(): void {
    this.signals.on('feed', (accountId) => void this.heard(accountId));
    openLane(this.http.httpAdapter.getHttpServer() as Server, (slug, format, query) => this.serve(slug, format, query));
  }

  /** Holds every feed before the first visitor comes, so that none needs PostgreSQL later. */
  async onApplicationBootstrap(): Promise<void> {
    await this.sweep();
    if (this.web) await this.lastShown.keepOnly([...this.held.keys()]);
  }

  /**
   * Reads anew what has changed, by the version rows and what the account says of a pause; each second, in every process.
   * One that is no web process holds only what it was asked for.
   */
  async sweep(): Promise<void> {
    if (!this.web && this.held.size === 0) return;
    const asked = this.clock.real();
    const rows = await this.db.query<{ slug: string; version: string; pausedMessage: string | null }>(
      'SELECT a.slug, f.version, a.paused_message AS "pausedMessage" FROM feeds f JOIN accounts a ON a.id = f.account_id',
    );
    for (const { slug, version, pausedMessage } of rows) {
      const held = this.held.get(slug);
      if (!held && !this.web) continue;
      if (held?.version !== version || held.account.pausedMessage !== pausedMessage) await this.refresh(slug);
    }
    this.heardAt = asked;
  }

  /** The fragment of `/:account/embed.html` as it is now, for our own pages. */
  async fragment(slug: string): Promise<string> {
    const held = this.held.get(slug) ?? (await this.load(slug));
    return this.form(held, 'embed.html', this.clock.now()).identity.bytes.toString();
  }

  /** Whether a picture (its file's name) is in the feed as it may be shown now. Asks only what this process holds. */
  shows(slug: string, file: string): boolean {
    const held = this.held.get(slug);
    const now = this.clock.now();
    if (!held || this.stateOf(held, now) === 'expired') return false;
    const pictures = shownAt(held.feed, now)
      .posts.flatMap(partsOf)
      .flatMap((part) => part.pictures);
    return [held.feed.avatar, ...pictures.map(({ href }) => href)].some((href) => href?.endsWith(`/${file}.webp`));
  }

  private serve(slug: string, format: Format, query: string): Served | Promise<Served> {
    const held = this.held.get(slug) ?? this.held.get(slug.toLowerCase());
    if (held) return this.served(held, format, query);
    return this.load(slug.toLowerCase()).then((loaded) => this.served(loaded, format, query));
  }

  private served(held: Held, format: Format, query: string): Served | Promise<Served> {
    if (!query) return this.ready(held, format);
    const now = this.clock.now();
    const state = this.stateOf(held, now);
    return this.selections
      .form(held, state, format, query)
      .then((rendered) => toSend(held.feed, rendered, held.changedAt, now));
  }

  private ready(held: Held, format: Format): Served {
    const known = held.ready[format];
    const instant = performance.now();
    if (known && instant < known.until && known.readings === this.clock.readings) return known;
    const now = this.clock.now();
    const served = toSend(held.feed, this.form(held, format, now), held.changedAt, now);
    const made = { ...served, until: instant + READY_MS, readings: this.clock.readings };
    held.ready[format] = made;
    return made;
  }

  private form(held: Held, format: Format, now: Date): Rendered {
    const state = this.stateOf(held, now);
    if (held.lapse && held.lapse <= now) this.change(held, held.lapse);
    const ready = held.forms[state][format];
    if (ready) return ready;
    const { posts } = shownAt(held.feed, now);
    held.lapse = nextLapse(held.feed, now);
    const shown = { ...held.feed, state, posts: state === 'expired' ? [] : posts };
    const made = renderedAs(format, shown, held.account, held.changedAt);
    held.forms[state][format] = made;
    return made;
  }

  /** Forms say the state, so that a turn of it is a change of them: whoever knows only their date must hear of it. */
  private stateOf(held: Held, now: Date): ShownFeed['state'] {
    const { feed, failing, state: before } = held;
    const state = stateHeard(stateOf(feed.pulledAt, failing, now), this.heardAt, this.clock.real());
    if (before && before !== state) this.change(held, now);
    held.state = state;
    return state;
  }

  private change(held: Held, at: Date): void {
    const changedAt = changedAfter(held.changedAt, at);
    Object.assign(held, { forms: noForms(), selected: new Map(), ready: {}, lapse: null, changedAt });
  }

  private async heard(accountId: string): Promise<void> {
    const slugs = accountId === '' ? [...this.held.keys()] : [this.slugs.get(accountId) ?? ''];
    for (const slug of slugs) if (this.held.has(slug)) await this.refresh(slug).catch(() => undefined);
  }

  private async refresh(slug: string): Promise<void> {
    await this.read(slug).catch((error) => {
      if (error instanceof NotFound) this.held.delete(slug);
      else throw error;
    });
  }

  /** Many visitors at once are one look. */
  private load(slug: string): Promise<Held> {
    const begun = this.loading.get(slug) ?? this.read(slug).finally(() => this.loading.delete(slug));
    this.loading.set(slug, begun);
    return begun;
  }

  private async read(slug: string): Promise<Held> {
    const account = await this.accounts.bySlug(slug);
    if (account.connection !== 'api') throw new NotFound('This account has no feed.');
    const read = await this.reading.read(account);
    const held = this.held.get(slug);
    const changedAt = this.changedAt(held, account, read);
    const state = held?.version === read.version ? held.state : null;
    const none = { forms: noForms(), selected: new Map(), ready: {}, lapse: null };
    const made: Held = { account, ...read, changedAt, ...none, state };
    const newer = !held || BigInt(held.version) <= BigInt(made.version);
    if (newer) this.hold(made);
    return newer ? made : held;
  }

  /** Never before a date that was sent already; what a former process sent nobody knows here. */
  private changedAt(held: Held | undefined, account: Account, { version, changedAt }: ReadFeed): Date {
    const now = this.clock.now();
    if (!held) return changedAt > now ? changedAt : now;
    if (held.version !== version) return changedAfter(held.changedAt, changedAt);
    return held.account.pausedMessage === account.pausedMessage ? held.changedAt : changedAfter(held.changedAt, now);
  }

  /** Also on disk, for a process that starts while PostgreSQL is away. */
  private hold(made: Held): void {
    const { account, feed, version, changedAt } = made;
    this.held.set(account.slug, made);
    this.slugs.set(account.id, account.slug);
    if (!this.web) return;
    const { zone, pausedMessage } = account;
    const clockAhead = this.clock.now().getTime() - this.clock.real().getTime();
    void this.lastShown
      .keep({ version, feed, changedAt, clockAhead, account: { zone, pausedMessage } })
      .catch((error) => this.log.warn({ feed: account.slug, error }, 'the feed could not be kept on disk'));
  }
}

function noForms(): Held['forms'] {
  return { fresh: {}, stale: {}, expired: {} };
}
