import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { settings } from '../../../config/settings.js';
import type { Account } from '../../credentials/account.entity.js';
import { dateAndTime } from '../../credentials/dates.js';
import { Db } from '../../platform/database.service.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { formErrors, readForm } from '../../web/form.js';
import type { NavigationItem } from '../../web/team-navigation.js';
import { handlesIn, KINDS, type Kind, MOST, mayChange, REASONS, type Reason, type State, stateOf } from './block.js';
import { type Block, Blocks, type By, PAGE } from './blocks.service.js';

const keys = <Key extends string>(of: Record<Key, string>) => Object.keys(of) as [Key, ...Key[]];
const STATES = ['current', 'expired', 'ended'] as const;

const written = z.object({
  handles: z
    .string()
    .max(20_000, `Enter at most ${MOST} handles at a time`)
    .transform(handlesIn)
    .superRefine(({ handles, wrong }, context) => {
      const message = problemWith(handles.length, wrong);
      if (message) context.addIssue({ code: 'custom', message });
    }),
  kind: z.enum(keys(KINDS), 'Choose what was done'),
  reason: z.enum(keys(REASONS), 'Choose why'),
  note: z.string().trim().max(500, 'Keep the note under 500 characters').default(''),
  link: z
    .string()
    .trim()
    .max(300, 'Keep the address under 300 characters')
    .refine((link) => link === '' || isPost(link), 'Enter the address of a post on X, or leave it empty')
    .default(''),
});
const keeping = z.object({
  because: z.string().trim().min(1, 'Say why it stays').max(500, 'Keep the reason under 500 characters'),
});
const listed = z.object({
  show: z.enum(STATES).catch('current'),
  handle: z
    .string()
    .trim()
    .max(100)
    .transform((handle) => handle.replace(/^@/, ''))
    .catch(''),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
  known: z.string().max(20_000).catch(''),
});

/** Where the pages are, and as whom somebody sees them. */
export interface Seat {
  account: Account;
  by: By;
  base: string;
  navigation?: NavigationItem[];
}

/** The pages of the log of blocks, the same for whoever is on duty and for the team. */
@Injectable()
export class BlockPages {
  constructor(
    private readonly db: Db,
    private readonly blocks: Blocks,
  ) {}

  async list(seat: Seat, query: unknown, more: object = {}, status = 200): Promise<Page> {
    const { account } = seat;
    const { show, handle, page: number, known } = listed.parse(query);
    const [found, counts, now] = await Promise.all([
      this.blocks.list(account.id, { state: show, handle, page: number }),
      this.blocks.counts(account.id),
      this.db.now(),
    ]);
    const data = {
      show,
      handle,
      number,
      counts,
      entries: found.slice(0, PAGE).map((block) => this.view(seat, block, now)),
      more: found.length > PAGE,
      known: handlesIn(known).handles,
      options: {
        kinds: itemsOf(KINDS),
        reasons: itemsOf(REASONS),
        most: MOST,
        days: settings.blocksKept / (24 * 60 * 60_000),
      },
    };
    return this.page('blocks', `Blocks of @${account.handle}`, seat, { ...data, ...more }, status);
  }

  /** Nothing that was typed is lost, and nothing is written while some of it is wrong. */
  async add(seat: Seat, body: unknown): Promise<Page | Redirect> {
    const posted = readForm(written, body);
    if (!posted.ok) return this.list(seat, {}, posted, 422);
    const { handles, link, ...rest } = posted.data;
    const known = await this.blocks.add(seat.account, seat.by, {
      ...rest,
      handles: handles.handles,
      link: link || null,
    });
    if (known.length === handles.handles.length) {
      const text = known.length === 1 ? `@${known[0]} is in the log already` : 'All of these are in the log already';
      return this.list(seat, {}, { values: posted.values, errors: formErrors([['handles', text]]) }, 422);
    }
    return redirect(known.length > 0 ? `${seat.base}?known=${known.join(',')}` : seat.base);
  }

  async one(seat: Seat, id: string, more: object = {}, status = 200): Promise<Page> {
    const block = await this.blocks.one(seat.account.id, id);
    const entry = this.view(seat, block, await this.db.now());
    return this.page('block', `@${block.handle}`, seat, { entry, ...more }, status);
  }

  async end(seat: Seat, id: string): Promise<Redirect> {
    await this.blocks.end(seat.account, seat.by, id);
    return redirect(seat.base);
  }

  async keep(seat: Seat, id: string, body: unknown): Promise<Page | Redirect> {
    const posted = readForm(keeping, body);
    if (!posted.ok) return this.one(seat, id, posted, 422);
    await this.blocks.keep(seat.account, seat.by, id, posted.data.because);
    return redirect(seat.base);
  }

  private page(name: string, title: string, seat: Seat, data: object, status: number): Page {
    const { account, by, base, navigation } = seat;
    const shown = { title, account, base, navigation, team: by.turn === null, ...data };
    return page(`desk/pages/${name}.njk`, shown, status);
  }

  private view({ account, by, base }: Seat, block: Block, now: Date) {
    const when = (at: Date | null) => at && dateAndTime(account.zone, at);
    return {
      ...block,
      href: `${base}/${block.id}`,
      state: stateOf(block, now) as State,
      mayChange: mayChange(block, by.turn ? 'curator' : 'team'),
      kindName: KINDS[block.kind as Kind],
      reasonName: REASONS[block.reason as Reason],
      made: when(block.madeAt),
      expires: when(block.expiresAt),
      ended: when(block.endedAt),
    };
  }
}

/** As the components of forms take choices. */
function itemsOf(names: Record<string, string>): { value: string; text: string }[] {
  return Object.entries(names).map(([value, text]) => ({ value, text }));
}

function problemWith(count: number, wrong: string[]): string | null {
  if (wrong.length === 1) return `“${cut(wrong[0] ?? '')}” is not a handle: letters, digits and _, at most 15`;
  if (wrong.length > 1) {
    const some = wrong.slice(0, 5).map((each) => `“${cut(each)}”`);
    return `These are not handles: ${some.join(', ')}${wrong.length > 5 ? ` and ${wrong.length - 5} more` : ''}`;
  }
  if (count === 0) return 'Enter a handle';
  return count > MOST ? `Enter at most ${MOST} handles at a time; these are ${count}` : null;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function isPost(link: string): boolean {
  return /^https:\/\/(?:www\.|mobile\.)?(?:x|twitter)\.com\/\w{1,15}\/status\/\d{1,19}(?:[/?#]\S*)?$/i.test(link);
}
