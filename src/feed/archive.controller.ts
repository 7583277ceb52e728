import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { longDate } from '../credentials/dates.js';
import { NotFound } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import { Id } from '../web/id.js';
import { Archive, type PastWeek } from './archive.service.js';
import { postsHtml } from './formats/embed.js';
import { addressOf, type ShownFeed } from './shown.js';

const WEEKS_ON_A_PAGE = 26;

/** What was posted in past weeks and turns, and each post on a page of its own. */
@Controller(':account')
@Public()
export class ArchiveController {
  constructor(
    private readonly accounts: Accounts,
    private readonly archive: Archive,
  ) {}

  @Get('weeks')
  async weeks(@Param('account') slug: string, @Query('page') asked = '1'): Promise<Page> {
    const account = await this.account(slug);
    const number = /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 1;
    const { weeks, more } = await this.archive.weeks(account, WEEKS_ON_A_PAGE, (number - 1) * WEEKS_ON_A_PAGE);
    return page('feed/pages/weeks.njk', {
      title: 'Posts week by week',
      account,
      weeks: weeks.map((week) => ({ ...week, span: spanOf(account, week) })),
      newer: number > 1 ? number - 1 : null,
      older: more ? number + 1 : null,
    });
  }

  @Get('weeks/:id')
  async week(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    const account = await this.account(slug);
    const { week, beside, feed } = await this.archive.week(account, id);
    const label = (other: PastWeek | null) =>
      other && { href: `/${account.slug}/weeks/${other.id}`, label: longDate(account.zone, other.startsAt) };
    return page('feed/pages/week.njk', {
      ...shown(account, feed, week, week.turns),
      earlier: label(beside.earlier),
      later: label(beside.later),
    });
  }

  @Get('turns/:id')
  async turn(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    const account = await this.account(slug);
    const { turn, feed } = await this.archive.turn(account, id);
    return page('feed/pages/week.njk', { ...shown(account, feed, turn, [turn]), turn });
  }

  @Get('posts/:post')
  async post(@Param('account') slug: string, @Param('post') id: string): Promise<Page> {
    const account = await this.account(slug);
    const feed = await this.archive.post(account, id);
    const [post] = feed.posts;
    return page('feed/pages/post.njk', {
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
