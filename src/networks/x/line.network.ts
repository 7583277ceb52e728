import { type ITwitterApiClientPlugin, TwitterApi } from 'twitter-api-v2';
import type { z } from 'zod';
import type { Access, Gauge, Outcome } from '../network.js';
import { SimulatorAgent, XAgent } from './agent.network.js';
import { failureFrom } from './failure.network.js';
import { gauged } from './gauge.network.js';
import { type Endpoint, outcomeOf, unreadable } from './outcomes.js';

export interface XOptions {
  /** Of the owner's own developer app. */
  clientId: string;
  clientSecret: string;
  /** The same app's keys of OAuth 1.0a, by which changes of a profile are signed; null where there are none. */
  consumer: { key: string; secret: string } | null;
  /** Where the simulator listens (plain http with a port), or null for X itself. */
  simulatorUrl: string | null;
  /** Where a keeper's browser reaches the simulator, when that is another address than simulatorUrl. */
  publicSimulatorUrl: string | null;
  /** How long one call may take in all; unscaled milliseconds. */
  timeoutMs: number;
}

/** The line to X or its simulator: makes one call at a time and says how it ended. */
export class Line {
  private readonly agent: XAgent | SimulatorAgent;

  constructor(private readonly options: XOptions) {
    this.agent = options.simulatorUrl ? new SimulatorAgent(options.simulatorUrl) : new XAgent();
  }

  /** The API in an account's name. */
  as(access: Access): TwitterApi['v2'] {
    return this.client(access).v2;
  }

  /** The old API, which alone changes profiles. */
  asBefore(access: Access): TwitterApi['v1'] {
    return this.client(access).v1;
  }

  /** The API in the app's own name: only for tokens. */
  asApp(): TwitterApi {
    const { clientId, clientSecret } = this.options;
    return new TwitterApi({ clientId, clientSecret }, this.settings());
  }

  /** Makes the call once. Its answer must fit the shape, or else counts as no answer. */
  async ask<S extends z.ZodType>(
    endpoint: Endpoint,
    shape: S,
    call: () => Promise<unknown>,
  ): Promise<Outcome<z.infer<S>>> {
    let answer: unknown;
    try {
      answer = await call();
    } catch (error) {
      return outcomeOf(failureFrom(error), endpoint);
    }
    const read = shape.safeParse(answer);
    return read.success ? { kind: 'done', value: read.data } : unreadable(endpoint);
  }

  private client({ token, secret, gauge }: Access): TwitterApi {
    if (secret === undefined) return new TwitterApi(token, this.settings(gauge));
    const { key, secret: appSecret } = this.options.consumer ?? { key: '', secret: '' };
    return new TwitterApi({ appKey: key, appSecret, accessToken: token, accessSecret: secret }, this.settings(gauge));
  }

  private settings(gauge?: Gauge) {
    const plugins = [deadline(this.options.timeoutMs), ...(gauge ? [gauged(gauge)] : [])];
    // twitter-api-v2 never settles when X hangs up in the middle of a compressed answer: none is asked for.
    return { httpAgent: this.agent, plugins, compression: 'identity' as const };
  }
}

/** twitter-api-v2 has no time-out of its own, and its `timeout` counts only silence: a trickle would last for ever. */
function deadline(timeoutMs: number): ITwitterApiClientPlugin {
  return {
    onBeforeRequest: ({ requestOptions }) => {
      requestOptions.signal = AbortSignal.timeout(timeoutMs);
    },
  };
}
