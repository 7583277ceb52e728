import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { limits } from '../../src/web/limits.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let cookie = '';
let token = '';

beforeAll(async () => {
  service = await startService({ env: { TRUST_PROXY: 'on' } });
  const form = await fetch(`${service.url}/sign-in`);
  cookie = form.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  token = /name="_csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
});
afterAll(() => service?.stop());

/** Asks for a link as somebody whom the load balancer has seen at `seen`, after what they wrote there themselves. */
async function ask(forged: string, seen: string): Promise<number> {
  const form = new URLSearchParams({ email: `${forged}@example.org`, _csrf: token });
  const headers = { 'x-forwarded-for': `${forged}, ${seen}`, cookie, accept: 'text/html' };
  const answer = await fetch(`${service.url}/sign-in`, { method: 'POST', body: form, headers, redirect: 'manual' });
  await answer.arrayBuffer();
  return answer.status;
}

it('behind a load balancer visitors count by the address that it has seen, whatever they write themselves', async () => {
  const statuses: number[] = [];
  for (let times = 0; times <= limits['sign-in'].points; times++)
    statuses.push(await ask(`198.51.100.${times}`, '203.0.113.7'));
  expect(new Set(statuses.slice(0, -1))).toEqual(new Set([200]));
  expect(statuses.at(-1)).toBe(429);
  expect(await ask('198.51.100.1', '203.0.113.8')).toBe(200);
});
