import { type LookupAddress, type LookupAllOptions, type LookupOptions, lookup } from 'node:dns';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Clock } from '../platform/clock.service.js';
import type { CallOutcome } from './ending.js';
import { mayCall, type Reach, webhookProblem } from './webhook-address.js';
import { webhookAnswer, webhookFailure } from './webhook-answer.js';

type Resolver = (
  name: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;
type Resolved = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Calls an address that a keeper typed in. Where a name leads is asked at the moment of the call, every answer is
 * checked, and the connection goes to what was checked. Redirects are not followed, and no answer's body is read.
 */
@Injectable()
export class WebhookCaller {
  /** The system's resolver. Tests put one of theirs here, for no name of theirs leads anywhere. */
  resolver: Resolver = lookup;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clock: Clock,
  ) {}

  /** This machine itself may be called only where everything is pretence. */
  get reach(): Reach {
    return { loopback: this.runtime.env.NETWORK === 'simulator' };
  }

  /** One POST of a JSON body. Never throws. */
  async post(address: string, body: string, headers: Record<string, string>): Promise<CallOutcome> {
    const problem = webhookProblem(address, this.reach);
    if (problem) return { kind: 'refused', why: 'invalid', detail: `${problem}.` };
    return new Promise((settle) => {
      let connected = false;
      const url = new URL(address);
      const call = (url.protocol === 'https:' ? https : http)(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        agent: false,
        lookup: (name, options, done) => this.lookup(name, options, done),
        signal: AbortSignal.timeout(settings.webhookTimeout),
        maxHeaderSize: 16_384,
      });
      call.on('response', (answer) => {
        answer.on('error', () => undefined);
        answer.destroy();
        settle(webhookAnswer(answer.statusCode ?? 500, answer.headers['retry-after'], this.clock.real()));
      });
      call.on('socket', (socket) => {
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
      });
      call.on('error', (error) => settle(webhookFailure(error, connected)));
      call.end(body);
    });
  }

  private lookup(name: string, options: LookupOptions, done: Resolved): void {
    this.resolver(name, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) return done(error ?? new Error('The name has no address'), '');
      if (!found.every(({ address }) => mayCall(address, this.reach))) {
        return done(Object.assign(new Error('Not on the public internet'), { code: 'ENOTPUBLIC' }), '');
      }
      if (options.all) return done(null, found);
      return done(null, first.address, first.family);
    });
  }
}
