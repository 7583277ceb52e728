import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/poll.js';
import { type Child, startBuilt } from '../support/process.js';

/** These run what `nest build` made, as `bin/start` does. */
describe('the program that bin/start runs', () => {
  let folder: string;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-start-'));
    await chmod(folder, 0o755);
    port = await freePort();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function start(env: Record<string, string> = {}, args: string[] = []): Child {
    const all = { BATON_DATA: join(folder, 'data'), PORT: String(port), LOG_LEVEL: 'error', ...env };
    return startBuilt('src/main', { args, env: all });
  }

  const posts = async (): Promise<string[]> => {
    const feed = (await (await fetch(`http://127.0.0.1:${port}/nhs/posts.json`)).json()) as { posts: { id: string }[] };
    return feed.posts.map((post) => post.id);
  };

  it('makes up a community, prints sign-in links and answers', async () => {
    const child = start();
    await child.waitForLine(/^To sign in, open one of these/, 60_000);
    for (const who of ['keeper', 'approver', 'organiser', 'curator on duty'])
      await child.waitForLine(new RegExp(`, ${who}$`));
    await child.waitForLine(/^ {2}http:.*\/sign-in\//);
    await eventually(async () => (await posts()).length > 2);
    expect(await child.stop()).toBe(0);
  });

  it('keeps everything over a kill -9, its simulator too', async () => {
    const first = start();
    await first.waitForLine(/^To sign in, open one of these/, 60_000);
    const before = await eventually(async () => ((await posts()).length > 2 ? posts() : false));
    await first.kill('SIGKILL');
    const second = start();
    await second.waitForLine(/^To sign in, open one of these/, 60_000);
    expect(second.output()).not.toContain('Made up a community');
    expect(await posts()).toEqual(before);
    const users = (await (await fetch(`http://127.0.0.1:${port}/simulator/users.json`)).json()) as { handle: string }[];
    expect(users.map((user) => user.handle)).toContain('NHS');
    await second.stop();
  });

  it('names the port that it took where it may take any', async () => {
    const child = start({ PORT: '0' });
    const [, link = ''] = await child.waitForLine(/^ {2}(http:\S+\/sign-in\/\S+)/, 60_000);
    expect((await fetch(link)).status).toBe(200);
    expect(child.output()).toContain(`Baton answers at ${new URL(link).origin}. `);
    expect(await child.stop()).toBe(0);
  });

  it('says in one line that its port is taken', async () => {
    const taken = createServer();
    const at = await new Promise<number>((up) =>
      taken.listen(0, '127.0.0.1', () => up((taken.address() as { port: number }).port)),
    );
    const child = start({ PORT: String(at) });
    expect((await child.exited).code).toBe(1);
    expect(child.output().trim().split('\n')).toEqual([expect.stringContaining(`Port ${at} on 127.0.0.1 is taken`)]);
    taken.close();
  });

  it('lists everything that is wrong with its environment', async () => {
    const child = start({ PORT: 'three', CLOCK_SPEED: '-1', RUN: 'web,desk' });
    expect((await child.exited).code).toBe(1);
    for (const name of ['PORT:', 'CLOCK_SPEED:', 'RUN']) expect(child.output()).toContain(name);
    expect(child.output()).not.toContain('    at ');
  });

  it('refuses development secrets and the simulator in production', async () => {
    const child = start({ NODE_ENV: 'production', SECRET_KEY: 'development-'.padEnd(40, 'x') });
    expect((await child.exited).code).toBe(1);
    expect(child.output()).toContain('NETWORK=simulator is refused in production');
    expect(child.output()).toContain('hold development values');
  });

  it('refuses to move the clock of a real account', async () => {
    const child = start({ NETWORK: 'x', X_CLIENT_ID: 'a', X_CLIENT_SECRET: 'b', CLOCK_START: '2026-11-18T10:30:00Z' });
    expect((await child.exited).code).toBe(1);
    expect(child.output()).toContain('CLOCK_START and CLOCK_SPEED may be set only with NETWORK=simulator');
  });

  it('says in one line that its key is not the one that sealed what is there', async () => {
    const other = `development:${Buffer.alloc(32, 5).toString('base64')}`;
    const child = start({ ENCRYPTION_KEY: other });
    expect((await child.exited).code).toBe(1);
    const lines = child.output().trim().split('\n');
    expect(lines).toEqual([expect.stringContaining('The key of version development is not the one that sealed')]);
  });

  it('says in one line that its keys are damaged, and leaves them as they are', async () => {
    const data = join(folder, 'damaged');
    const child = start({ BATON_DATA: data });
    await child.waitForLine(/^To sign in, open one of these/, 60_000);
    await child.stop();
    await writeFile(join(data, 'keys.json'), 'not json');
    const again = start({ BATON_DATA: data });
    expect((await again.exited).code).toBe(1);
    expect(again.output().trim().split('\n')).toEqual([expect.stringContaining('keys.json cannot be read')]);
  });

  it('opens the setup page with --empty', async () => {
    const child = start({ BATON_DATA: join(folder, 'empty') }, ['--empty']);
    const [, link = ''] = await child.waitForLine(/Set it up at (\S+)/, 60_000);
    const answer = await fetch(link, { headers: { accept: 'text/html' } });
    expect(await answer.text()).toContain('Set up Baton');
    await child.stop();
  });
});

function freePort(): Promise<number> {
  return new Promise((free) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => free(port));
    });
  });
}
