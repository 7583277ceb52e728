import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { Reveals } from '../../src/credentials/reveals.service.js';
import { Digest } from '../../src/handover/checklist/digest.service.js';
import { eventually } from '../support/poll.js';
import { sessionOf } from '../support/rota.js';
import { PASSWORD, revealsOf, sealedDuty } from '../support/sealed.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-02T12:00:00Z') });
});
afterAll(() => service?.stop());

const BOTS = [
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Twitterbot/1.0',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'WhatsApp/2.23.20.0',
  'TelegramBot (like TwitterBot)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5 Microsoft Teams',
  'Mozilla/4.0 (compatible; ms-office; MSOffice 16) SafeLinks',
  'Mozilla/5.0 (compatible; bingbot/2.0) BingPreview/1.0b',
  'Mozilla/5.0 (via ggpht.com GoogleImageProxy)',
  'Mimecast-URL-Protection/2.0',
  'Proofpoint-URL-Defense/1.0',
  'Barracuda Sentinel (EE)',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];
const PREFETCH: Record<string, string>[] = [
  { purpose: 'prefetch' },
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { 'x-moz': 'prefetch' },
];

describe('whoever follows every link without pressing a button', () => {
  it('changes nothing: preview bots, mail scanners, browsers that fetch ahead', async () => {
    const duty = await sealedDuty(service, 'bots');
    await service.db.write((tx) => tx.query(`UPDATE accounts SET connection = 'api' WHERE id = $1`, [duty.account.id]));
    await service.letter(duty.turn.email, /You are live on @BOTS/);
    await settled();
    const session = await sessionOf(service, duty.turn.personId);
    const links = new Set(['/me', '/bots/credentials', '/bots/desk', '/bots']);
    for (const mail of (await service.mail()).filter(({ to }) => to.includes(duty.turn.email))) {
      for (const link of mail.links) links.add(link);
    }
    const before = await everyRow();
    const visited = await crawl(links, { cookie: `baton=${session}` });
    expect(visited).toEqual(expect.arrayContaining(['/bots/credentials/password', '/bots/credentials', '/bots/desk']));
    expect(visited.some((path) => path.startsWith('/sign-in/'))).toBe(true);
    const own = { cookie: `baton=${session}` };
    for (const path of visited) {
      const about = /credentials|sign-in/.test(path);
      const agents: Record<string, string>[] = BOTS.map((agent) => ({ 'user-agent': agent }));
      const calls = [...agents, ...PREFETCH.map((headers) => ({ ...headers, ...own }))];
      const signedIn = about ? agents.map((headers) => ({ ...headers, ...own })) : [];
      await Promise.all([...calls, ...signedIn].map((headers) => ask(path, headers)));
    }
    expect(await everyRow()).toEqual(before);
    expect(await revealsOf(service, duty)).toEqual([{ version: 1, state: 'sealed' }]);
    expect(await service.app.get(Reveals).open(duty.account, duty.grantee)).toEqual({ password: PASSWORD });
  }, 60_000);

  it('changes nothing as the keeper either, on any page of the team', async () => {
    const { account } = await sealedDuty(service, 'keepers');
    await service.app.get(Digest).sweep();
    await settled();
    const [kim] = await service.db.query<{ id: string }>(
      `SELECT person_id AS id FROM roles WHERE account_id = $1 AND role = 'keeper'`,
      [account.id],
    );
    const own = { cookie: `baton=${await sessionOf(service, kim?.id ?? '')}` };
    const before = await everyRow();
    const visited = await crawl(new Set(['/team/keepers']), own, 100);
    const rotation = '/team/keepers/credentials/rotation';
    expect(visited).toEqual(expect.arrayContaining([rotation, '/team/keepers/bad-day/pause', '/team/keepers/tasks']));
    for (const path of visited) {
      await ask(path, { ...own, 'sec-purpose': 'prefetch;prerender', 'user-agent': BOTS[0] ?? '' });
    }
    expect(await everyRow()).toEqual(before);
  }, 120_000);
});

/** Until no letter or post is on its way. */
async function settled(): Promise<void> {
  await eventually(async () => {
    const rows = await service.db.query(`SELECT 1 FROM messages WHERE state IN ('waiting', 'sending', 'unknown')`);
    return rows.length === 0;
  });
}

async function ask(path: string, headers: Record<string, string>): Promise<void> {
  for (const method of ['GET', 'HEAD']) {
    const answer = await fetch(new URL(path, service.url), { method, headers, redirect: 'manual' });
    expect(await answer.text()).not.toContain(PASSWORD);
  }
}

/** Every path of this service that can be reached by links from these. */
async function crawl(from: Set<string>, headers: Record<string, string>, most = 60): Promise<string[]> {
  const found = [...from];
  for (let next = 0; next < found.length && found.length < most; next += 1) {
    const url = new URL(found[next] ?? '/', service.url);
    const answer = await fetch(url, { headers: { ...headers, accept: 'text/html' } });
    if (!(answer.headers.get('content-type') ?? '').includes('text/html')) continue;
    for (const link of parse(await answer.text()).querySelectorAll('a[href], link[href], img[src]')) {
      const to = new URL(link.getAttribute('href') ?? link.getAttribute('src') ?? '', url);
      const path = `${to.pathname}${to.search}`;
      if (to.origin === url.origin && !path.startsWith('/simulator') && !path.startsWith('/assets'))
        if (!found.includes(path)) found.push(path);
    }
  }
  const paths = found.map((path) => new URL(path, service.url)).map(({ pathname, search }) => `${pathname}${search}`);
  return [...new Set(paths)];
}

/** A picture of every row that a person's act could change. Feeds are pulled, slots laid out and sessions seen by themselves. */
async function everyRow(): Promise<Record<string, string>> {
  const tables = await service.db.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(feed|slots|sessions|network_tokens|mention_pulls|turn_days|turn_counts)' ORDER BY 1`,
  );
  const rows: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await service.db.query<{ picture: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS picture FROM "${name}" t`,
    );
    rows[name] = row?.picture ?? '';
  }
  const [ended] = await service.db.query<{ picture: string }>(
    `SELECT count(*) || ' ' || count(ended_at) AS picture FROM sessions`,
  );
  return { ...rows, sessions: ended?.picture ?? '' };
}
