import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Clock } from '../platform/clock.service.js';
import { type Format, type Rendered, renderedAs } from './formats/formats.js';
import { nextLapse, shownAt } from './lapse.js';
import { FeedReading, type ReadFeed } from './reading.service.js';
import { queryOf, type Selection, selectedOf, selectionOf } from './selection.js';
import type { ShownFeed, ShownPost } from './shown.js';

interface Made {
  form: Rendered;
  /** When a post of it becomes a mere link; null for never. */
  until: Date | null;
}

/** What was selected of one version of a feed, by format, state and query; the one asked for longest ago goes first. */
export type Selected = Map<string, Promise<Made>>;

/** Renders what an address selects of a feed (`?limit=5`), once for each version of it and each way of saying the same. */
@Injectable()
export class Selections {
  constructor(
    private readonly reading: FeedReading,
    private readonly clock: Clock,
  ) {}

  /** The selected posts in one format. Throws Unreadable for a query that cannot be read. */
  async form(
    held: ReadFeed & { account: Account; selected: Selected },
    state: ShownFeed['state'],
    format: Format,
    query: string,
  ): Promise<Rendered> {
    const selection = selectionOf(query, format);
    const key = `${format} ${state} ${queryOf(selection)}`;
    const known = await held.selected.get(key);
    if (known && (!known.until || known.until > this.clock.now())) {
      remember(held.selected, key, Promise.resolve(known));
      return known.form;
    }
    const making = this.make(held, state, format, selection);
    remember(held.selected, key, making);
    making.catch(() => held.selected.delete(key));
    return (await making).form;
  }

  private async make(
    held: ReadFeed & { account: Account },
    state: ShownFeed['state'],
    format: Format,
    selection: Selection,
  ): Promise<Made> {
    const posts = state === 'expired' ? [] : await this.posts(held, selection);
    const now = this.clock.now();
    const whole = { ...held.feed, state, posts, query: queryOf(selection) };
    const form = renderedAs(format, shownAt(whole, now), held.account, held.changedAt, selection.heading);
    return { form, until: nextLapse(whole, now) };
  }

  /** From what is held, where that is enough: it needs no PostgreSQL. */
  private async posts({ feed, account }: ReadFeed & { account: Account }, selection: Selection): Promise<ShownPost[]> {
    return selectedOf(feed.posts, selection) ?? this.reading.selected(account, selection);
  }
}

function remember(selected: Selected, key: string, made: Promise<Made>): void {
  selected.delete(key);
  selected.set(key, made);
  const [oldest] = selected.keys();
  if (selected.size > settings.feedSelections && oldest !== undefined) selected.delete(oldest);
}
