import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dollars } from '../credentials/budget.js';
import { dateAndTime } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { placeOf } from './credit.js';
import { FeedSettingsRows } from './feed-settings.service.js';
import { Hiding, type ListedPost } from './hiding.service.js';
import { permalink } from './shown.js';
import { spendingOf } from './spending.js';

const hiding = z.object({
  post: z.string().regex(/^\d{1,20}$/, 'Choose a post from the list'),
  reason: z.string().trim().min(1, 'Say why the post is hidden').max(500, 'Keep the reason under 500 characters'),
});

const unhiding = z.object({
  reason: z.string().trim().min(1, 'Say why it is shown again').max(500, 'Keep the reason under 500 characters'),
});

const POSTS_ON_A_PAGE = 50;

const PLACES = { early: ', before their turn opened', late: ', after their turn', 'in turn': '', house: '' };

const CREDITS = {
  author: 'posted at the desk',
  grant: 'posted during their turn',
  house: 'posted while no curator had the account',
  organiser: 'credited by an organiser',
};

/** What the websites show, hiding, and the snippet to embed it. */
@Controller('team/:account')
export class TeamFeedController {
  constructor(
    private readonly accounts: Accounts,
    private readonly hiding: Hiding,
    private readonly settings: FeedSettingsRows,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get('feed')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async list(@Param('account') slug: string, @Query('page') asked = '1'): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const number = /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 1;
    const { posts, more } = await this.hiding.list(account.id, POSTS_ON_A_PAGE, (number - 1) * POSTS_ON_A_PAGE);
    const health = await this.hiding.health(account.id);
    const when = (instant: Date | null) => instant && dateAndTime(account.zone, instant);
    return page('feed/pages/feed.njk', {
      title: 'Feed',
      account,
      navigation: teamNavigation(account.slug, 'Feed'),
      health: health && { ...health, pulledAt: when(health.pulledAt), failingSince: when(health.failingSince) },
      posts: posts.map((post) => this.row(post, account)),
      newer: number > 1 ? number - 1 : null,
      older: more ? number + 1 : null,
      keeping: await this.keeping(account),
    });
  }

  @Get('feed/:post/hide')
  @Allow('organiser', 'keeper')
  async ask(@Param('account') slug: string, @Param('post') id: string): Promise<Page> {
    return this.hidePage(slug, id, {}, 200);
  }

  @Post('feed/hidden')
  @Allow('organiser', 'keeper')
  async hide(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const posted = readForm(hiding, body);
    if (!posted.ok) return this.hidePage(slug, String(posted.values.post ?? ''), posted, 422);
    const account = await this.accounts.bySlug(slug);
    await this.hiding.hide(account.id, posted.data.post, posted.data.reason, who.personId);
    return redirect(`/team/${account.slug}/feed`);
  }

  @Get('feed/:post/shown')
  @Allow('organiser', 'keeper')
  async askUnhide(@Param('account') slug: string, @Param('post') id: string): Promise<Page> {
    return this.unhidePage(slug, id, {}, 200);
  }

  @Post('feed/:post/shown')
  @Allow('organiser', 'keeper')
  async unhide(
    @Param('account') slug: string,
    @Param('post') id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const posted = readForm(unhiding, body);
    if (!posted.ok) return this.unhidePage(slug, id, posted, 422);
    const account = await this.accounts.bySlug(slug);
    await this.hiding.unhide(account.id, id, posted.data.reason, who.personId);
    return redirect(`/team/${account.slug}/feed`);
  }

  @Get('embed')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async embed(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const base = `${this.runtime.publicUrl}/${account.slug}`;
    const snippet = `<script type="module" src="${this.runtime.publicUrl}/embed.js"></script>\n<latest-posts src="${base}/embed.html">\n  <a href="https://x.com/${account.handle}">Latest posts from @${account.handle} on X</a>\n</latest-posts>`;
    return page('feed/pages/embed.njk', {
      title: 'Put the posts on a website',
      account,
      navigation: teamNavigation(account.slug, 'Feed'),
      snippet,
      base,
      source: `/${account.slug}/embed.html`,
    });
  }

  /** What the feed costs and how it is set. */
  private async keeping({ id }: Account): Promise<object> {
    const { today, costs } = await this.settings.spent(id);
    const settings = await this.settings.of(id);
    return {
      settings,
      budget: settings && dollars(settings.recheckBudget),
      links: await this.settings.links(id),
      spending: spendingOf(costs, today),
    };
  }

  private async hidePage(slug: string, id: string, more: object, status: number): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const post = this.row(await this.hiding.one(account.id, id), account);
    const data = { title: 'Hide this post', account, navigation: teamNavigation(account.slug, 'Feed'), post };
    return page('feed/pages/hide.njk', { ...data, ...more }, status);
  }

  private async unhidePage(slug: string, id: string, more: object, status: number): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const { text: about } = await this.hiding.one(account.id, id);
    const data = { title: 'Show this post again', account, navigation: teamNavigation(account.slug, 'Feed') };
    const back = `/team/${account.slug}/feed`;
    return page('feed/pages/show-again.njk', { ...data, about, action: `${back}/${id}/shown`, back, ...more }, status);
  }

  private row(post: ListedPost, account: { zone: string; handle: string }): object {
    return {
      ...post,
      when: dateAndTime(account.zone, post.postedAt),
      href: permalink(account.handle, post.id),
      credit: `${post.curator ?? 'The house'}, ${CREDITS[post.creditedBy]}${PLACES[placeOf(post.postedAt, turnOf(post))]}`,
    };
  }
}

function turnOf({ opensAt, endsAt }: ListedPost): { opensAt: Date; endsAt: Date } | null {
  return opensAt && endsAt ? { opensAt, endsAt } : null;
}
