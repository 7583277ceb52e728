import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WayIn } from '../../src/operations/way-in.service.js';
import { People } from '../../src/people/people.service.js';
import { Tokens } from '../../src/platform/tokens.service.js';
import { makeAccount } from '../support/community.js';
import { type Service, startService } from '../support/service.js';

describe('signing in', () => {
  let service: Service;
  let adaId: string;

  beforeAll(async () => {
    service = await startService();
    const ada = { email: 'Ada@Example.org', name: 'Ada Marsh', shownName: 'Ada', handle: null };
    adaId = await service.db.write(async (tx) => (await service.app.get(People).known(tx, ada)).id);
  });
  afterAll(() => service.stop());

  async function askForLink(): Promise<string> {
    const visitor = service.visitor();
    await visitor.get('/sign-in');
    await visitor.submit({ email: 'ada@example.org' });
    const letter = await service.letter('Ada@Example.org', /Sign in/);
    const link = letter.links.find((each) => each.includes('/sign-in/'));
    if (!link) throw new Error('The letter has no link');
    return link;
  }

  async function mint(purpose: string, minutes: number, personId = adaId): Promise<string> {
    return service.db.write((tx) =>
      service.app.get(Tokens).mint(tx, purpose, personId, new Date(tx.now.getTime() + minutes * 60_000)),
    );
  }

  it('goes from the form over the letter to a session', async () => {
    const link = await askForLink();
    const ada = service.visitor();
    await ada.get(link);
    expect(ada.words).toContain('Press the button to sign in');
    await ada.submit();
    expect(ada.page.url).toMatch(/\/me$/);
    expect(ada.words).toContain('Ada Marsh');
  });

  it('says the same to a stranger and sends nothing', async () => {
    const before = (await service.mail()).length;
    const stranger = service.visitor();
    await stranger.get('/sign-in');
    await stranger.submit({ email: 'nobody@example.org' });
    expect(stranger.words).toContain('If we know nobody@example.org');
    const queued = await service.db.query(`SELECT 1 FROM messages WHERE address ILIKE 'nobody@%'`);
    expect(queued).toEqual([]);
    expect((await service.mail()).length).toBe(before);
  });

  it('keeps what was typed and links the summary to the field', async () => {
    const visitor = service.visitor();
    await visitor.get('/sign-in');
    await visitor.submit({ email: 'not an address' });
    expect(visitor.page.status).toBe(422);
    expect(visitor.page.text).toContain('href="#email"');
    expect(visitor.page.text).toContain('value="not an address"');
    expect(visitor.page.text).toMatch(/<title>Error: /);
  });

  it('is not changed by a scanner that follows the link', async () => {
    const token = await mint('sign-in', 15);
    for (const method of ['GET', 'HEAD', 'GET']) {
      await fetch(`${service.url}/sign-in/${token}`, { method, headers: { 'user-agent': 'LinkScanner/1.0' } });
    }
    const ada = service.visitor();
    await ada.get(`/sign-in/${token}`);
    await ada.submit();
    expect(ada.page.url).toMatch(/\/me$/);
  });

  it('works once', async () => {
    const token = await mint('sign-in', 15);
    const [first, second] = [service.visitor(), service.visitor()];
    await first.get(`/sign-in/${token}`);
    await second.get(`/sign-in/${token}`);
    await first.submit();
    await second.submit();
    expect(second.page.status).toBe(409);
    await second.get(`/sign-in/${token}`);
    expect(second.page.status).toBe(410);
    expect(second.words).toContain('used already');
  });

  it('refuses a link that is too old, and one of another purpose', async () => {
    const visitor = service.visitor();
    await visitor.get(`/sign-in/${await mint('sign-in', -1)}`);
    expect(visitor.words).toContain('too old');
    await visitor.get(`/sign-in/${await mint('offer', 15)}`);
    expect(visitor.words).toContain('not one of ours');
  });

  it('lets nobody in who was erased after the link was sent', async () => {
    const kim = { email: 'kim@example.org', name: 'Kim Adebayo', shownName: 'Kim', handle: null };
    const people = service.app.get(People);
    const { id } = await service.db.write((tx) => people.known(tx, kim));
    const link = `/sign-in/${await mint('sign-in', 15, id)}`;
    await service.db.write((tx) => people.erase(tx, id));
    const visitor = service.visitor();
    await visitor.get(link);
    await visitor.submit();
    expect(visitor.page.url).not.toMatch(/\/me$/);
    expect(visitor.words).not.toContain('Erased person');
  });

  it('refuses a form without its token', async () => {
    const token = await mint('sign-in', 15);
    const answer = await fetch(`${service.url}/sign-in/${token}`, { method: 'POST', redirect: 'manual' });
    expect(answer.status).toBe(403);
    expect(await service.app.get(Tokens).look('sign-in', token)).toMatchObject({ state: 'good' });
  });

  it.each(['//evil.example/', '/\\evil.example', '/%E2%82%AC', '/a%0D%0AX-Given: 1'])(
    'goes only to pages of this service afterwards, not to %s',
    async (next) => {
      const visitor = service.visitor();
      const link = `/sign-in/${await mint('sign-in', 15)}`;
      await visitor.get(link);
      await visitor.submit({ next: decodeURIComponent(next) }, link);
      expect([visitor.page.status, visitor.page.url]).toEqual([200, `${service.url}/me`]);
    },
  );

  it('takes a link that whoever has the server made for somebody of a team, when no letter reaches them', async () => {
    const account = await makeAccount(service);
    const way = service.app.get(WayIn);
    await expect(way.make('ada@example.org')).rejects.toThrow('Nobody on a team has this address.');
    await expect(way.make('nobody@example.org')).rejects.toThrow('Nobody on a team has this address.');
    const kim = service.visitor();
    await kim.get(await way.make('KIM@example.org'));
    await kim.submit();
    expect(kim.page.url).toMatch(/\/team\/nhs$/);
    const told = await service.db.query(
      `SELECT 1 FROM audit_entries WHERE chain = $1 AND verb = 'person.way-in-made'`,
      [account.id],
    );
    expect(told).toHaveLength(1);
  });

  it('ends everywhere at once', async () => {
    const [here, there] = [service.visitor(), service.visitor()];
    for (const each of [here, there]) {
      await each.get(`/sign-in/${await mint('sign-in', 15)}`);
      await each.submit();
    }
    await here.get('/me/sessions');
    await here.submit({}, '/me/sessions/others/end');
    await there.get('/me');
    expect(there.page.url).toContain('/sign-in');
    await here.get('/me');
    expect(here.words).toContain('Ada Marsh');
  });

  it('keeps only hashes of sessions and links', async () => {
    const token = await mint('sign-in', 15);
    const rows = await service.db.query(`SELECT encode(hash, 'escape') AS text FROM one_time_tokens`);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});
