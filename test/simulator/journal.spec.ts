import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { EUploadMimeType } from 'twitter-api-v2';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
beforeAll(async () => {
  network = await PretendNetwork.start();
});
afterAll(() => network.stop());

describe('what the simulator knows', () => {
  it('survives a restart and a line that was cut short', async () => {
    const { x, token, id } = await network.account('NHS');
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const mediaId = await x.v2.uploadMedia(picture, { media_type: EUploadMimeType.Png });
    const { data } = await x.v2.tweet('Before', { media: { media_ids: [mediaId] } });
    await network.post('faults', { endpoint: 'delete', kind: '503', nth: 2 });
    const tokens = await network.connect();
    await network.refresh(tokens.refresh_token);
    await appendFile(network.journal, '[{"put":"posts","row":{"id":"1');
    await network.restart();

    const again = network.as(token);
    expect((await again.v2.me()).data.id).toBe(id);
    const { includes } = await again.v2.singleTweet(data.id, {
      expansions: ['attachments.media_keys'],
      'media.fields': ['url'],
    });
    expect((await fetch(includes?.media?.[0]?.url ?? '')).status).toBe(200);
    await again.v2.deleteTweet(data.id);
    expect(await failure(again.v2.deleteTweet(data.id))).toMatchObject({ code: 503 });
    expect(await failure(network.refresh(tokens.refresh_token))).toMatchObject({ code: 400 });
    expect(await failure(again.v2.tweet('After the cut line'))).toEqual({});
    await network.restart();
    expect(await network.get('posts.json')).toMatchObject([{ text: 'After the cut line' }]);
  });

  it('is gone after a reset, also for the next start', async () => {
    const { token } = await network.account('NHS');
    await network.post('reset', {});
    await network.restart();
    expect(await network.get('users.json')).toEqual([]);
    expect(await failure(network.as(token).v2.me())).toMatchObject({ code: 401 });
    await network.account('NHS');
    expect((await network.connect()).access_token).toBeTruthy();
  });
});

describe('the program', () => {
  it('is ready on free ports, loses nothing to kill -9, and stops in good order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const first = await program(folder);
    const made = await fetch(`http://127.0.0.1:${first.port}/simulator/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ handle: 'NHS' }),
    });
    expect(made.status).toBe(201);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await program(folder);
    const users = await fetch(`http://127.0.0.1:${second.port}/simulator/users.json`);
    expect(await users.json()).toMatchObject([{ handle: 'NHS' }]);
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
    await rm(folder, { recursive: true });
  });

  it('ends with whoever started it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const { child } = await program(folder, true);
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
    await rm(folder, { recursive: true });
  });
});

async function program(folder: string, asChild = false) {
  const child = spawn(process.execPath, ['--import', './test/support/typescript.js', 'src/simulator/main.ts'], {
    env: { PATH: process.env.PATH, SIMULATOR_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit', ...(asChild ? (['ipc'] as const) : [])],
  });
  const [said] = await (asChild ? once(child, 'message') : once(child.stdout as NodeJS.ReadableStream, 'data'));
  const ready = asChild ? said : JSON.parse(String(said));
  expect(ready).toEqual({ ready: true, port: expect.any(Number), smtpPort: expect.any(Number) });
  return { child, port: ready.port as number };
}
