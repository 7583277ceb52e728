import { Controller, Get, Inject, Param } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { FeedServing } from '../feed/serving.service.js';
import { Clock } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { Public } from '../web/allow.js';
import { Bytes, type Page, page, type Redirect, redirect } from '../web/answer.js';
import { Setup } from './setup.service.js';
import { type PublicTurn, Turns } from './turns.service.js';

const YEAR_MS = 365 * 24 * 60 * 60_000;

/** What everybody may see: who is on now and next, how to apply, what was posted, and the pages about the service. */
@Controller()
export class HomeController {
  constructor(
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly feed: FeedServing,
    private readonly setup: Setup,
    private readonly db: Db,
    private readonly clock: Clock,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  @Public()
  async home(): Promise<Page | Redirect> {
    const accounts = await this.accounts.all();
    if (accounts.length === 0 && (await this.setup.open())) return redirect('/setup');
    const now = await this.db.now();
    const list = await Promise.all(
      accounts.map(async (account) => ({ ...this.about(account), ...(await this.whoIsOn(account, now)) })),
    );
    return page('site/pages/home.njk', { title: 'A different voice each week', accounts: list });
  }

  @Get('about')
  @Public()
  aboutPage(): Page {
    return page('site/pages/about.njk', { title: 'About Baton' });
  }

  @Get('accessibility')
  @Public()
  accessibility(): Page {
    return page('site/pages/accessibility.njk', { title: 'Accessibility statement' });
  }

  @Get('privacy')
  @Public()
  async privacy(): Promise<Page> {
    const accounts = await this.accounts.all();
    return page('site/pages/privacy.njk', {
      title: 'Privacy and cookies',
      accounts,
      mentionDays: settings.mentionsKept / (24 * 60 * 60_000),
    });
  }

  /** RFC 9116. */
  @Get('.well-known/security.txt')
  @Public()
  security(): Bytes {
    const expires = new Date(this.clock.real().getTime() + YEAR_MS).toISOString();
    const contact = this.runtime.env.SECURITY_CONTACT ?? `${this.runtime.publicUrl}/about`;
    return new Bytes(
      `Contact: ${contact}\nExpires: ${expires}\nPreferred-Languages: en\n`,
      'text/plain; charset=utf-8',
    );
  }

  @Get(':account')
  @Public()
  async account(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const now = await this.db.now();
    const on = await this.whoIsOn(account, now);
    const posts = account.connection === 'api' ? await this.feed.fragment(account.slug) : null;
    return page('site/pages/account.njk', { title: account.name, account, posts, ...on });
  }

  private about({ slug, handle, name, about, pausedMessage }: Account): object {
    return { slug, handle, name, about, pausedMessage };
  }

  private async whoIsOn(account: Account, now: Date): Promise<object> {
    const [turns, held] = await Promise.all([this.turns.coming(account.id, now, 5), this.turns.held(account.id, now)]);
    const on = turns.filter((turn) => turn.state === 'active' && turn.startsAt <= now);
    const next = turns.filter((turn) => !on.includes(turn));
    const shown = (turn: PublicTurn) => ({
      name: turn.name,
      span: timeRange(account.zone, turn),
      from: dateAndTime(account.zone, turn.startsAt),
      until: dateAndTime(account.zone, turn.endsAt),
    });
    return { on: on.map(shown), next: next.map(shown), held };
  }
}
