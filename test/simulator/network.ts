import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwitterApi } from 'twitter-api-v2';
import { SimulatorAgent } from '../../src/networks/x/agent.network.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';

export const CALLBACK = 'http://127.0.0.1:3000/callback';
const SCOPES = 'tweet.read tweet.write users.read media.write dm.read dm.write offline.access';
const APP = { clientId: 'baton', clientSecret: 'baton-secret' };

export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
}

/** A simulator for a spec, with what a visitor of it does. */
export class PretendNetwork {
  private constructor(
    private readonly folder: string,
    private simulator: Simulator,
    private clock: { at: Date | null },
  ) {}

  static async start(): Promise<PretendNetwork> {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const clock = { at: null };
    return new PretendNetwork(folder, await begin(folder, clock), clock);
  }

  get url(): string {
    return this.simulator.url;
  }

  get smtpPort(): number {
    return this.simulator.smtpPort;
  }

  get journal(): string {
    return join(this.folder, 'journal.jsonl');
  }

  /** Lets its clock stand at an instant. */
  moveClock(at: string): void {
    this.clock.at = new Date(at);
  }

  async restart(): Promise<void> {
    await this.simulator.stop();
    this.simulator = await begin(this.folder, this.clock);
  }

  async stop(): Promise<void> {
    await this.simulator.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async get<T>(path: string): Promise<T> {
    return (await fetch(`${this.url}/simulator/${path}`)).json() as Promise<T>;
  }

  async post<T = { id: string }>(path: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.url}/simulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return response.json() as Promise<T>;
  }

  /** The client that the service uses, in an account's name. */
  as(token: string): TwitterApi {
    return new TwitterApi(token, { httpAgent: new SimulatorAgent(this.url), compression: 'identity' });
  }

  /** The client in the app's own name. */
  asApp(): TwitterApi {
    return new TwitterApi(APP, { httpAgent: new SimulatorAgent(this.url), compression: 'identity' });
  }

  /** The client that signs as in OAuth 1.0a. */
  signing(accessToken: string, accessSecret: string, appSecret: string): TwitterApi {
    const keys = { appKey: 'app', appSecret, accessToken, accessSecret };
    return new TwitterApi(keys, { httpAgent: new SimulatorAgent(this.url), compression: 'identity' });
  }

  /** An account, and the client in its name, without a browser. */
  async account(handle: string, more: object = {}): Promise<{ id: string; x: TwitterApi; token: string }> {
    const { id } = await this.post('users', { handle, ...more });
    const { access_token } = await this.post<Tokens>('tokens', { handle });
    return { id, x: this.as(access_token), token: access_token };
  }

  /** What a browser does on the authorize page: its answer's address on the app. */
  async consent(challenge: string, more: Record<string, string> = {}): Promise<URL> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: APP.clientId,
      redirect_uri: CALLBACK,
      state: 'a-state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      scope: SCOPES,
    });
    const page = await fetch(`${this.url}/i/oauth2/authorize?${query}`);
    if (page.status !== 200 || !(await page.text()).includes('Allow'))
      throw new Error(`No consent page: ${page.status}`);
    const answer = await fetch(`${this.url}/i/oauth2/authorize`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...Object.fromEntries(query), decision: 'allow', handle: 'NHS', ...more }),
    });
    return new URL(answer.headers.get('location') ?? '');
  }

  /** The whole flow with PKCE. */
  async connect(): Promise<Tokens> {
    const { verifier, challenge } = pkce();
    const code = (await this.consent(challenge)).searchParams.get('code') ?? '';
    return this.exchange(code, verifier);
  }

  exchange(code: string, verifier: string): Promise<Tokens> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier });
  }

  refresh(token: string): Promise<Tokens> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token });
  }

  private token(grant: Record<string, string>): Promise<Tokens> {
    return this.asApp().post('https://api.x.com/2/oauth2/token', {
      ...grant,
      client_id: APP.clientId,
      client_secret: APP.clientSecret,
    });
  }
}

/** A verifier and its challenge (S256). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** How a call failed: its status and what the answer said. */
export async function failure(call: Promise<unknown>): Promise<{ code?: number; data?: Record<string, unknown> }> {
  return call.then(
    () => ({}),
    (error) => error,
  );
}

function begin(folder: string, clock: { at: Date | null }): Promise<Simulator> {
  return startSimulator({ dataFolder: folder, now: () => clock.at ?? new Date() });
}
