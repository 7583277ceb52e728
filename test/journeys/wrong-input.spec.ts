import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { type HTMLElement, parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { HandOver } from '../../src/credentials/hand-over.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { People } from '../../src/people/people.service.js';
import type { Role } from '../../src/web/principal.js';
import { makeAccount, onDuty, personId, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Route, routesOf } from '../support/routes.js';
import { type Service, startService } from '../support/service.js';
import type { Visit, Visitor } from '../support/visitor.js';

jest.setTimeout(120_000);

const NOBODY = '7b9d3c6e-0d7e-4a4a-8f3c-1f1f1f1f1f1f';
const ROLES: Role[] = ['reviewer', 'organiser', 'approver', 'keeper'];
/** They would end the session that asks, and what follows would be answered as to a stranger. */
const LEAVING = ['/sign-out', '/me/sessions/others/end'];

let service: Service;
let nhs: Account;
let post: string;
let stint: string;
let past: string;
let block: string;
let sent: string;
let everyone: Route[];
/** Has every role on @NHS and @Third, is on duty at @NHS, and is nobody on @Other. */
let grace: Visitor;
let rhian: Visitor;
/** Of the forms that each of them sends. */
let tokens: { grace: string; rhian: string };

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z'), env: { RUN: 'web' } });
  everyone = routesOf(service).routes;
  nhs = await makeAccount(service);
  await makeAccount(service, { handle: 'Other' });
  const third = await makeAccount(service, { handle: 'Third' });
  stint = await onDuty(service, nhs, 'Grace');
  const id = await personId(service, 'Grace');
  past = await over(stint);
  for (const role of ROLES)
    for (const account of [nhs, third])
      await service.db.write((tx) => service.app.get(People).give(tx, id, account.id, role, null));
  await service.db.write((tx) =>
    tx.query('INSERT INTO feeds (account_id, changed_at, next_pull_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [
      nhs.id,
      tx.now,
    ]),
  );
  post = await new Pretend(service).post({ handle: 'NHS', text: 'From the ward' });
  await eventually(() => service.app.get(Pulls).pull(nhs.id), { within: 30_000 });
  [grace, rhian] = [await signedIn(service, 'Grace'), await signedIn(service, 'Rhian')];
  tokens = { grace: csrfOf(await grace.get('/me')), rhian: csrfOf(await rhian.get('/me')) };
  await service.app.get(HandOver).accept(nhs, id);
  await service.app.get(HandOver).choose(nhs, 'sealed', id);
  await grace.post('/team/nhs/blocks', { _csrf: tokens.grace, handles: 'spammer', kind: 'muted', reason: 'spam' });
  [sent = ''] = (
    await service.db.write((tx) =>
      tx.query<{ id: string }>(
        `INSERT INTO messages (key, account_id, channel, template, data, cause_kind, cause_id, stint_id, author_id, due_at, state,
           provider_ref, created_at, settled_at)
         VALUES ('sent', $1, 'post', 'post', '{"text": "Out"}', 'stint', $2, $2, $3, $4, 'sent', '77', $4, $4) RETURNING id`,
        [nhs.id, stint, id, tx.now],
      ),
    )
  ).map((row) => row.id);
  [block = ''] = (await service.db.query<{ id: string }>('SELECT id FROM blocks')).map((row) => row.id);
});

afterAll(() => service?.stop());

const long = (count: number) => 'x'.repeat(count + 1);

interface Form {
  /** Where it is filled in, below the account’s team pages, or its desk’s after a slash, or a person’s own. */
  page: string;
  /** Where it is sent to, when elsewhere. */
  to?: string;
  /** What would be taken. */
  good: Record<string, string>;
  /** By field: what is not taken. A field that may be empty does not name ''. */
  wrong: Record<string, string[]>;
  /** Sent as files are. */
  file?: string;
  /** Never shown again. */
  secret?: boolean;
}

const REASON = [' \n ', '', long(1000)];

const BLOCK = {
  handles: '@troll\n@trollette',
  kind: 'blocked',
  reason: 'spam',
  note: 'Late at night',
  link: 'https://x.com/troll/status/12',
};
const WRONG_BLOCK = {
  handles: ['', ' , ', 'two words!', long(15), Array.from({ length: 501 }, (_, index) => `a${index}`).join('\n')],
  kind: ['', 'kicked'],
  reason: ['', 'dislike'],
  note: [long(500)],
  link: ['javascript:alert(1)', 'https://example.org/', `https://x.com/troll/status/1?${long(300)}`],
};

/** A turn of the same person that is over. */
async function over(running: string): Promise<string> {
  const [row] = await service.db.write((tx) =>
    tx.query<{ id: string }>(
      `INSERT INTO stints (account_id, slot_id, person_id, application_id, seat, state, ended_how, starts_at, ends_at, proposed_by, proposed_at)
       SELECT account_id, slot_id, person_id, application_id, seat, 'ended', 'completed', starts_at - interval '7 days',
              ends_at - interval '7 days', proposed_by, proposed_at FROM stints WHERE id = $1 RETURNING id`,
      [running],
    ),
  );
  return row?.id ?? '';
}

/** A new form is a line here. Addresses are of @NHS; `POST`, `SENT`, `STINT`, `PAST` and `BLOCK` stand for what it has. */
const FORMS: Form[] = [
  {
    page: 'connection',
    to: 'connection/budget',
    good: { daily: '2.50' },
    wrong: { daily: ['-1', '1e9', '0', '2,5o', long(300)] },
  },
  {
    page: 'connection',
    to: 'connection/keys',
    good: { token: long(20), secret: long(20) },
    wrong: { token: ['', 'short', long(200)], secret: ['', 'short', long(200)] },
    secret: true,
  },
  { page: 'connection/end', good: { reason: 'Moving' }, wrong: { reason: REASON } },
  {
    page: 'feed/POST/credit',
    good: { who: 'house', reason: 'The team' },
    wrong: { who: ['', 'nobody', '0'], reason: REASON },
  },
  { page: 'feed/POST/hide', to: 'feed/hidden', good: { post: 'POST', reason: 'Gossip' }, wrong: { reason: REASON } },
  {
    page: 'feed/rules',
    good: { kind: 'words', phrase: 'gossip', reason: 'Kind' },
    wrong: { phrase: ['', '?!', long(100)], reason: REASON },
  },
  {
    page: 'feed/rules',
    good: { kind: 'turn', turn: 'STINT', reason: 'Kind' },
    wrong: { turn: ['', '1'], reason: REASON },
  },
  {
    page: 'feed/settings',
    good: { reposts: 'yes', budget: '0.05' },
    wrong: { reposts: ['', 'maybe'], budget: ['', '-1', '21', '1e3'] },
  },
  {
    page: 'desk',
    good: { undoSeconds: '10', approval: 'off', approvalMinutes: '60', plan: '' },
    wrong: {
      undoSeconds: ['', '121', '-1', '1.5'],
      approval: ['', 'never'],
      approvalMinutes: ['', '4', '1441'],
      plan: [long(5000)],
    },
  },
  {
    page: 'rota/imports',
    to: 'rota/imports/previews',
    file: 'file',
    good: { text: 'Start,Curator\n1/9/2025,Ada' },
    wrong: { text: ['', '  ', 'nothing', long(90_000)] },
  },
  {
    page: 'blackouts',
    good: {
      title: 'Election',
      scope: 'curators',
      reason: 'Law',
      open: 'yes',
      'start-day': '1',
      'start-month': '2',
      'start-year': '2027',
      'start-time': '00:01',
    },
    wrong: { title: ['', long(120)], scope: ['', 'nobody'], reason: REASON, 'start-day': ['', '30', 'x'] },
  },
  { page: 'agreement', good: { text: 'Be kind' }, wrong: { text: ['', long(20_000)] } },
  {
    page: 'people',
    good: { name: 'Ada', email: 'ada@example.org', role: 'reviewer' },
    wrong: { name: ['', long(100)], email: ['', 'ada', long(300)], role: ['', 'queen'] },
  },
  {
    page: 'alerts',
    to: 'alerts/webhooks',
    good: { shape: 'json', address: 'https://example.org/hook' },
    wrong: { shape: ['', 'fax'], address: ['', 'nowhere', `https://example.org/${long(3000)}`] },
  },
  {
    page: 'bad-day/pause',
    good: { reason: 'Storm', publicMessage: '' },
    wrong: { reason: REASON, publicMessage: [long(300)] },
  },
  {
    page: 'checklist-lines/new',
    to: 'checklist-lines',
    good: { title: 'Ring', how: '', doer: 'team', anchor: 'start', side: 'before', days: '1', hours: '', time: '' },
    wrong: {
      title: ['', long(120)],
      how: [long(500)],
      doer: ['', 'x'],
      anchor: ['x'],
      side: ['x'],
      days: ['-1', '366', 'two'],
      hours: ['73'],
      time: ['25:00'],
    },
  },
  { page: 'credentials', to: 'credentials/ways', good: { handOverBy: 'desk' }, wrong: { handOverBy: ['', 'pigeon'] } },
  {
    page: 'credentials',
    to: 'credentials/secrets',
    good: { password: long(20), totp: '' },
    wrong: { password: ['', 'short', long(200)], totp: ['no seed', long(500)] },
    secret: true,
  },
  { page: 'blocks', good: { ...BLOCK }, wrong: WRONG_BLOCK },
  { page: '/blocks', good: { ...BLOCK }, wrong: WRONG_BLOCK },
  {
    page: 'blocks/BLOCK',
    to: 'blocks/BLOCK/keeps',
    good: { because: 'Comes back' },
    wrong: { because: ['', long(500)] },
  },
  { page: 'messages/SENT/deletion', good: { reason: 'A name' }, wrong: { reason: REASON } },
  { page: '/plan', good: { text: 'Monday: us' }, wrong: { text: [long(5000)] } },
  {
    page: '/me/stints/PAST/feedback',
    good: { wentWell: 'The night shift', toChange: '', further: 'Ask Sam' },
    wrong: { wentWell: [long(2000)], toChange: [long(2000)], further: [long(2000)] },
  },
  { page: '/notes', good: { text: 'Be kind' }, wrong: { text: [long(2000)] } },
  {
    page: 'profile',
    to: 'profile/keys',
    good: { token: long(20), secret: long(20) },
    wrong: { token: ['', long(200)], secret: [''] },
    secret: true,
  },
];

const real = (text: string) =>
  text
    .replace('POST', post)
    .replace('SENT', sent)
    .replace('STINT', stint)
    .replace('PAST', past)
    .replace('BLOCK', block);
const at = (path: string) =>
  path.startsWith('/me/') ? real(path) : path.startsWith('/') ? `/nhs/desk${path}` : `/team/nhs/${real(path)}`;
const filled = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, real(value)]));
const target = ({ page, to }: Form) => at(to ?? page);
const named = (form: Form) => [`${form.to ?? form.page} (${Object.keys(form.good)})`, form] as const;

/** What is wrong with an answer that should say what is wrong with the input. */
function faults(status: number, root: HTMLElement): string[] {
  const links = root.querySelectorAll('.nhsuk-error-summary a').map((link) => link.getAttribute('href') ?? '');
  const words = root.querySelectorAll('.nhsuk-error-summary li').map((each) => each.textContent.trim());
  return [
    ...(status === 422 ? [] : [`answered ${status}`]),
    ...(root.querySelector('title')?.textContent.includes('Error:') ? [] : ['the title does not say Error']),
    ...(links.length > 0 ? [] : ['no linked summary']),
    ...links.filter((href) => !root.getElementById(href.slice(1))).map((href) => `nothing at ${href}`),
    ...words.filter((each) => /invalid|expected|received|too (big|small)/i.test(each)),
  ];
}

/** What the forms of a page hold in a field. */
function shownIn(root: HTMLElement, name: string): string {
  const fields = root
    .querySelectorAll(`main [name="${name}"]`)
    .filter((each) => !/radio|checkbox/.test(each.getAttribute('type') ?? '') || each.hasAttribute('checked'));
  const held = (field: HTMLElement) => (field.querySelector('option[selected]') ?? field).getAttribute('value');
  return fields.map((each) => (each.tagName === 'TEXTAREA' ? each.textContent : held(each))).join('|');
}

describe.each(FORMS.map(named))('the form %s', (_, form) => {
  const send = (name: string, value: string | string[]) => {
    const { [name]: _good, ...rest } = filled(form.good);
    return grace.post(target(form), {
      _csrf: tokens.grace,
      ...(form.file ? { [form.file]: new Blob([]) } : {}),
      ...rest,
      ...(value === 'left out' ? {} : { [name]: value }),
    });
  };

  it('says what is wrong where, and keeps what was typed', async () => {
    const found: string[] = [];
    for (const [name, values] of Object.entries(form.wrong)) {
      const left = values.includes('') ? ['left out', ['a', 'b']] : [];
      for (const value of [...values, ...left]) {
        const answer = await send(name, value);
        const root = parse(answer.text);
        const what = `${name} ${JSON.stringify(value).slice(0, 30)}`;
        found.push(...faults(answer.status, root).map((fault) => `${what}: ${fault}`));
        for (const [other, kept] of Object.entries(filled(form.good)))
          if (other !== name && !form.secret && !shownIn(root, other).includes(kept))
            found.push(`${what}: ${other} was lost`);
        if (form.secret && answer.text.includes(long(20))) found.push(`${what}: a secret is shown`);
      }
    }
    expect(found).toEqual([]);
  });

  it('is refused without its token, to another role, for another account, and by GET', async () => {
    const good = filled(form.good);
    expect((await grace.post(target(form), good)).status).toBe(403);
    expect([403, 404]).toContain((await rhian.post(target(form), { _csrf: tokens.rhian, ...good })).status);
    const others = target(form).replace('nhs/', 'other/').replace(past, NOBODY);
    expect([403, 404]).toContain((await grace.post(others, { _csrf: tokens.grace, ...good })).status);
    expect([200, 404]).toContain((await grace.get(target(form))).status);
  });
});

function csrfOf({ text }: Visit): string {
  return parse(text).querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
}

it.each(FORMS.filter((form) => /POST|SENT|STINT|BLOCK/.test(JSON.stringify(form))).map(named))(
  'the form %s takes nothing of another account',
  async (_, form) => {
    const third = target(form).replace('nhs/', 'third/');
    const { status } = await grace.post(third, { _csrf: tokens.grace, ...filled(form.good) });
    expect([404, 409]).toContain(status);
  },
);

describe('every address', () => {
  /** Whether something stands in it beside the account. */
  const hasMore = ({ path }: Route) => /:(?!account\b)\w+/.test(path);
  const gets = () => everyone.filter(({ method }) => method === RequestMethod.GET);
  const given = (route: Route, word: string) => route.path.replace(':account', 'nhs').replace(/:\w+/g, word);

  it('that is not there is not found, whatever stands in it', async () => {
    const asked = gets().filter(hasMore);
    expect(asked.length).toBeGreaterThan(30);
    const odd: string[] = [];
    for (const route of asked)
      for (const word of ['nothing%00', NOBODY]) {
        const { status, url } = await grace.get(given(route, word));
        const elsewhere = status === 200 && !url.includes(word);
        if (!elsewhere && ![403, 404, 410].includes(status)) odd.push(`${route.name} ${word}: ${status}`);
      }
    expect(odd).toEqual([]);
  });

  it('takes any query', async () => {
    const names = new Set(written('.controller.ts', /@Query\('(\w+)'/g));
    expect(names.size).toBeGreaterThan(5);
    const query = (value: string) => [...names, 'post', 'from'].map((name) => `${name}=${value}&${name}=2`).join('&');
    const failed: string[] = [];
    for (const value of ['%00-1', '9'.repeat(20)])
      for (const route of gets().filter((each) => !hasMore(each))) {
        const { status } = await grace.get(`${given(route, '')}?${query(value)}`);
        if (status >= 500) failed.push(`${route.name} ${value}: ${status}`);
      }
    expect(failed).toEqual([]);
  });

  it('takes any form without failing', async () => {
    const names = [...new Set(written('.njk', /name[:=] ?"([\w-]+)"/g))].filter((name) => name !== '_csrf');
    expect(names.length).toBeGreaterThan(50);
    const all = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]));
    const bodies: [string, string][] = [
      ['application/x-www-form-urlencoded', names.map((name) => `${name}=a%00b`).join('&')],
      ['application/json', JSON.stringify(all({ length: 9, trim: [1] }))],
    ];
    const token = { 'csrf-token': tokens.grace };
    const failed: string[] = [];
    for (const route of everyone.filter(({ method, path }) => method === RequestMethod.POST && !LEAVING.includes(path)))
      for (const [type, body] of bodies.slice(0, hasMore(route) ? 1 : 2)) {
        const { status } = await grace.send(given(route, 'a%00'), body, { ...token, 'content-type': type });
        if (status >= 500) failed.push(`${route.name} ${type}: ${status}`);
      }
    expect(failed).toEqual([]);
  });
});

/** What a pattern finds in all files of the sources that end so. */
function written(ending: string, pattern: RegExp): string[] {
  const files = readdirSync(resolve('src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith(ending),
  );
  return files.flatMap((name) =>
    [...readFileSync(join(resolve('src'), name), 'utf8').matchAll(pattern)].map(([, each]) => each ?? ''),
  );
}
