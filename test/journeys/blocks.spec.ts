import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { Blocks } from '../../src/desk/blocks/blocks.service.js';
import { makeAccount, onDuty, signedIn } from '../support/community.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(90_000);

const TUESDAY = new Date('2026-12-08T10:00:00Z');
const NEXT_TUESDAY = new Date('2026-12-15T10:00:00Z');

let service: Service;
let nhs: Account;
let grace: Visitor;
let ada: Visitor;
let olu: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: TUESDAY });
  nhs = await makeAccount(service);
  await onDuty(service, nhs, 'Grace');
  [grace, ada, olu] = await Promise.all([
    signedIn(service, 'Grace'),
    signedIn(service, 'Ada'),
    signedIn(service, 'Olu'),
  ]);
});
afterAll(() => service?.stop());

const DESK = '/nhs/desk/blocks';
const TEAM = '/team/nhs/blocks';
const RUDE = { handles: '@Rude_One', kind: 'blocked', reason: 'abuse', note: 'Answers everything with threats' };

const cards = (visitor: Visitor) =>
  parse(visitor.page.text)
    .querySelectorAll('li.baton-card')
    .map((card) => card.textContent.replace(/\s+/g, ' ').trim());

async function openCard(visitor: Visitor, base: string, handle: string): Promise<string> {
  const card = parse((await visitor.get(base)).text)
    .querySelectorAll('li.baton-card')
    .find((each) => each.textContent.includes(`@${handle}`));
  const href = card?.querySelectorAll('a').at(-1)?.getAttribute('href') ?? '';
  await visitor.get(href);
  return href;
}

describe('the log of blocks', () => {
  it('is empty at first, and says what it is for', async () => {
    await grace.get(DESK);
    expect([grace.page.status, grace.words.includes('Nobody is blocked or muted.')]).toEqual([200, true]);
  });

  it('takes an entry of whoever is on duty, with the end of their turn', async () => {
    await grace.submit(RUDE, DESK);
    expect(cards(grace)).toEqual([
      expect.stringMatching(
        /^Blocked @Rude_One · Abuse or harassment Answers everything with threats Grace, .*until the turn ends, .*11 December 2026/,
      ),
    ]);
  });

  it('says so about a handle that is there already, however it is written, and keeps what was typed', async () => {
    await grace.get(DESK);
    await grace.submit({ ...RUDE, handles: 'https://x.com/rude_one', note: 'Typed twice' }, DESK);
    expect([grace.page.status, cards(grace).length]).toEqual([422, 1]);
    expect(grace.page.text).toContain('href="#handles"');
    expect([grace.words.includes('@rude_one is in the log already'), grace.page.text.includes('Typed twice')]).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ['nothing at all', {}, ['Enter a handle', 'Choose what was done', 'Choose why']],
    ['what is no handle', { ...RUDE, handles: 'fine\nno-handle!' }, ['“no-handle!” is not a handle']],
    [
      'more than a form takes',
      { ...RUDE, handles: Array.from({ length: 501 }, (_, n) => `a${n}`).join('\n') },
      ['at most 500'],
    ],
    [
      'an address that is no post',
      { ...RUDE, handles: 'fine', link: 'javascript:alert(1)' },
      ['Enter the address of a post'],
    ],
    ['a long note', { ...RUDE, handles: 'fine', note: 'x'.repeat(501) }, ['under 500 characters']],
    ['a kind that there is not', { ...RUDE, handles: 'fine', kind: 'shadowbanned' }, ['Choose what was done']],
  ])('writes nothing of a form with %s', async (_, fields, said) => {
    await grace.get(DESK);
    await grace.submit(fields, DESK);
    expect([grace.page.status, cards(grace).length]).toEqual([422, 1]);
    for (const each of said) expect(grace.words).toContain(each);
  });

  it('takes many at once, and names those that it had', async () => {
    await grace.get(DESK);
    await grace.submit({ handles: 'Spam_1, @spam_2\nrude_one', kind: 'muted', reason: 'spam' }, DESK);
    expect([grace.words.includes('One was in the log before: @rude_one.'), cards(grace).length]).toEqual([true, 3]);
  });

  it('finds a handle, and what there is none of', async () => {
    await grace.get(`${DESK}?handle=SPAM_`);
    expect(cards(grace).length).toBe(2);
    await grace.get(`${DESK}?handle=%25`);
    expect(grace.words).toContain('No handle with “%” is in force.');
  });

  it('is closed to everybody else', async () => {
    expect((await ada.get(DESK)).status).toBe(403);
    expect((await ada.get(TEAM)).status).toBe(403);
    expect((await grace.get(TEAM)).status).toBe(403);
    expect((await service.visitor().post(DESK, RUDE)).url).toContain('/sign-in');
    expect((await grace.get(`${DESK}/00000000-0000-4000-8000-000000000000`)).status).toBe(404);
    expect((await grace.get(`${DESK}/not-an-id`)).status).toBeLessThan(500);
  });

  it('lets whoever is on duty note that one is undone, once', async () => {
    const href = await openCard(grace, DESK, 'Spam_1');
    const token = parse(grace.page.text).querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
    await grace.submit({}, `${href}/ends`);
    expect(cards(grace).length).toBe(2);
    expect((await grace.post(`${href}/ends`, { _csrf: token })).status).toBe(409);
    await grace.get(`${DESK}?show=ended`);
    expect(cards(grace)).toEqual([expect.stringContaining('undone on X by Grace')]);
  });

  it('keeps an entry of the team for good, which a curator cannot change', async () => {
    await olu.get(TEAM);
    await olu.submit({ handles: 'Fake_NHS', kind: 'blocked', reason: 'impersonation' }, TEAM);
    expect(cards(olu)[0]).toContain('kept by the team');
    const href = (await openCard(olu, TEAM, 'Fake_NHS')).replace(TEAM, DESK);
    await grace.get(href);
    expect(grace.words).toContain('The team keeps this entry.');
    const token =
      parse((await grace.get(DESK)).text)
        .querySelector('input[name=_csrf]')
        ?.getAttribute('value') ?? '';
    expect((await grace.post(`${href}/ends`, { _csrf: token })).status).toBe(403);
  });

  it('is taken away as a spreadsheet and as a list, with nothing that a spreadsheet would run', async () => {
    await olu.get(TEAM);
    await olu.submit(
      { handles: 'Formula', kind: 'muted', reason: 'other', note: '=HYPERLINK("http://example.org")' },
      TEAM,
    );
    const { text, headers } = await olu.get(`${TEAM}.csv`);
    expect(headers.get('content-disposition')).toContain('blocks-nhs.csv');
    expect(text).toContain(`Formula,Muted,Something else,"'=HYPERLINK(""http://example.org"")"`);
    expect((await olu.get(`${TEAM}.txt`)).text).toBe('Fake_NHS\nFormula\nRude_One\nspam_2\n');
  });

  it('expires with the turn, for the next curator to undo or keep with a reason', async () => {
    await service.moveClock(NEXT_TUESDAY);
    expect((await grace.get(DESK)).status).toBe(403);
    await onDuty(service, nhs, 'Ada');
    await ada.get(DESK);
    expect([cards(ada).length, ada.words.includes('2 of past turns have expired')]).toEqual([2, true]);
    const href = await openCard(ada, `${DESK}?show=expired`, 'Rude_One');
    await ada.submit({ because: ' ' }, `${href}/keeps`);
    expect([ada.page.status, ada.words.includes('Say why it stays')]).toEqual([422, true]);
    await ada.submit({ because: 'Still at it' }, `${href}/keeps`);
    expect(cards(ada)).toContainEqual(
      expect.stringMatching(/Kept by Ada: Still at it .*until the turn ends, .*18 December/),
    );
    await olu.get('/team/nhs');
    expect(olu.words).toContain('1 block of a past turn has expired');
  });

  it('is audited without anybody’s name in the facts', async () => {
    const rows = await service.db.query<{ verb: string; detail: object }>(
      `SELECT verb, detail FROM audit_entries WHERE verb LIKE 'block.%' ORDER BY seq`,
    );
    expect(rows.map(({ verb }) => verb)).toEqual([
      ...['block.added', 'block.added', 'block.ended', 'block.added', 'block.added', 'block.kept'],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/rude|spam_|still/i);
  });

  it('forgets strangers half a year after it is over, but not whom the team keeps', async () => {
    await service.moveClock(new Date('2027-06-12T10:00:00Z'));
    await service.app.get(Blocks).forget();
    const left = await service.db.query<{ handle: string }>('SELECT handle FROM blocks ORDER BY lower(handle)');
    expect(left.map(({ handle }) => handle)).toEqual(['Fake_NHS', 'Formula', 'Rude_One']);
  });
});
