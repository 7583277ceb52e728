import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ProfileAccess } from '../../src/credentials/profile-access.service.js';
import { Vault } from '../../src/credentials/vault.service.js';
import { Alerts } from '../../src/people/alerts.service.js';
import { Log } from '../../src/platform/log.service.js';
import { turnOf } from '../support/handover.js';
import { formsOf, type Haystack, keys, leaks, tables } from '../support/leaks.js';
import { eventually } from '../support/poll.js';
import { startRedis } from '../support/redis.js';
import { signedIn, teamMember } from '../support/rota.js';
import { reach, SEED, sealedAccount, shownOn } from '../support/sealed.js';
import { type Service, startService } from '../support/service.js';
import { connectSimulated } from '../support/simulated.js';
import { type Sink, startSink } from '../support/sink.js';

const FRIDAY = '2026-12-11T18:00:00Z';
const canary = (name: string) => `${name}-${randomBytes(12).toString('hex')}`;

it('a secret is found in every form, wherever it stands', () => {
  const secret = 'canary/ö-4711';
  for (const before of ['', 'x', 'xy', 'xyz']) {
    const bytes = Buffer.from(`${before}${secret} and more`);
    const forms = [bytes.toString(), bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
    for (const text of [
      ...forms,
      bytes.toString('base64'),
      bytes.toString('base64url'),
      encodeURIComponent(String(bytes)),
    ])
      expect(leaks({ secret }, [{ where: 'here', text: `…${text}…` }])).not.toEqual([]);
  }
  expect(leaks({ secret }, [{ where: 'here', text: 'canary/o-4711' }])).toEqual([]);
  expect(Math.min(...Object.values(formsOf(secret)).map(({ length }) => length))).toBeGreaterThan(10);
});

describe.each([['PostgreSQL'], ['Redis']])('secrets that went through everything, queue in %s', (backend) => {
  let service: Service;
  let sink: Sink;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  const lines: string[] = [];
  const pages: Haystack[] = [];
  const secrets: Record<string, string> = {
    'the health information': canary('health'),
    'the password': canary('password'),
    'the seed': SEED,
    'the webhook’s address': canary('webhook'),
    'the profile’s token': canary('token'),
    'the profile’s secret': canary('secret'),
  };

  beforeAll(async () => {
    redis = backend === 'Redis' ? await startRedis() : undefined;
    sink = await startSink();
    service = await startService({
      clockStart: new Date('2026-12-07T09:00:00Z'),
      redisUrl: redis?.url ?? null,
      env: { LOG_LEVEL: 'warn' },
    });
    const log = service.app.get(Log).pino as unknown as Record<symbol | string, unknown>;
    log.level = 'trace';
    log[pino.symbols.streamSym] = { write: (line: string) => lines.push(line) };
    const { signing, encryption } = service.runtime.secrets;
    // The tests' own keys are regular on purpose, so only their text is looked for.
    Object.assign(secrets, { 'the signing key': signing, 'the encryption key': encryption.key.toString('base64') });
  });
  afterAll(async () => {
    await service?.stop();
    await sink?.stop();
    await redis?.stop();
  });

  it('stand nowhere in clear, base64, hex or as part of an address', async () => {
    const { account, kim } = await sealedAccount(service, 'nhs', { connection: 'api', postingHours: null });
    await connectSimulated(service, account.id);
    await kim.get('/team/nhs/credentials');
    await kim.submit({ password: secrets['the password'] ?? '', totp: SEED }, 'secrets');
    await kim.post('/team/nhs/credentials/secrets', { password: secrets['the password'] ?? '', totp: SEED });
    pages.push({ where: 'the answer to a form without its token', text: kim.page.text });
    await kim.get('/team/nhs/credentials');
    await kim.submit({ password: secrets['the password'] ?? '', totp: 'no seed' }, 'secrets');
    pages.push({ where: 'the answer to a wrong form', text: kim.page.text });
    await webhook(kim);
    await profile(account.id);
    const olu = await teamMember(service, account, 'Olu', 'organiser');
    const turn = await turnOf(service, account, 'Grace', '2026-12-07T09:00:00Z', FRIDAY);
    await reach(service, account, '2026-12-07T09:00:01Z');
    const grace = await signedIn(service, turn.personId);
    await health(account.id, turn.personId);
    await tokensOf(account.id);

    await grace.get('/nhs/credentials/password');
    await grace.submit({}, 'reveals');
    expect(shownOn(grace)).toBe(secrets['the password']);
    await grace.get('/nhs/credentials');
    await grace.submit({}, 'codes');
    await grace.get('/nhs/desk');
    await grace.submit({ text: 'Good morning from the ward' }, 'publications');
    await grace.post('/nhs/credentials/reveals', {});
    pages.push({ where: 'a refused reveal', text: grace.page.text });
    await reach(service, account, FRIDAY);
    await kim.get('/team/nhs/credentials/rotation');
    await kim.submit({}, 'passwords');
    secrets['the next password'] = shownOn(kim) ?? '';
    expect(secrets['the next password']?.length).toBeGreaterThan(19);
    await kim.submit({}, 'confirmations');
    await reach(service, account, '2026-12-11T18:00:10Z');
    const facts = { name: 'Grace', path: '/team/nhs' };
    const news = { accountId: account.id, kind: 'panic' as const, key: 'panic', facts, said: 'Help' };
    await service.db.write((tx) => service.app.get(Alerts).tell(tx, news));
    await eventually(async () => sink.calls.length > 0);

    for (const who of [kim, olu, grace])
      for (const path of [...PATHS, `/team/nhs/applications?words=${secrets['the health information']}`])
        pages.push({ where: `${path.split('?')[0]}`, text: pageWithoutSearch((await who.get(path)).text) });
    service.app.get(Log).info({ password: secrets['the password'], token: SEED }, 'what a careless line would say');
    expect(lines.join('')).toContain('"password":"[redacted]"');
    const places: Haystack[] = [
      ...pages,
      ...(await tables(service.runtime.databaseUrl)),
      ...(redis ? await keys(redis.url) : []),
      ...(await service.mail()).map((mail) => ({ where: `the letter ${mail.subject}`, text: JSON.stringify(mail) })),
      ...sink.calls.map(({ body, headers }) => ({ where: 'a webhook', text: body + JSON.stringify(headers) })),
      { where: 'the log', text: lines.join('\n') },
    ];
    expect(places.length).toBeGreaterThan(80);
    expect(leaks(secrets, places)).toEqual([]);
  }, 120_000);

  async function webhook(kim: Awaited<ReturnType<typeof teamMember>>): Promise<void> {
    await kim.get('/team/nhs/alerts');
    await kim.submit({ shape: 'slack', address: `${sink.url}/${secrets['the webhook’s address']}` }, 'webhooks');
    expect(kim.page.status).toBe(200);
    await kim.get('/team/nhs/alerts');
    pages.push({ where: '/team/nhs/alerts', text: kim.page.text });
  }

  async function profile(accountId: string): Promise<void> {
    const keysGiven = { token: secrets['the profile’s token'] ?? '', secret: secrets['the profile’s secret'] ?? '' };
    const kim = await service.db.query<{ id: string }>(`SELECT id FROM persons LIMIT 1`);
    await service.db.write((tx) => service.app.get(ProfileAccess).put(tx, accountId, keysGiven, kim[0]?.id ?? ''));
  }

  /** An application with health information, as the form leaves it. */
  async function health(accountId: string, personId: string): Promise<void> {
    await service.db.write(async (tx) => {
      const [row] = await tx.query<{ id: string }>(
        `INSERT INTO applications (account_id, person_id, state, answers, created_at) VALUES ($1, $2, 'waiting', '{"name":"Ada"}', $3) RETURNING id`,
        [accountId, personId, tx.now],
      );
      const id = row?.id ?? '';
      const sealed = service.app
        .get(Vault)
        .seal({ purpose: 'health-information', id }, secrets['the health information'] ?? '');
      await tx.query('UPDATE applications SET health = $2 WHERE id = $1', [id, sealed]);
    });
  }

  async function tokensOf(accountId: string): Promise<void> {
    const [row] = await service.db.query<{ access_token: Buffer; refresh_token: Buffer }>(
      'SELECT access_token, refresh_token FROM network_tokens WHERE account_id = $1',
      [accountId],
    );
    const target = { purpose: 'network-token', id: accountId };
    const open = (sealed?: Buffer) => service.app.get(Vault).use(target, sealed ?? Buffer.alloc(0), (text) => text);
    secrets['the access token'] = open(row?.access_token);
    secrets['the refresh token'] = open(row?.refresh_token);
  }
});

/** What somebody looks for stands in the field that they typed it into. */
const pageWithoutSearch = (text: string) => text.replace(/<input[^>]*name="words"[^>]*>/g, '');

const PATHS = [
  ...['/', '/nhs', '/me', '/nhs/desk', '/nhs/credentials', '/team/nhs', '/team/nhs/bad-day', '/team/nhs/applications'],
  ...[
    '/team/nhs/rota',
    '/team/nhs/handovers',
    '/team/nhs/tasks',
    '/team/nhs/checklists',
    '/team/nhs/messages',
    '/team/nhs/feed',
  ],
  ...['/team/nhs/people', '/team/nhs/alerts', '/team/nhs/audit', '/team/nhs/audit.csv', '/team/nhs/credentials'],
  ...[
    '/team/nhs/credentials/rotation',
    '/team/nhs/profile',
    '/team/status',
    '/metrics',
    '/health/ready',
    '/nhs/posts.json',
  ],
  ...['/nhs/feed.atom', '/nothing/here', '/team/nhs/handovers/nothing', '/me/sessions'],
];
