import type { INestApplication } from '@nestjs/common';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { Sessions } from '../../src/people/sessions.service.js';
import { Db } from '../../src/platform/database.service.js';
import { Visitor } from '../../test/support/visitor.js';

/** What was asked of the access function about former curators, and what it said. */
export interface Asked {
  byRows: number;
  byForm: number;
  /** Milliseconds from the instant to the first answer. */
  first: number;
  admitted: string[];
}

const AT_ONCE = 20;
/** Asked without a pause in the first second, often in the first ten, then more seldom, as each answer costs something. */
const pause = (late: number) => (late < 1000 ? 0 : late < 10_000 ? 50 : 1000);

/**
 * From the instant on, asks again and again whether curators whose turn is over may act: by the rows of the access
 * function, and by sending the desk's form, with the tokens of a page that they loaded while they could.
 */
export async function watchFormer(
  app: INestApplication,
  web: string,
  accounts: string[],
  at: Date,
): Promise<() => Promise<Asked>> {
  const db = app.get(Db);
  const former = await db.query<Former>(
    `SELECT s.id AS "stintId", s.account_id AS "accountId", s.person_id AS "personId", a.slug FROM stints s
     JOIN accounts a ON a.id = s.account_id WHERE s.state = 'active' AND a.id = ANY ($1)`,
    [accounts.filter((_, index) => index % Math.ceil(accounts.length / AT_ONCE) === 0)],
  );
  const visitors = await Promise.all(former.map((each) => atDesk(app, web, each)));
  const asked: Asked = { byRows: 0, byForm: 0, first: Number.NaN, admitted: [] };
  let over = false;
  const rows = (async () => {
    for (let turn = 0; !over; turn += 1) await askRows(app, former[turn % former.length] as Former, at, asked);
  })();
  const forms = (async () => {
    await new Promise((resolve) => setTimeout(resolve, at.getTime() - Date.now()));
    for (let turn = 0; !over; turn += 1) {
      await sendForm(visitors[turn % visitors.length] as Visitor, asked);
      await new Promise((resolve) => setTimeout(resolve, Math.max(100, pause(Date.now() - at.getTime()))));
    }
  })();
  const asking = Promise.all([rows, forms]);
  // When a storm ends badly nobody waits for these.
  asking.catch(() => undefined);
  return async () => {
    over = true;
    await asking;
    const [late] = await db.query<{ count: number }>(
      'SELECT count(*)::int FROM messages WHERE stint_id = ANY ($1) AND created_at >= $2',
      [former.map(({ stintId }) => stintId), at],
    );
    if (late?.count) asked.admitted.push(`${late.count} posts were queued`);
    return asked;
  };
}

interface Former {
  stintId: string;
  accountId: string;
  personId: string;
  slug: string;
}

async function atDesk(app: INestApplication, web: string, { slug, personId }: Former): Promise<Visitor> {
  const visitor = new Visitor(web);
  const session = await app.get(Db).write((tx) => app.get(Sessions).begin(tx, personId, 'Storm', undefined));
  visitor.keep('baton', session);
  const { status } = await visitor.get(`/${slug}/desk`);
  if (status !== 200) throw new Error(`The desk of ${slug} answered ${status} before the storm`);
  return visitor;
}

async function askRows(app: INestApplication, { stintId, accountId }: Former, at: Date, asked: Asked): Promise<void> {
  const account = await app.get(Accounts).byId(accountId);
  const answer = await app.get(Grants).ask({ kind: 'stint', stintId, seat: 1 }, account);
  const late = answer.now.getTime() - at.getTime();
  if (late < 0 && !answer.allowed) throw new Error('A curator was refused before the end of their turn');
  if (late < 0) return new Promise((resolve) => setTimeout(resolve, Math.min(50, -late - 1)));
  asked.byRows += 1;
  asked.first = Number.isNaN(asked.first) ? late : asked.first;
  if (answer.allowed) asked.admitted.push(`the access function, ${late} ms after`);
  await new Promise((resolve) => setTimeout(resolve, pause(late)));
}

async function sendForm(visitor: Visitor, asked: Asked): Promise<void> {
  const { status } = await visitor.submit({ text: 'I am still here' }, 'publications');
  asked.byForm += 1;
  if (status !== 403) asked.admitted.push(`the desk answered ${status}`);
}
