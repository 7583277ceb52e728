import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import sharp from 'sharp';
import { PretendNetwork } from './network.js';

let network: PretendNetwork;
beforeAll(async () => {
  network = await PretendNetwork.start();
  network.moveClock('2026-11-23T09:00:00Z');
});
afterAll(() => network.stop());

const page = async () => parse(await (await fetch(`${network.url}/simulator`)).text());
const submit = (path: string, fields: Record<string, string>) =>
  fetch(`${network.url}/simulator/${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

describe('the page of the pretend network', () => {
  it('shows posts with their pictures and descriptions, and runs nothing that is in them', async () => {
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    await network.post('users', { handle: 'NHS', name: 'NHS', picture: picture.toString('base64') });
    await network.post('posts', {
      handle: 'NHS',
      text: '<script>alert(1)</script> see https://www.nhs.uk.',
      media: [{ bytes: picture.toString('base64'), alt: 'A "red" square' }],
    });
    const article = (await page()).querySelector('article');
    expect(article?.text).toContain('Monday 23 November 2026');
    expect(article?.querySelector('script')).toBeNull();
    expect(article?.querySelector('p a')?.getAttribute('href')).toBe('https://www.nhs.uk');
    expect(article?.querySelector('figure img')?.getAttribute('alt')).toBe('A "red" square');
    const shown = await fetch(`${network.url}${article?.querySelector('figure img')?.getAttribute('src')}`);
    expect(shown.headers.get('content-type')).toBe('image/jpeg');
  });

  it('posts as somebody, and switches faults on and off', async () => {
    const posted = await submit('posts', { handle: 'NHS', text: 'From the page' });
    expect([posted.status, posted.headers.get('location')]).toEqual([303, '/simulator']);
    await submit('faults', { endpoint: 'create', kind: '402', nth: '1', count: '1', every: 'on', amount: '' });
    expect((await page()).text).toMatch(/From the page[\s\S]*Credits depleted \(402\), on create, every time/);
    await submit('faults/ended', {});
    expect((await page()).text).toContain('No fault is waiting.');
  });

  it('says on every page that it is a demonstration, and loads nothing from elsewhere', async () => {
    for (const path of ['', '/mail', '/mail/0', '/i/oauth2/authorize']) {
      const answer = await fetch(`${network.url}/simulator${path}`);
      const text = await answer.text();
      expect(text).toContain('<strong>Demonstration</strong>');
      expect(text).not.toMatch(/<script|style="|(src|href)="https?:(?!\/\/www\.nhs\.uk)/);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect((await fetch(`${network.url}/simulator/style.css`)).headers.get('content-type')).toMatch(/^text\/css/);
  });
});
