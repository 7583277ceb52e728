import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkBudgets } from '../../src/credentials/network-budgets.service.js';
import { NetworkCosts } from '../../src/credentials/network-costs.service.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { Networks } from '../../src/networks/networks.service.js';
import { makeAccount, signedIn } from '../support/community.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

let service: Service;
let pretend: Pretend;
let account: Account;
let kim: Visitor;

beforeAll(async () => {
  service = await startService({ env: { RUN: 'web' } });
  pretend = new Pretend(service);
  account = await makeAccount(service);
  kim = await signedIn(service, 'Kim');
});
afterAll(() => service?.stop());
afterEach(() => pretend.heal());

const PAGE = '/team/nhs/connection';

/** Presses "Connect" and answers X's page; gives the way back as X sends the browser on it. */
async function consent(visitor: Visitor, answer: Record<string, string>): Promise<string> {
  await visitor.get(PAGE);
  await visitor.submit({}, `${PAGE}/attempts`);
  const link = new URL(
    parse(visitor.page.text)
      .querySelectorAll('main a')
      .find((each) => each.textContent.includes('Continue to X'))
      ?.getAttribute('href')
      ?.replaceAll('&amp;', '&') ?? '',
  );
  const body = new URLSearchParams({ ...Object.fromEntries(link.searchParams), decision: 'allow', ...answer });
  const path = link.pathname.replace(/^\/simulator/, '');
  const back = await fetch(`${service.simulatorUrl}${path}`, { method: 'POST', body, redirect: 'manual' });
  const { pathname, search } = new URL(back.headers.get('location') ?? '');
  return `${pathname}${search}`;
}

const row = async () => {
  const rows = await service.db.query<Record<string, unknown>>('SELECT * FROM network_tokens WHERE account_id = $1', [
    account.id,
  ]);
  return rows[0] ?? {};
};
const me = () =>
  service.app.get(NetworkTokens).use(account.id, (access) => service.app.get(Networks).for('x').me(access));
const verbs = async () =>
  (
    await service.db.query<{ verb: string }>(
      `SELECT verb FROM audit_entries WHERE verb LIKE 'connection.%' ORDER BY seq`,
    )
  ).map(({ verb }) => verb);

describe('connecting an account', () => {
  it('is a keeper’s, by a form; the page on the way back changes nothing', async () => {
    const before = await row();
    const back = await consent(kim, { handle: 'NHS' });
    await kim.get(back);
    await kim.get(back);
    expect(kim.words).toContain('Press the button within 30 seconds');
    expect(await row()).toEqual(before);
    await kim.submit();
    expect(kim.words).toContain('The account is connected.');
    expect(kim.words).toContain('Connected as @NHS');
    expect(kim.words).toMatch(/Since [^,]*2026 at [^,]*, less than a minute ago, by Kim/);
    expect(kim.words).toContain('tweet.read tweet.write users.read media.write offline.access');
    expect(await row()).toMatchObject({ state: 'connected', handle: 'NHS', method: 'oauth2' });
    expect(await me()).toMatchObject({ kind: 'done', value: { handle: 'NHS' } });
    expect(await verbs()).toEqual(['connection.made']);
  });

  it('works once, and only in the session that began it', async () => {
    const back = await consent(kim, { handle: 'NHS' });
    const otherKim = await signedIn(service, 'Kim');
    await otherKim.get(back);
    expect(otherKim.page.status).toBe(404);
    expect(otherKim.words).toContain('began elsewhere');
    await kim.get(back);
    const form = { state: new URL(back, service.url).searchParams.get('state') ?? '', code: 'x' };
    await kim.submit(form);
    expect(kim.page.status).toBe(422);
    expect(kim.words).toContain('X gave no access');
    await kim.get(back);
    expect(kim.page.status).toBe(404);
    expect(await me()).toMatchObject({ kind: 'done' });
  });

  it('stores nothing of another account, takes its access back, and says whose it was', async () => {
    const before = await row();
    await kim.get(await consent(kim, { new_handle: 'Someone_else' }));
    await kim.submit();
    expect(kim.page.status).toBe(422);
    expect(kim.words).toContain('You were signed in to X as @Someone_else, not as @NHS');
    expect(await row()).toMatchObject({ access_token: before.access_token, connected_at: before.connected_at });
    expect(await pretend.calls('revoke')).toBeGreaterThan(0);
  });

  it('is as it was when the person at X says no', async () => {
    const before = await row();
    await kim.get(await consent(kim, { decision: 'deny' }));
    expect(kim.words).toContain('somebody chose not to let this service in');
    expect(await row()).toEqual(before);
  });

  it('is seen by the team and changed by keepers alone', async () => {
    const olu = await signedIn(service, 'Olu');
    await olu.get(PAGE);
    expect(olu.page.status).toBe(200);
    expect(olu.page.text).not.toContain(`${PAGE}/attempts`);
    await kim.get(PAGE);
    await olu.post(`${PAGE}/attempts`, {});
    expect(olu.page.status).toBe(403);
  });
});

describe('keys of OAuth 1.0a', () => {
  const keysOf = async (handle: string) => {
    const answer = await fetch(`${service.simulatorUrl}/simulator/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ handle, consumerSecret: 'baton-consumer' }),
    });
    const { accessToken, accessSecret } = (await answer.json()) as { accessToken: string; accessSecret: string };
    return { token: accessToken, secret: accessSecret };
  };

  it('are asked whose they are, kept sealed and never shown', async () => {
    await pretend.profile('Someone_else', {});
    await kim.get(PAGE);
    await kim.submit(await keysOf('Someone_else'), `${PAGE}/keys`);
    expect(kim.words).toContain('You were signed in to X as @Someone_else');
    const keys = await keysOf('NHS');
    await kim.submit(keys, `${PAGE}/keys`);
    expect(kim.words).toContain('Kind of access Keys of OAuth 1.0a');
    expect(kim.page.text).not.toContain(keys.secret);
    expect(String((await row()).access_secret)).not.toContain(keys.secret);
    expect(await me()).toMatchObject({ kind: 'done', value: { handle: 'NHS' } });
  });
});

describe('disconnecting', () => {
  it('takes two presses and a reason, has X forget, and destroys what was held', async () => {
    await kim.get(await consent(kim, { handle: 'NHS' }));
    await kim.submit();
    const revoked = await pretend.calls('revoke');
    await kim.get(`${PAGE}/end`);
    await kim.submit({ reason: ' ' });
    expect(kim.page.status).toBe(422);
    await kim.submit({ reason: 'We move to another app' });
    expect(kim.words).toContain('Disconnected, and X has forgotten the access.');
    expect(kim.words).toContain('A keeper disconnected it.');
    expect(await pretend.calls('revoke')).toBe(revoked + 1);
    const { access_token, refresh_token, state } = await row();
    expect([state, String(access_token), String(refresh_token)]).toEqual(['disconnected', '', '']);
    expect(await me()).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect((await verbs()).at(-1)).toBe('connection.ended');
  });

  it('happens here even when X does not answer, and says what to do there', async () => {
    await kim.get(await consent(kim, { handle: 'NHS' }));
    await kim.submit();
    await pretend.fail('revoke', '503');
    await kim.get(`${PAGE}/end`);
    await kim.submit({ reason: 'Again' });
    expect(kim.words).toContain('X could not be asked to forget the access');
    expect((await row()).state).toBe('disconnected');
  });
});

describe('what a connection may cost', () => {
  const limitsOf = () =>
    service.db.query<{ endpoint: string; remaining: number }>(
      'SELECT endpoint, remaining FROM network_limits WHERE account_id = $1',
      [account.id],
    );

  it('is tested by a call that posts nothing, is counted, and tells what is left', async () => {
    await kim.get(await consent(kim, { handle: 'NHS' }));
    await kim.submit();
    const posts = (await pretend.posts()).length;
    await kim.submit({}, `${PAGE}/tests`);
    expect(kim.words).toContain('X answered as it should. Nothing was posted.');
    expect((await pretend.posts()).length).toBe(posts);
    expect(kim.words).toMatch(/Asking whose account it is.*of 75/);
    expect(kim.words).toMatch(/Reading profiles.*\$0\.02/);
  });

  it('respects a limit that another process has met, before it calls', async () => {
    await service.db.write((tx) =>
      tx.query(`UPDATE network_limits SET remaining = 0 WHERE account_id = $1 AND endpoint = 'GET users/me'`, [
        account.id,
      ]),
    );
    const calls = await pretend.calls('me');
    expect(await me()).toMatchObject({ kind: 'later', why: 'rate-limit', at: expect.any(Date) });
    expect(await pretend.calls('me')).toBe(calls);
    await service.db.write((tx) => tx.query(`UPDATE network_limits SET resets_at = $1`, [tx.real]));
    expect(await me()).toMatchObject({ kind: 'done' });
    expect(await limitsOf()).toContainEqual({ endpoint: 'GET users/me', remaining: expect.any(Number) });
  });

  it('is bounded by a budget of the day, and says so at the desk’s side', async () => {
    await kim.get(PAGE);
    await kim.submit({ daily: 'a lot' }, `${PAGE}/budget`);
    expect(kim.page.status).toBe(422);
    await kim.submit({ daily: '0.02' }, `${PAGE}/budget`);
    expect(kim.words).toContain('$0.02 of $0.02 used today. The budget is used up. Reads wait 12.0 times as long.');
    const budgets = service.app.get(NetworkBudgets);
    expect(await budgets.today(account.id)).toMatchObject({ state: 'over', slowdown: 12 });
    await kim.submit({ daily: '' }, `${PAGE}/budget`);
    expect(await budgets.today(account.id)).toBeNull();
  });

  it('stops every call when the credits are used up, until a keeper or a day lets one through', async () => {
    await pretend.fail('me', '402');
    expect(await me()).toMatchObject({ kind: 'later', why: 'no-credits' });
    const calls = await pretend.calls('me');
    expect(await me()).toMatchObject({ kind: 'later', why: 'no-credits', detail: 'credits depleted' });
    expect(await pretend.calls('me')).toBe(calls);
    await kim.get(PAGE);
    expect(kim.words).toContain('Used up since');
    await kim.submit({}, 'credits/tries');
    expect(kim.page.status).toBe(422);
    expect(await pretend.calls('me')).toBe(calls + 1);
    await pretend.heal();
    expect(await me()).toMatchObject({ kind: 'later', why: 'no-credits' });
    await service.db.write((tx) => tx.query('UPDATE network_budgets SET try_at = $1', [tx.real]));
    expect(await me()).toMatchObject({ kind: 'done' });
    await kim.get(PAGE);
    expect(kim.words).toContain('X takes our calls.');
  });
});

it('counts every cent of this, for the right account and for a wrong one', async () => {
  const costs = await service.app.get(NetworkCosts).since(account.id, new Date(0));
  expect(costs).toMatchObject([{ purpose: 'connection', kind: 'user-read', items: 2 }]);
  expect(costs[0]?.microDollars).toBe((await pretend.meter()).microdollars);
});
