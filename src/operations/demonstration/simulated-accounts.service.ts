import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import sharp from 'sharp';
import { RUNTIME, type Runtime } from '../../../config/runtime.js';
import { settings } from '../../../config/settings.js';

/** What the demonstration asks of the simulator beyond X's own API. */
@Injectable()
export class SimulatedAccounts {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  /** Makes an account on the pretend network, with a picture as every account of X has one; gives its id. */
  async create(handle: string, name: string): Promise<string> {
    const icon = sharp(join(this.runtime.root, 'src/web/assets/icon.svg')).resize(200).png();
    const picture = (await icon.toBuffer()).toString('base64');
    const { id } = (await this.send('/simulator/users', { handle, name, picture })) as { id: string };
    return id;
  }

  /** Posts as an account at an instant, as if from its telephone. */
  async post(handle: string, text: string, at: Date): Promise<void> {
    await this.send('/simulator/posts', { handle, text, at: at.toISOString() });
  }

  /** The words of everything that was posted there so far. */
  async texts(): Promise<Set<string>> {
    const response = await fetch(new URL('/simulator/posts.json', this.runtime.simulatorUrl ?? ''), {
      signal: AbortSignal.timeout(settings.outsideTimeout),
    });
    return new Set(((await response.json()) as { text: string }[]).map((post) => post.text));
  }

  /** Says yes on the authorize page; gives the code that comes back. */
  async allow(link: string, handle: string): Promise<string> {
    const address = new URL(link);
    const body = new URLSearchParams({
      ...Object.fromEntries(address.searchParams),
      handle,
      decision: 'allow',
    });
    const response = await fetch(new URL(address.pathname, this.runtime.simulatorUrl ?? ''), {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.outsideTimeout),
    });
    const code = new URL(response.headers.get('location') ?? 'about:blank').searchParams.get('code');
    if (!code) throw new Error(`The simulator gave no code (${response.status})`);
    return code;
  }

  private async send(path: string, body: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.runtime.simulatorUrl ?? ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(settings.outsideTimeout),
    });
    if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${path}`);
    return response.json();
  }
}
