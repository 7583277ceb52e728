import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { Digest } from '../../src/handover/checklist/digest.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { makeAccount, signedIn } from '../support/community.js';
import { type Turn, turnOf } from '../support/handover.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

describe('what a curator says when their turn is over', () => {
  let service: Service;
  let account: Account;
  let turn: Turn;
  let grace: Visitor;
  let page: string;

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-12-07T08:00:00Z') });
    account = await makeAccount(service);
    turn = await turnOf(service, account, 'Grace', '2026-12-07T08:00:00Z', '2026-12-11T18:00:00Z');
    await service.app.get(Handovers).resume(account.id);
    page = `/me/stints/${turn.stintId}/feedback`;
    grace = await signedIn(service, 'Grace');
  });
  afterAll(() => service?.stop());

  it('is not asked before', async () => {
    expect((await grace.get(page)).status).toBe(404);
    expect((await grace.get('/me')).text).not.toContain(page);
  });

  it('is asked in the letter of thanks, taken in any of three boxes, and can be changed', async () => {
    await service.moveClock(new Date('2026-12-11T18:00:01Z'));
    await service.app.get(Handovers).resume(account.id);
    const letter = await service.letter(turn.email, /^Thank you for curating @NHS$/);
    expect(letter.links.some((link) => link.endsWith(page))).toBe(true);
    expect((await grace.get('/me')).text).toContain(page);
    await grace.get(page);
    await grace.submit({ wentWell: ' ', toChange: '', further: '' });
    expect([grace.page.status, grace.words.includes('Write something in one of the boxes')]).toEqual([422, true]);
    await grace.submit({ wentWell: 'x'.repeat(2001), further: 'Ask Sam' });
    expect(grace.page.text).toContain('Ask Sam');
    expect(grace.words).toContain('Keep it under 2000 characters');
    await grace.submit({ wentWell: 'The night shift', toChange: '', further: 'Ask Sam' });
    expect(grace.words).toContain('Thank you.');
    await grace.submit({ wentWell: 'The <b>night shift</b>', toChange: 'More notice', further: 'Ask Sam' });
    expect(grace.page.text).toContain('More notice</textarea>');
  });

  it('is read by those who run the account, ticks its line off, and is said in the digest', async () => {
    const olu = await signedIn(service, 'Olu');
    await olu.get('/team/nhs/more');
    expect(olu.page.text).toContain('/team/nhs/feedback');
    await olu.get('/team/nhs/feedback');
    expect(olu.words).toContain('What went wellThe <b>night shift</b>What should be differentMore notice');
    await olu.get('/team/nhs/checklists');
    expect(olu.words).toMatch(/Tell the team how it was Grace, .*?Done by Grace/);
    await service.moveClock(new Date('2026-12-12T08:00:01Z'));
    await service.app.get(Digest).sweep();
    const digest = await service.letter('olu@example.org', /^@NHS on Saturday 12 December 2026/);
    expect(digest.text).toContain('1 curator has said how their turn was');
  });

  it('is for nobody else', async () => {
    const [rhian, ada] = [await signedIn(service, 'Rhian'), await signedIn(service, 'Ada')];
    expect((await rhian.get('/team/nhs/feedback')).status).toBe(403);
    expect((await ada.get(page)).status).toBe(404);
    await ada.get('/me');
    expect((await ada.post(page, { wentWell: 'Mine' })).status).toBe(403);
  });

  it('is not asked of whoever did not turn up', async () => {
    await service.db.write((tx) => tx.query(`UPDATE stints SET ended_how = 'no-show' WHERE id = $1`, [turn.stintId]));
    expect((await grace.get(page)).status).toBe(404);
    expect((await grace.get('/me')).text).not.toContain(page);
  });
});
