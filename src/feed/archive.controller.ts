import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { longDate } from '../credentials/dates.js';
import { NotFound } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { type Page, type Redirect, redirect, sharedPage } from '../web/answer.js';
import { Id } from '../web/id.js';
import { Archive, type PastWeek } from './archive.service.js';
import { postsHtml } from './formats/embed.js';
import { addressOf, type ShownFeed } from './shown.js';

const WEEKS_ON_A_PAGE = 26;

/**
 * What was posted in past weeks and turns, and each post on a page of its own. Caches may share these pages, so each has
 * one address: whoever comes by another is sent there, and no link can fill a cache.
 */
@Controller(':account')
@Public()
export class ArchiveController {
  constructor(
    private readonly accounts: Accounts,
    private readonly archive: Archive,
  ) {}

  @Get('weeks')
  async weeks(
    @Param('account') slug: string,
    @Req() { url }: FastifyRequest,
    @Query('page') asked = '1',
  ): Promise<Page | Redirect> {
    const account = await this.account(slug);
    const number = /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 1;
    const address = `/${account.slug}/weeks${number > 1 ? `?page=${number}` : ''}`;
    if (url !== address) return redirect(address);
    const { weeks, more } = await this.archive.weeks(account, WEEKS_ON_A_PAGE, (number - 1) * WEEKS_ON_A_PAGE);
    return sharedPage('feed/pages/weeks.njk', {
      title: 'Posts week by week',
      account,
      weeks: weeks.map((week) => ({ ...week, span: spanOf(account, week) })),
      newer: number > 1 ? number - 1 : null,
      older: more ? number + 1 : null,
    });
  }

  @Get('weeks/:id')
  async week(
    @Param('account') slug: string,
    @Id() id: string,
    @Req() { url }: FastifyRequest,
  ): Promise<Page | Redirect> {
    const account = await this.account(slug);
    const { week, beside, feed } = await this.archive.week(account, id);
    const address = `/${account.slug}/weeks/${week.id}`;
    if (url !== address) return redirect(address);
    const label = (other: PastWeek | null) =>
      other && { href: `/${account.slug}/weeks/${other.id}`, label: longDate(account.zone, other.startsAt) };
    return sharedPage('feed/pages/week.njk', {
      ...shown(account, feed, week, week.turns),
      earlier: label(beside.earlier),
      later: label(beside.later),
    });
  }

  @Get('turns/:id')
  async turn(
    @Param('account') slug: string,
    @Id() id: string,
    @Req() { url }: FastifyRequest,
  ): Promise<Page | Redirect> {
    const account = await this.account(slug);
    const { turn, feed } = await this.archive.turn(account, id);
    const address = `/${account.slug}/turns/${turn.id}`;
    if (url !== address) return redirect(address);
    return sharedPage('feed/pages/week.njk', { ...shown(account, feed, turn, [turn]), turn });
  }

  @Get('posts/:post')
  async post(
    @Param('account') slug: string,
    @Param('post') id: string,
    @Req() { url }: FastifyRequest,
  ): Promise<Page | Redirect> {
    const account = await this.account(slug);
    const feed = await this.archive.post(account, id);
    const [post] = feed.posts;
    const address = `/${account.slug}/posts/${post?.id}`;
    if (url !== address) return redirect(address);
    return sharedPage('feed/pages/post.njk', {
      title: `A post by ${post?.curator?.name ?? account.name}`,
      account,
      post,
      posts: postsHtml(feed, account.zone),
      address: addressOf(feed, `posts/${post?.id}`),
      oembed: `${feed.origin}/oembed?url=${encodeURIComponent(addressOf(feed, `posts/${post?.id}`))}`,
    });
  }

  private async account(slug: string): Promise<Account> {
    const account = await this.accounts.bySlug(slug);
    if (account.connection !== 'api') throw new NotFound('This account has no posts here.');
    return account;
  }
}

interface Span {
  startsAt: Date;
  endsAt: Date;
}

/** The first and the last day, each with its instant for `<time>`. */
function spanOf({ zone }: Account, { startsAt, endsAt }: Span): object[] {
  return [startsAt, endsAt].map((at) => ({ instant: at.toISOString(), day: longDate(zone, at) }));
}

function shown(account: Account, feed: ShownFeed, span: Span, turns: { id: string; name: string }[]): object {
  const names = new Intl.ListFormat('en-GB').format(turns.map((turn) => turn.name));
  return {
    title: `Posts by ${names}`,
    account,
    span: spanOf(account, span),
    turns,
    count: feed.posts.length,
    posts: postsHtml(feed, account.zone),
  };
}
