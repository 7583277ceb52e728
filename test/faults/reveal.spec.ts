import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { Grants, lockAccess } from '../../src/credentials/grants.service.js';
import { type Opened, Reveals } from '../../src/credentials/reveals.service.js';
import { secretTarget } from '../../src/credentials/secrets.js';
import { Vault } from '../../src/credentials/vault.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { KeyRotation } from '../../src/operations/key-rotation.service.js';
import { NotAllowed } from '../../src/platform/errors.js';
import { limits } from '../../src/web/limits.js';
import { eventually } from '../support/poll.js';
import { sessionOf, signedIn, teamMember } from '../support/rota.js';
import { PASSWORD, revealsOf, type SealedDuty, sealedDuty, shownOn } from '../support/sealed.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let second: Service;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-02T12:00:00Z') });
  second = await service.another();
}, 60_000);
afterAll(async () => {
  await second?.stop();
  await service?.stop();
});

const openIn = (instance: Service, { account, grantee }: SealedDuty) =>
  instance.app.get(Reveals).open(account, grantee);
const shown = (opened: Opened) => opened.password !== null;
const refused = (error: unknown): null => {
  if (error instanceof NotAllowed) return null;
  throw error;
};

const auditedOf = async ({ account }: SealedDuty) =>
  (
    await service.db.query(`SELECT 1 FROM audit_entries WHERE chain = $1 AND verb = 'credential.revealed'`, [
      account.id,
    ])
  ).length;

/** What the vault holds now, as whoever has the key reads it. */
async function keptOf({ account }: SealedDuty): Promise<string> {
  const [row] = await service.db.query<{ id: string; sealed: Buffer }>(
    `SELECT id, sealed FROM secrets WHERE account_id = $1 AND kind = 'password' AND state = 'current'`,
    [account.id],
  );
  if (!row) throw new Error('No password is kept');
  return service.app.get(Vault).use(secretTarget(row.id, 'password'), row.sealed, (text) => text);
}

/** How many sessions of this database wait for a lock. */
async function waiting(): Promise<number> {
  const rows = await service.db.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}

/** Sends the form of the page before the reveal, from one session to one instance, as often as asked. */
async function pressing({ account, turn }: SealedDuty) {
  const session = await sessionOf(service, turn.personId);
  const form = await fetch(`${service.url}/${account.slug}/credentials/password`, {
    headers: { cookie: `baton=${session}`, accept: 'text/html' },
  });
  const [own = ''] = form.headers.getSetCookie().map((line) => line.split(';')[0]);
  const token =
    parse(await form.text())
      .querySelector('main input[name=_csrf]')
      ?.getAttribute('value') ?? '';
  return async (instance: Service) => {
    const answer = await fetch(`${instance.url}/${account.slug}/credentials/reveals`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `baton=${session}; ${own}`, accept: 'text/html' },
      body: new URLSearchParams({ _csrf: token }),
    });
    return { status: answer.status, text: await answer.text() };
  };
}

describe('a hundred at the same moment', () => {
  it('presses of the button on two instances show the password once', async () => {
    const duty = await sealedDuty(service, 'hundred');
    const press = await pressing(duty);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => press(n % 2 ? service : second)));
    const statuses = answers.map(({ status }) => status);
    expect(answers.filter(({ text }) => text.includes(PASSWORD)).map(({ status }) => status)).toEqual([200]);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(new Set(statuses.filter((status) => status !== 200))).toEqual(new Set([409, 429]));
    expect([await auditedOf(duty), await revealsOf(service, duty)]).toEqual([1, [{ version: 1, state: 'revealed' }]]);
  });

  it('claims that pass the limits show it once', async () => {
    const duty = await sealedDuty(service, 'claims');
    const claims = Array.from({ length: 100 }, (_, n) => openIn(n % 2 ? service : second, duty));
    const opened = await Promise.all(claims);
    expect(opened.filter(shown)).toEqual([{ password: PASSWORD }]);
    expect([await auditedOf(duty), await revealsOf(service, duty)]).toEqual([1, [{ version: 1, state: 'revealed' }]]);
  });
});

describe('a reveal against', () => {
  /** Every outcome must be one of the honest ones, whichever came first. */
  const rounds = 6;

  it('the end of the grant is shown and counted, or burned and not shown', async () => {
    const seen: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const duty = await sealedDuty(service, `revoke${round}`);
      const close = () =>
        service.db.write([lockAccess(duty.account.id)], (tx) =>
          service.app.get(Grants).close(tx, duty.turn.stintId, 'test'),
        );
      const asking = () => Promise.all([service, second, service].map((each) => openIn(each, duty).catch(refused)));
      const [opened] =
        round % 2
          ? await Promise.all([asking(), close()])
          : ((await Promise.all([close(), asking()])).reverse() as [Awaited<ReturnType<typeof asking>>]);
      const passwords = opened.filter((each) => each !== null).filter(shown).length;
      const [{ state } = { state: '' }] = await revealsOf(service, duty);
      expect([passwords, state]).toEqual(passwords === 1 ? [1, 'revealed'] : [0, 'burned']);
      expect(await auditedOf(duty)).toBe(passwords);
      expect(await openIn(service, duty).catch(refused)).toBeNull();
      seen.push(state);
    }
    expect(seen).toHaveLength(rounds);
  });

  it('a pause that is just being written waits for it and is refused', async () => {
    const duty = await sealedDuty(service, 'pause');
    let asked: Promise<Opened | null> = Promise.resolve(null);
    let answered = false;
    await service.db.write([lockAccess(duty.account.id)], async (tx) => {
      asked = openIn(second, duty)
        .catch(refused)
        .finally(() => {
          answered = true;
        });
      await eventually(async () => answered || (await waiting()) > 0);
      await tx.query(
        `INSERT INTO holds (account_id, kind, scope, starts_at, reason) VALUES ($1, 'pause', 'curators', $2, 'Test')`,
        [duty.account.id, tx.now],
      );
    });
    expect(await asked).toBeNull();
    expect(await revealsOf(service, duty)).toEqual([{ version: 1, state: 'sealed' }]);
  });

  it('a change of the password shows one that was kept at that moment, and loses none', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const duty = await sealedDuty(service, `reseal${round}`);
      const by = duty.turn.personId;
      const put = () => service.app.get(Rotations).put(duty.account, { password: 'the next password' }, by);
      const asking = () => openIn(second, duty);
      const [opened] = await Promise.all(
        round % 2 ? [asking(), put()] : [asking(), new Promise((go) => setImmediate(go)).then(put)],
      );
      expect(await keptOf(duty)).toBe('the next password');
      const [first, next] = await revealsOf(service, duty);
      if (opened.password === PASSWORD) expect([first?.state, next?.state]).toEqual(['revealed', 'sealed']);
      else expect([opened.password, first?.state, next?.state]).toEqual(['the next password', 'burned', 'revealed']);
      expect(await auditedOf(duty)).toBe(1);
    }
  });

  it('a change of the vault’s key reads the old bytes or the new ones', async () => {
    const { encryption, former } = service.runtime.secrets;
    const next = { version: 'next', key: Buffer.alloc(32, 9) };
    for (let round = 0; round < 4; round += 1) {
      const duty = await sealedDuty(service, `rewrap${round}`);
      const [from, to] = round % 2 ? [next, encryption] : [encryption, next];
      service.runtime.secrets = { ...service.runtime.secrets, encryption: from, former: [to, ...former] };
      second.runtime.secrets = { ...second.runtime.secrets, encryption: to, former: [from, ...former] };
      const asking = [service, second, service, second].map((each) => openIn(each, duty));
      const [done, ...answers] = await Promise.all([second.app.get(KeyRotation).rotate(() => undefined), ...asking]);
      expect(done.stuck).toEqual([]);
      expect(done.rewrapped).toBeGreaterThan(0);
      expect(answers.filter(shown)).toEqual([{ password: PASSWORD }]);
      expect(await keptOf(duty)).toBe(PASSWORD);
    }
  });

  it('bytes that cannot be opened uses nothing up, and says so', async () => {
    const duty = await sealedDuty(service, 'broken');
    const spoil = () =>
      service.db.write((tx) =>
        tx.query(
          `UPDATE secrets SET sealed = set_byte(sealed, length(sealed) - 1, 255 - get_byte(sealed, length(sealed) - 1))
           WHERE account_id = $1 AND kind = 'password'`,
          [duty.account.id],
        ),
      );
    await spoil();
    const grace = await signedIn(service, duty.turn.personId);
    for (let tries = 0; tries < limits.reveal.points + 2; tries += 1) {
      await grace.get('/broken/credentials/password');
      expect((await grace.submit()).status).toBe(500);
      expect(grace.words).toContain('Nothing was used up');
    }
    expect([await auditedOf(duty), await revealsOf(service, duty)]).toEqual([0, [{ version: 1, state: 'sealed' }]]);
    await spoil();
    await grace.get('/broken/credentials/password');
    await grace.submit();
    expect(shownOn(grace)).toBe(PASSWORD);
  });

  it('the instant at which the turn ends is shown before it or not at all', async () => {
    const duty = await sealedDuty(service, 'expiry');
    const [grant] = await service.db.query<{ ends_at: Date }>('SELECT ends_at FROM grants WHERE stint_id = $1', [
      duty.turn.stintId,
    ]);
    const end = grant?.ends_at ?? new Date(0);
    await service.moveClock(new Date(end.getTime() - 150));
    const answers: { opened: Opened | null; at: Date }[] = [];
    while ((await service.db.now()) < new Date(end.getTime() + 150)) {
      await service.db.write([lockAccess(duty.account.id)], (tx) =>
        tx.query(
          `UPDATE reveals SET state = 'sealed', revealed_at = NULL WHERE account_id = $1 AND state = 'revealed'`,
          [duty.account.id],
        ),
      );
      const at = await service.db.now();
      answers.push({ opened: await openIn(second, duty).catch(refused), at });
    }
    const late = answers.filter(({ at }) => at >= end);
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter(({ opened }) => opened && shown(opened))).toEqual([]);
    expect(answers.some(({ opened }) => opened && shown(opened))).toBe(true);
  });
});

describe('the limits', () => {
  it('turn a curator away who asks for codes too often, in every process, and say when to come back', async () => {
    const duty = await sealedDuty(service, 'codes');
    const grace = await signedIn(service, duty.turn.personId);
    await grace.get('/codes/credentials');
    for (let asked = 0; asked < limits.code.points; asked += 1)
      expect((await grace.submit({}, '/codes')).status).toBe(200);
    const refusedHere = await grace.submit({}, '/codes');
    expect(refusedHere.status).toBe(429);
    expect(Number(refusedHere.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(grace.words).toMatch(/You have tried this too often\. Nothing was changed\. Try again in \d+ seconds?\./);
    const elsewhere = second.visitor();
    elsewhere.keep('baton', await sessionOf(service, duty.turn.personId));
    await elsewhere.get('/codes/credentials');
    expect((await elsewhere.submit({}, '/codes')).status).toBe(429);
  });

  it('slow strangers all together, and whoever has no grant, and never the curator whose turn it is', async () => {
    const duty = await sealedDuty(service, 'crowd');
    const outsider = await teamMember(service, duty.account, 'Rae', 'reviewer');
    const stranger = service.visitor();
    await stranger.get('/sign-in');
    await stranger.submit({ email: 'nobody@example.org' });
    expect(stranger.words).toContain('Check your email');
    await service.db.write((tx) => tx.query(`UPDATE rate_limits SET points = 100000 WHERE key LIKE 'strangers:%'`));
    await stranger.get('/sign-in');
    const turned = await stranger.submit({ email: 'nobody@example.org' });
    expect([turned.status, Number(turned.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(stranger.words).toContain('Too many people are asking at this moment.');

    const grace = await signedIn(service, duty.turn.personId);
    await grace.get('/crowd/credentials/password');
    const token = parse(grace.page.text).querySelector('main input[name=_csrf]')?.getAttribute('value') ?? '';
    await outsider.get('/team/crowd');
    const outside = parse(outsider.page.text).querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
    expect((await outsider.post('/crowd/credentials/reveals', { _csrf: outside })).status).toBe(429);
    await grace.post('/crowd/credentials/reveals', { _csrf: token });
    expect(shownOn(grace)).toBe(PASSWORD);
  });
});
