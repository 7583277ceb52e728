import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { WebhookCaller } from '../../src/messages/webhook-caller.service.js';
import type { WebhookShape } from '../../src/messages/webhook-shapes.js';
import { Webhooks } from '../../src/messages/webhooks.service.js';
import { Alerts, type News } from '../../src/people/alerts.service.js';
import { eventually } from '../support/poll.js';
import { accountWithSlots, personCalled, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import { type Sink, startSink } from '../support/sink.js';

jest.setTimeout(120_000);
const PATIENT = { within: 30_000 };

let service: Service;
let sink: Sink;
let account: Account;
beforeAll(async () => {
  [service, sink] = await Promise.all([startService({ clockStart: new Date('2026-12-02T12:00:00Z') }), startSink()]);
  account = await accountWithSlots(service, 'nhs');
  await teamMember(service, account, 'Kim', 'keeper');
  await teamMember(service, account, 'Olu', 'organiser');
  await teamMember(service, account, 'Rae', 'reviewer');
});
afterAll(async () => {
  await service?.stop();
  await sink?.stop();
});
afterEach(async () => {
  await service.db.write(async (tx) => {
    await tx.query('DELETE FROM webhooks');
    // Three in a day would be an alert of their own.
    await tx.query(`UPDATE messages SET state = 'withdrawn' WHERE state = 'refused'`);
  });
  sink.calls.length = 0;
  sink.connections = 0;
});

/** A webhook of this shape at the sink; gives its signing key. */
async function webhook(shape: WebhookShape, path = `/${shape}`): Promise<string | null> {
  const by = { accountId: account.id, personId: await personCalled(service, 'Kim') };
  return service.app.get(Webhooks).add(by, { shape, address: `${sink.url}${path}` });
}

let told = 0;
/** Tells the team that Grace asks for help. */
async function panic(name = 'Grace', key = `panic ${++told}`): Promise<string> {
  const facts = { name, path: '/team/nhs' };
  const news: News = { accountId: account.id, kind: 'panic', key, facts, said: 'They know where I live' };
  await service.db.write((tx) => service.app.get(Alerts).tell(tx, news));
  const [row] = await service.db.query<{ id: string }>('SELECT id FROM alerts WHERE key = $1', [key]);
  return row?.id ?? '';
}

interface Row {
  channel: string;
  state: string;
  attempts: number;
  detail: string | null;
  possible_copies: number;
  id: string;
}

const rowsOf = (alertId: string) =>
  service.db.query<Row>('SELECT * FROM messages WHERE cause_id = $1 ORDER BY channel', [alertId]);

async function webhookRow(alertId: string, state: string): Promise<Row> {
  return eventually(async () => {
    const rows = await rowsOf(alertId);
    return rows.find((row) => row.channel === 'webhook' && row.state === state);
  }, PATIENT);
}

async function later(minutes: number): Promise<void> {
  await service.moveClock(new Date((await service.db.now()).getTime() + minutes * 60_000));
}

describe('an alert', () => {
  it('goes by letter to organisers and keepers, and to nobody else', async () => {
    await panic();
    const letter = await service.letter('olu@example.org', /Grace asks for help now/);
    await service.letter('kim@example.org', /Grace asks for help now/);
    expect(letter.text).toContain('They know where I live');
    expect(letter.links).toContain(`${service.url}/team/nhs`);
    expect((await service.mail()).filter(({ to }) => to.includes('rae'))).toEqual([]);
  });

  it('is told once for its cause, however often and by however many', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => panic('Ada', 'panic of Ada')));
    expect(await service.db.query(`SELECT 1 FROM alerts WHERE key = 'panic of Ada'`)).toHaveLength(1);
    expect(await rowsOf(ids[0] ?? '')).toHaveLength(2);
  });

  it('reaches Slack as text and blocks, in which a name can do nothing', async () => {
    await webhook('slack');
    await panic('<!channel> & co');
    const call = await eventually(() => sink.calls[0], PATIENT);
    const body = JSON.parse(call.body);
    expect(Object.keys(body)).toEqual(['text', 'blocks']);
    expect(body.blocks[0].text.text).toContain(`*@NHS: &lt;!channel&gt; &amp; co asks for help now*`);
    expect(body.blocks[0].text.text).toContain(`<${service.url}/team/nhs|See what you can do>`);
    expect(call.body).not.toContain('They know where I live');
  });

  it('reaches Teams as an Adaptive Card', async () => {
    await webhook('teams');
    await panic();
    const body = JSON.parse((await eventually(() => sink.calls[0], PATIENT)).body);
    expect(body).toMatchObject({ type: 'message', attachments: [{ content: { type: 'AdaptiveCard' } }] });
    expect(body.attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(body.attachments[0].content.actions[0].url).toBe(`${service.url}/team/nhs`);
  });

  it('reaches anything else as JSON that can be checked by its signature', async () => {
    const key = (await webhook('json')) ?? '';
    const id = await panic();
    const call = await eventually(() => sink.calls[0], PATIENT);
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(call.headers['baton-signature'])) ?? [];
    expect(createHmac('sha256', key).update(`${seconds}.${call.body}`).digest('hex')).toBe(signature);
    expect(Math.abs(Number(seconds) * 1000 - Date.now())).toBeLessThan(60_000);
    const row = await webhookRow(id, 'sent');
    expect(call.headers['baton-delivery']).toBe(row.id);
    expect(JSON.parse(call.body)).toMatchObject({ delivery: row.id, kind: 'panic', phase: 'first', account: 'NHS' });
  });
});

describe('a webhook', () => {
  it('that answers 500 is called again later, under the same delivery', async () => {
    await webhook('slack');
    sink.answer({ status: 500 }, { status: 503 });
    const id = await panic();
    for (const calls of [1, 2]) {
      await eventually(() => sink.calls.length === calls, PATIENT);
      expect((await webhookRow(id, 'waiting')).detail).toMatch(/asked to try later \(50[03]\)/);
      await later(1);
    }
    const row = await webhookRow(id, 'sent');
    expect(sink.calls.map(({ headers }) => headers['baton-delivery'])).toEqual([row.id, row.id, row.id]);
    expect(row.possible_copies).toBe(0);
  });

  it('that asks for patience is not called before it said', async () => {
    await webhook('slack');
    sink.answer({ status: 429, headers: { 'retry-after': '600' } });
    const id = await panic();
    await eventually(() => sink.calls.length === 1, PATIENT);
    await webhookRow(id, 'waiting');
    const [wait] = await service.db.query<{ minutes: number }>(
      `SELECT extract(epoch FROM next_attempt_at - due_at)::float / 60 AS minutes FROM messages WHERE cause_id = $1 AND channel = 'webhook'`,
      [id],
    );
    expect(wait?.minutes).toBeGreaterThan(9.5);
    await later(11);
    await webhookRow(id, 'sent');
    expect(sink.calls).toHaveLength(2);
  });

  it('that never answers is given up after five seconds and called again: it may have arrived twice', async () => {
    await webhook('slack');
    sink.answer('hang');
    const id = await panic();
    const row = await eventually(async () => {
      const found = await webhookRow(id, 'waiting');
      return found.attempts === 1 && found.detail ? found : null;
    }, PATIENT);
    expect([row.possible_copies, row.detail]).toEqual([1, expect.stringContaining('may have arrived')]);
    await later(1);
    await webhookRow(id, 'sent');
  });

  it.each([301, 307, 400, 404, 410])('that answers %i is refused, and nothing is followed', async (status) => {
    await webhook('slack');
    sink.answer({ status, headers: { location: `${sink.url}/elsewhere` } });
    const id = await panic();
    expect((await webhookRow(id, 'refused')).detail).toContain(`(${status})`);
    expect(sink.calls.map(({ path }) => path)).toEqual(['/slack']);
  });

  it('that is nobody’s is tried later, and withdrawn when it is a day old', async () => {
    const by = { accountId: account.id, personId: await personCalled(service, 'Kim') };
    const gone = await startSink();
    await gone.stop();
    await service.app.get(Webhooks).add(by, { shape: 'slack', address: `${gone.url}/x` });
    const id = await panic();
    await eventually(async () => (await webhookRow(id, 'waiting')).detail?.includes('No server answered'), PATIENT);
    await later(25 * 60);
    expect((await webhookRow(id, 'withdrawn')).detail).toContain('too late');
  });

  describe('whose name is asked for at the call', () => {
    const by = async () => ({ accountId: account.id, personId: await personCalled(service, 'Kim') });
    let asked: string[];
    /** What every name stands for from now on. */
    const answers = (...addresses: string[]) => {
      asked = [];
      service.app.get(WebhookCaller).resolver = (name, _options, done) => {
        asked.push(name);
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      };
    };
    const named = async () => {
      const { port } = new URL(sink.url);
      await service.app
        .get(Webhooks)
        .add(await by(), { shape: 'slack', address: `https://hooks.example.com:${port}/x` });
    };
    afterAll(() => {
      service.app.get(WebhookCaller).resolver = lookup;
    });

    it.each([[['10.0.0.5']], [['93.184.215.14', '169.254.169.254']], [['2606:4700::1', '::ffff:127.0.0.1']]])(
      'is refused when that leads to %j, and nothing is connected to',
      async (addresses) => {
        answers(...addresses);
        await named();
        const id = await panic();
        expect((await webhookRow(id, 'refused')).detail).toContain('not on the public internet');
        expect(sink.connections).toBe(0);
      },
    );

    it('is asked once, and the connection goes to what was checked', async () => {
      answers('127.0.0.1');
      await named();
      const id = await panic();
      const row = await eventually(async () => (await webhookRow(id, 'waiting')).detail, PATIENT);
      // The sink speaks no TLS: that it was reached is what counts.
      expect(row).toContain('No server answered');
      expect([asked, sink.connections, sink.calls.length]).toEqual([['hooks.example.com'], 1, 0]);
    });
  });

  it('keeps its address and its key sealed: no row, letter or page has them', async () => {
    const key = (await webhook('json', '/a-very-secret-path')) ?? '';
    const id = await panic();
    await webhookRow(id, 'sent');
    const tables = ['webhooks', 'messages', 'audit_entries', 'alerts'];
    for (const table of tables) {
      const rows = JSON.stringify(await service.db.query(`SELECT t::text FROM ${table} t`));
      const leaks = ['a-very-secret-path', key].flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]);
      expect([table, leaks.filter((secret) => rows.includes(secret))]).toEqual([table, []]);
    }
  });
});

describe('the page about alerts', () => {
  it('lets a keeper choose what is told by letter to whom', async () => {
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await kim.get('/team/nhs/alerts');
    expect(kim.words).toContain('Grace asks for help now');
    await kim.submit({ kinds: ['first-post', 'disconnected'], roles: 'keeper' }, '/team/nhs/alerts/choices');
    expect(kim.page.status).toBe(200);
    expect(await rowsOf(await panic())).toEqual([]);
    await kim.submit({ kinds: ['first-post', 'panic'], roles: 'keeper' }, '/team/nhs/alerts/choices');
    expect(await rowsOf(await panic())).toHaveLength(1);
    await kim.submit({ kinds: [], roles: [] }, '/team/nhs/alerts/choices');
    expect(await rowsOf(await panic())).toEqual([]);
    await service.db.write((tx) => tx.query('DELETE FROM alert_choices'));
  });

  it('takes, tests, switches off and removes a webhook, and shows its address to nobody', async () => {
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await kim.get('/team/nhs/alerts');
    await kim.submit(
      { shape: 'slack', address: `${sink.url}/services/T0/B0/very-secret` },
      '/team/nhs/alerts/webhooks',
    );
    expect(kim.words).toContain('127.0.0.1');
    expect(kim.words).toContain('…cret');
    expect(kim.page.text).not.toContain('very-secret');

    sink.answer({ status: 404 });
    await kim.submit({}, '/team/nhs/alerts/tests');
    await eventually(async () => {
      await kim.get('/team/nhs/alerts');
      return kim.words.includes('The server refused it (404)');
    }, PATIENT);
    await kim.submit({}, '/team/nhs/alerts/tests');
    await eventually(() => sink.calls.length === 2, PATIENT);
    expect(JSON.parse(sink.calls[1]?.body ?? '').text).toBe('@NHS: a test alert');
    await service.letter('olu@example.org', /a test alert/);

    await kim.get('/team/nhs/alerts');
    await kim.submit({}, '/switches');
    expect(kim.words).toContain('Switch on');
    await rowsOf(await panic()).then((rows) =>
      expect(rows.map(({ channel }) => channel)).toEqual(['letter', 'letter']),
    );
    await kim.submit({}, '/switches');
    await kim.submit({}, '/removals');
    expect(kim.words).toContain('There is none.');
    expect(await service.db.query('SELECT 1 FROM webhooks')).toEqual([]);
  });

  it('shows the key of signed JSON once', async () => {
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await kim.get('/team/nhs/alerts');
    await kim.submit({ shape: 'json', address: `${sink.url}/hook` }, '/team/nhs/alerts/webhooks');
    const [, key = ''] = /<pre[^>]*>([\w-]{43})<\/pre>/.exec(kim.page.text) ?? [];
    await panic();
    const call = await eventually(() => sink.calls[0], PATIENT);
    const [, seconds, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(call.headers['baton-signature'])) ?? [];
    expect(createHmac('sha256', key).update(`${seconds}.${call.body}`).digest('hex')).toBe(signature);
    await kim.get('/team/nhs/alerts');
    expect(kim.page.text).not.toContain(key);
  });

  it.each(['http://hooks.slack.com/x', 'https://10.0.0.1/x', 'https://169.254.169.254/latest/meta-data', 'hooks'])(
    'refuses %s as an address and keeps what was chosen',
    async (address) => {
      const kim = await teamMember(service, account, 'Kim', 'keeper');
      await kim.get('/team/nhs/alerts');
      await kim.submit({ shape: 'teams', address }, '/team/nhs/alerts/webhooks');
      expect(kim.page.status).toBe(422);
      expect(kim.page.text).toMatch(/value="teams"[^>]* checked/);
      expect(await service.db.query('SELECT 1 FROM webhooks')).toEqual([]);
    },
  );

  it('is for the team to read and for keepers to change', async () => {
    await webhook('slack');
    const olu = await teamMember(service, account, 'Olu', 'organiser');
    await olu.get('/team/nhs/alerts');
    expect(olu.words).toContain('By letter: keepers and organisers');
    expect(olu.page.text).not.toContain('…lack');
    for (const path of ['choices', 'webhooks', 'tests']) {
      expect([path, (await olu.post(`/team/nhs/alerts/${path}`, {})).status]).toEqual([path, 403]);
    }
    expect((await service.visitor().get('/team/nhs/alerts')).url).toContain('/sign-in');
  });
});
