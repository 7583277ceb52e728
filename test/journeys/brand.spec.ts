import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Service, startService } from '../support/service.js';

describe('a brand of one’s own', () => {
  let service: Service;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-brand-'));
    await writeFile(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const env = { BRAND_NAME: 'Ward Voices', BRAND_COLOUR: '#7c2855', BRAND_LOGO: join(folder, 'logo.svg') };
    service = await startService({ env });
  });
  afterAll(async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has its name, its colour and its picture on every page, all from this service', async () => {
    const visitor = service.visitor();
    await visitor.get('/about');
    expect(visitor.page.text).toContain('<title>About Baton – Ward Voices</title>');
    expect(visitor.page.text).toContain('content="#7c2855"');
    const logo = /<img class="baton-header__logo" src="([^"]+)" alt="Ward Voices">/.exec(visitor.page.text)?.[1] ?? '';
    const answer = await fetch(new URL(logo, service.url));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    const style = /href="(\/assets\/baton\.[^"]+)"/.exec(visitor.page.text)?.[1] ?? '';
    const css = await (await fetch(new URL(style, service.url))).text();
    expect(css).toContain('--baton-blue: #7c2855');
    expect(css).not.toMatch(/005eb8/i);
  });
});
