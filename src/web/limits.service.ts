import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Db } from '../platform/database.service.js';
import { TooMany } from '../platform/errors.js';
import { type LimitName, limits, waitInWords } from './limits.js';

/**
 * Counts how often things are asked for, in PostgreSQL, so that it holds over restarts and for all processes together.
 * Real time. Subjects are kept as keyed hashes: no address of a person stands in a row.
 */
@Injectable()
export class Limits {
  private readonly limiters: Map<LimitName, RateLimiterPostgres>;

  constructor(
    source: DataSource,
    private readonly db: Db,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    const names = Object.keys(limits) as LimitName[];
    this.limiters = new Map(names.map((name) => [name, limiter(source, name)]));
  }

  /** Counts one asking of a subject. Throws TooMany when it was asked too often. */
  async spend(name: LimitName, subject: string): Promise<void> {
    try {
      await this.of(name).consume(this.key(subject));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw tooMany(name, refused.msBeforeNext / 1000);
    }
  }

  /** Counts a stranger. Throws TooMany when there were too many of them all together. */
  async stranger(): Promise<void> {
    await this.spend('strangers', 'all');
  }

  /** Takes back one asking that came to nothing by our own fault. */
  async giveBack(name: LimitName, subject: string): Promise<void> {
    await this.of(name).reward(this.key(subject));
  }

  /** Forgets what has run out; the sweep. */
  async forget(): Promise<void> {
    await this.db.write((tx) => tx.query('DELETE FROM rate_limits WHERE expire < $1', [tx.real.getTime()]));
  }

  private of(name: LimitName): RateLimiterPostgres {
    const found = this.limiters.get(name);
    if (!found) throw new Error(`There is no limit called ${name}`);
    return found;
  }

  private key(subject: string): string {
    return createHmac('sha256', this.runtime.secrets.signing).update(`limit ${subject}`).digest('base64url');
  }
}

/** Once a subject has asked too often, this process answers it from memory until its time is over. */
function limiter(source: DataSource, name: LimitName): RateLimiterPostgres {
  const { points, seconds } = limits[name];
  return new RateLimiterPostgres({
    storeClient: source,
    storeType: 'typeorm',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: name,
    points,
    duration: seconds,
    inMemoryBlockOnConsumed: points + 1,
  });
}

function tooMany(name: LimitName, seconds: number): TooMany {
  const wait = waitInWords(seconds);
  const why = name === 'strangers' ? 'Too many people are asking at this moment.' : 'You have tried this too often.';
  return new TooMany(`${why} Nothing was changed. Try again in ${wait}.`, Math.max(1, Math.ceil(seconds)));
}
