import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { symbols } from 'pino';
import sharp from 'sharp';
import { Photos } from '../../src/applications/photos.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Files } from '../../src/platform/files.service.js';
import { Log } from '../../src/platform/log.service.js';
import { later, photo, stateOf, tablesWith, verified } from '../support/applications.js';
import { ADA, type Answered, answerTo } from '../support/apply.js';
import { accountWithSlots, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);
const HEALTH: Answered = { health: { health: 'canary-asthma', healthConsent: 'yes' } };
let service: Service;
let nhs: Account;
let olu: Visitor;
let rhian: Visitor;
const logged: string[] = [];

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-11-02T09:00:00Z') });
  const { pino } = service.app.get(Log);
  pino.level = 'trace';
  Object.assign(pino, { [symbols.streamSym]: { write: (line: string) => logged.push(line) } });
  nhs = await accountWithSlots(service, 'nhs');
  olu = await teamMember(service, nhs, 'Olu', 'organiser');
  rhian = await teamMember(service, nhs, 'Rhian', 'reviewer');
});
afterAll(() => service?.stop());

async function withPhoto(picture: Blob, photoDescription = 'Me at the sea'): Promise<Answered> {
  return { photo: { photo: picture, photoDescription, photoConsent: 'yes' } };
}

async function fileOf(id: string): Promise<string | null> {
  const [row] = await service.db.query<{ photo_file: string | null }>(
    'SELECT photo_file FROM applications WHERE id = $1',
    [id],
  );
  return row?.photo_file ?? null;
}

async function takeBack(visitor: Visitor, id: string, purpose: string): Promise<void> {
  await visitor.get(`/me/applications/${id}`);
  const path = `/me/applications/${id}/consents/${purpose}/withdrawal`;
  expect(visitor.page.text).toContain(path);
  await visitor.get(path);
  await visitor.submit({}, '/withdrawal');
}

describe('health information', () => {
  it('is in no table, letter or log in clear', async () => {
    const { id, email, visitor } = await verified(service, nhs, 'Hale', HEALTH);
    await service.letter(email, /We have your application/);
    expect(await tablesWith(service, 'Hale Marsh')).toContain('public.applications');
    expect(await tablesWith(service, 'canary-asthma')).toEqual([]);
    expect(JSON.stringify(await service.mail())).not.toContain('canary-asthma');
    service.app.get(Log).info({ health: 'canary-asthma' }, 'somebody tried');
    expect(logged.join('')).toContain('[redacted]');
    expect(logged.join('')).not.toContain('canary-asthma');
    await visitor.get(`/me/applications/${id}`);
    expect(visitor.page.text).not.toContain('canary-asthma');
    await rhian.get(`/team/nhs/applications/${id}`);
    expect(rhian.page.text).not.toContain('canary-asthma');
    expect(rhian.page.text).not.toContain('/health"');
  });

  it('is shown to an organiser in one answer, kept by no cache, and audited', async () => {
    const { id } = await verified(service, nhs, 'Hope', HEALTH);
    await olu.get(`/team/nhs/applications/${id}`);
    expect(olu.page.text).not.toContain('canary-asthma');
    await olu.submit({}, '/health');
    expect(olu.words).toContain('canary-asthma');
    expect(olu.page.headers.get('cache-control')).toContain('no-store');
    const read = await service.db.query(
      `SELECT 1 FROM audit_entries WHERE subject_id = $1 AND verb = 'application.health-read'`,
      [id],
    );
    expect(read).toHaveLength(1);
    expect((await olu.get(`/team/nhs/applications/${id}/health`)).status).toBe(404);
  });

  it('is kept when the page is sent again with an empty field, and goes when its box is unticked', async () => {
    const visitor = service.visitor();
    await answerTo(visitor, 'nhs', { ...ADA, ...HEALTH });
    const given = async () => {
      await visitor.get('/nhs/apply/check');
      return visitor.words.includes('Given (encrypted)');
    };
    await visitor.get('/nhs/apply/health');
    expect(visitor.page.text).not.toContain('canary-asthma');
    await visitor.submit({}, '/apply/health');
    expect(await given()).toBe(true);
    await visitor.get('/nhs/apply/health');
    await visitor.submit({ healthConsent: 'no' }, '/apply/health');
    expect(await given()).toBe(false);
  });
});

describe('a photo', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('is a %s by its content, whatever it is called', async (format) => {
    const { id } = await verified(service, nhs, `Photo${format}`, await withPhoto(await photo(format, 3000, 1000)));
    await olu.get(`/team/nhs/applications/${id}`);
    expect(olu.page.text).toContain('alt="Me at the sea"');
    const { headers } = await olu.get(`/team/nhs/applications/${id}/photo`);
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual(['image/jpeg', 'private, no-store']);
    const kept = (await service.app.get(Files).read((await fileOf(id)) ?? '')) ?? Buffer.alloc(0);
    const about = await sharp(kept).metadata();
    expect([about.format, about.width, about.exif]).toEqual(['jpeg', 2000, undefined]);
    expect(kept.includes('canary-camera')).toBe(false);
  });

  it.each<['jpeg' | 'webp', number, number]>([
    ['jpeg', 8160, 6120],
    ['webp', 5712, 4284],
  ])('may be a %s as large as a telephone takes it: %d by %d', async (format, width, height) => {
    const { id } = await verified(service, nhs, `Large${format}`, await withPhoto(await photo(format, width, height)));
    expect(await fileOf(id)).toMatch(/^[0-9a-f]{64}$/);
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  const refused: [string, () => Promise<Blob>, string][] = [
    ['an SVG that calls itself a JPEG', async () => new Blob([svg], { type: 'image/jpeg' }), 'JPEG, PNG or WebP'],
    ['a GIF', () => photo('gif'), 'JPEG, PNG or WebP'],
    ['a text', async () => new Blob(['hello']), 'JPEG, PNG or WebP'],
    ['half a JPEG', async () => (await photo('jpeg', 900, 900)).slice(0, 3000), 'JPEG'],
    ['more pixels than any telephone takes', () => photo('jpeg', 8200, 6400), 'too many pixels. Take a screenshot'],
    ['many pixels that must be unpacked whole', () => photo('png', 6000, 4400), 'too many pixels. Take a screenshot'],
    ['a huge file', async () => new Blob([new Uint8Array(6 * 1024 * 1024)]), 'smaller than 5 MB'],
  ];
  it.each(refused)('refuses %s and keeps the description', async (_, make, sentence) => {
    const visitor = service.visitor();
    await expect(
      answerTo(visitor, 'nhs', { ...ADA, photo: { ...(await withPhoto(await make())).photo } }),
    ).rejects.toThrow(/photo: 422/);
    expect(visitor.words).toContain(sentence);
    expect(visitor.page.text).toContain('value="Me at the sea"');
  });

  it('is no SVG that takes a decoder long', async () => {
    const style = `<style>${'.a:not(.b) g g > path{fill:red}'.repeat(2_000)}</style>`;
    const slow = `<svg xmlns="http://www.w3.org/2000/svg">${style}${'<path class="a" d="M0 0L1 1"/>'.repeat(8_000)}</svg>`;
    const before = process.cpuUsage();
    await expect(service.app.get(Photos).keep(Buffer.from(slow))).rejects.toThrow('JPEG, PNG or WebP');
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
  });

  it('wants a description and a consent, and can be taken off again', async () => {
    const visitor = service.visitor();
    await expect(answerTo(visitor, 'nhs', { ...ADA, photo: { photo: await photo('png', 77) } })).rejects.toThrow();
    expect(visitor.words).toContain('Describe the photo for people who cannot see it');
    expect(visitor.words).toContain('Tick the box if we may keep the photo');
    await visitor.submit((await withPhoto(await photo('png', 78))).photo, '/apply/photo');
    const [row] = await service.db.query<{ photo_file: string }>(
      `SELECT photo_file FROM applications WHERE photo_file IS NOT NULL AND state = 'draft'`,
    );
    const file = row?.photo_file ?? '';
    expect(await service.app.get(Files).read(file)).not.toBeNull();
    await visitor.get('/nhs/apply/photo');
    await visitor.submit({}, '/photo/removal');
    expect(visitor.words).not.toContain('You have chosen a photo');
    expect(await service.app.get(Files).read(file)).toBeNull();
  });
});

describe('what an applicant may take back', () => {
  it('is each consent by itself: what it covered goes at once', async () => {
    const answers = {
      ...HEALTH,
      ...(await withPhoto(await photo('jpeg', 300))),
      consents: { holding: 'yes', guidelines: 'yes', directMessages: 'yes' },
    };
    const { id, visitor } = await verified(service, nhs, 'Back', answers);
    const file = (await fileOf(id)) ?? '';
    for (const purpose of ['health', 'photo', 'direct-messages']) await takeBack(visitor, id, purpose);
    const [row] = await service.db.query<{ health: unknown; photo_file: unknown; answers: object }>(
      'SELECT health, photo_file, answers FROM applications WHERE id = $1',
      [id],
    );
    expect(row).toMatchObject({ health: null, photo_file: null });
    expect(row?.answers).toMatchObject({ directMessages: false, photoDescription: '', bio: ADA['about-you']?.bio });
    expect(await service.app.get(Files).read(file)).toBeNull();
    const standing = await service.db.query(
      'SELECT purpose FROM consents WHERE application_id = $1 AND withdrawn_at IS NULL ORDER BY purpose',
      [id],
    );
    expect(standing).toEqual([{ purpose: 'guidelines' }, { purpose: 'holding' }]);
    expect(await stateOf(service, id)).toBe('waiting');
    await visitor.get(`/me/applications/${id}/consents/health/withdrawal`);
    await visitor.submit({}, '/withdrawal');
    const audited = await service.db.query(
      `SELECT 1 FROM audit_entries WHERE subject_id = $1 AND verb = 'application.consent-withdrawn'`,
      [id],
    );
    expect(audited).toHaveLength(3);
  });

  it('is the application: a letter says so, and a decision’s letter stays behind', async () => {
    const { id, email, visitor } = await verified(service, nhs, 'Will', HEALTH);
    await olu.get(`/team/nhs/applications/${id}`);
    await olu.submit({ verdict: 'accepted', note: 'Yes' }, '/decisions');
    await visitor.get(`/me/applications/${id}/withdrawal`);
    expect(await stateOf(service, id)).toBe('accepted');
    await visitor.submit({}, '/withdrawal');
    expect(visitor.words).toContain('You withdrew it');
    await service.letter(email, /is withdrawn/);
    await later(service, 11);
    const [letter] = await service.db.query(
      `SELECT state FROM messages WHERE address = $1 AND template = 'application-accepted'`,
      [email],
    );
    expect(letter).toEqual({ state: 'withdrawn' });
    await takeBack(visitor, id, 'health');
    await olu.get(`/team/nhs/applications/${id}`);
    expect(olu.page.text).not.toContain('/decisions"');
  });

  it('is everything: nothing of it is left in any table, and the person is unknown again', async () => {
    const written = { bio: 'canary-bio' };
    const answers = { ...HEALTH, ...(await withPhoto(await photo('jpeg', 301), 'canary-photo')), 'about-you': written };
    const { id, email, visitor } = await verified(service, nhs, 'Erasmus', answers);
    const file = (await fileOf(id)) ?? '';
    await olu.get(`/team/nhs/applications/${id}`);
    await olu.submit({ verdict: 'on-hold', note: 'canary-note', message: 'canary-message' }, '/decisions');
    await later(service, 11);
    await service.letter(email, /on hold/);
    for (const canary of ['canary-bio', 'canary-note', 'canary-message', 'Erasmus'])
      expect(await tablesWith(service, canary)).not.toEqual([]);
    await visitor.get(`/me/applications/${id}/erasure`);
    await visitor.submit({}, '/erasure');
    expect(visitor.words).toContain('Your application has been erased');
    for (const canary of ['canary-bio', 'canary-note', 'canary-message', 'Erasmus', email, 'canary-photo'])
      expect([canary, await tablesWith(service, canary)]).toEqual([canary, []]);
    expect(await service.app.get(Files).read(file)).toBeNull();
    expect(await stateOf(service, id)).toBe('erased');
    await visitor.get('/me');
    expect(visitor.page.url).toContain('/sign-in');
    await olu.get(`/team/nhs/applications/${id}`);
    expect(olu.words).toContain('Erased application');
  });

  it('is the holding of it, which erases it; somebody with a role stays known', async () => {
    await teamMember(service, nhs, 'Rolf', 'reviewer');
    const { id, visitor } = await verified(service, nhs, 'Rolf', { 'about-you': { bio: 'canary-holding' } });
    await olu.get(`/team/nhs/applications/${id}`);
    await olu.submit({ verdict: 'accepted', note: 'canary-holding-note' }, '/decisions');
    await takeBack(visitor, id, 'holding');
    expect(visitor.words).toContain('Your application has been erased');
    expect(await tablesWith(service, 'canary-holding')).toEqual([]);
    await visitor.get('/me');
    expect(visitor.words).toContain('Rolf');
  });

  it('is their own alone', async () => {
    const { id, visitor } = await verified(service, nhs, 'Mine');
    const { visitor: other } = await verified(service, nhs, 'Yours');
    const csrf = /name="_csrf" value="([^"]+)"/.exec(other.page.text)?.[1] ?? '';
    for (const path of ['', '/withdrawal', '/erasure', '/consents/holding/withdrawal']) {
      expect((await other.get(`/me/applications/${id}${path}`)).status).toBe(404);
      if (path) expect((await other.post(`/me/applications/${id}${path}`, { _csrf: csrf })).status).toBe(404);
    }
    expect((await olu.get(`/me/applications/${id}`)).status).toBe(404);
    for (const path of [`${id}/consents/guidelines/withdrawal`, 'nothing'])
      expect((await visitor.get(`/me/applications/${path}`)).status).toBe(404);
    const nobody = service.visitor();
    await nobody.get(`/me/applications/${id}`);
    expect(nobody.page.url).toContain('/sign-in');
    expect(await stateOf(service, id)).toBe('waiting');
  });
});
