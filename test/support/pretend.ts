import type { Service } from './service.js';

/** A post as the simulator is told of it. */
export interface PhonePost {
  handle: string;
  text?: string;
  at?: string;
  media?: { bytes: string; alt?: string; type?: 'photo' | 'animated_gif' | 'video' }[];
  edits?: string;
  replyTo?: string;
  quoteOf?: string;
  repostOf?: string;
  poll?: { options: string[]; minutes: number; votes?: number[] };
  withheld?: string[];
  sensitive?: boolean;
  likes?: number;
  views?: number;
}

/** What a test does to the pretend network behind a service, and what it saw of the service. */
export class Pretend {
  constructor(private readonly service: Service) {}

  /** Posts as if from a telephone; gives the id. */
  async post(post: PhonePost): Promise<string> {
    return ((await this.send('POST', 'posts', post)) as { id: string }).id;
  }

  async remove(id: string): Promise<void> {
    await this.send('DELETE', `posts/${id}`);
  }

  /** Something befalls a post. */
  async befall(
    id: string,
    change: { withheld?: string[]; protected?: boolean; likes?: number; views?: number },
  ): Promise<void> {
    await this.send('PATCH', `posts/${id}`, change);
  }

  async profile(handle: string, change: { name?: string; picture?: string; protected?: boolean }): Promise<void> {
    await this.send('POST', 'users', { handle, ...change });
  }

  /** Every call of an endpoint fails in this way until `heal`. */
  async fail(endpoint: string, kind: string): Promise<void> {
    await this.send('POST', 'faults', { endpoint, kind, every: true });
  }

  /** The nth call of an endpoint from now on fails in this way. */
  async failOnce(endpoint: string, kind: string, nth: number): Promise<void> {
    await this.send('POST', 'faults', { endpoint, kind, nth });
  }

  async heal(): Promise<void> {
    await this.send('DELETE', 'faults');
  }

  /** A year in a minute would meet the limits of fifteen. */
  async unlimit(): Promise<void> {
    await this.send('POST', 'limits', { endpoint: 'any', on: false });
  }

  async posts(): Promise<
    {
      id: string;
      text: string;
      mediaKeys: string[];
      replyTo: string | null;
      poll: { options: { label: string }[] } | null;
    }[]
  > {
    return (await this.send('GET', 'posts.json')) as Awaited<ReturnType<Pretend['posts']>>;
  }

  /** How many calls of an endpoint came so far (of the last that are kept). */
  async calls(endpoint: string): Promise<number> {
    const calls = (await this.send('GET', 'calls.json')) as { endpoint: string }[];
    return calls.filter((call) => call.endpoint === endpoint).length;
  }

  /** What the network itself counts as used, over all days and by day. */
  async meter(): Promise<{ microdollars: number; days: { day: string; microdollars: number }[] }> {
    return (await this.send('GET', 'meter.json')) as Awaited<ReturnType<Pretend['meter']>>;
  }

  private async send(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.service.simulatorUrl}/simulator/${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }
}
