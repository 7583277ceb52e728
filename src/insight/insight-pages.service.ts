import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dollars } from '../credentials/budget.js';
import { priceOf } from '../networks/prices.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Bytes, type Page, page } from '../web/answer.js';
import { drawn, SIZES } from './plot.js';
import { type NamedPlot, readPlotName } from './plots.js';
import { Series } from './series.service.js';
import { type TurnRead, turnPlots, turnView } from './turn-view.js';
import { type ReadTurn, TurnsRead } from './turns-read.service.js';
import { type YearRead, yearPlots, yearView } from './year-view.js';

/** Pages of how posts did, and their plots. */
@Injectable()
export class InsightPages {
  constructor(
    private readonly db: Db,
    private readonly turns: TurnsRead,
    private readonly series: Series,
  ) {}

  /** `base` is the address of the page, below which its plots are. */
  async turn(account: Account, turn: ReadTurn, base: string, more: object): Promise<Page> {
    const read = await this.read(account, turn);
    return page('insight/pages/turn.njk', {
      account,
      ...turnView(read, await this.db.now()),
      plots: addressed(turnPlots(read), base, ''),
      sizes: SIZES,
      ...more,
    });
  }

  async turnPlot(account: Account, turn: ReadTurn, file: string): Promise<Bytes> {
    return picture(turnPlots(await this.read(account, turn)), file);
  }

  async year(account: Account, asked: string | undefined, base: string, more: object): Promise<Page> {
    const { years, ...read } = await this.readYear(account, asked);
    return page('insight/pages/year.njk', {
      account,
      ...yearView(read),
      year: read.year,
      price: dollars(priceOf(account.network, 'post-read')),
      years: years.map((year) => ({ year, href: `${base}?year=${year}`, current: year === read.year })),
      plots: addressed(yearPlots(read), base, `?year=${read.year}`),
      sizes: SIZES,
      ...more,
    });
  }

  async yearPlot(account: Account, asked: string | undefined, file: string): Promise<Bytes> {
    return picture(yearPlots(await this.readYear(account, asked)), file);
  }

  private async read(account: Account, turn: ReadTurn): Promise<TurnRead> {
    const [posts, days] = await Promise.all([this.turns.posts([turn.id]), this.series.of(turn.id)]);
    return { account, turn, posts, days };
  }

  /** The newest year with turns unless another of them is asked for. */
  private async readYear(account: Account, asked: string | undefined): Promise<YearRead & { years: number[] }> {
    const years = await this.turns.years(account);
    const year = years.find((each) => String(each) === asked) ?? years[0] ?? (await this.db.now()).getUTCFullYear();
    const turns = await this.turns.ofYear(account, year);
    return { account, year, years, turns, posts: await this.turns.posts(turns.map(({ id }) => id)) };
  }
}

function addressed(plots: NamedPlot[], base: string, query: string) {
  return plots.map(({ name, title, alt }) => ({
    title,
    alt,
    narrow: `${base}/plots/${name}-narrow.svg${query}`,
    wide: `${base}/plots/${name}-wide.svg${query}`,
  }));
}

async function picture(plots: NamedPlot[], file: string): Promise<Bytes> {
  const asked = readPlotName(file);
  const found = plots.find(({ name }) => name === asked?.name);
  if (!asked || !found) throw new NotFound('There is no such plot.');
  return new Bytes(await drawn(found.plot, asked.form), 'image/svg+xml', { 'cache-control': 'private, no-cache' });
}
