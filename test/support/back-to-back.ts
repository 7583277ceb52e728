import type { Account } from '../../src/credentials/account.entity.js';
import { makeAccount } from './community.js';
import { turnOf } from './handover.js';
import { eventually } from './poll.js';
import type { Service } from './service.js';
import { timeline } from './simulated.js';

const HOUR_MS = 3_600_000;
const PATIENCE = { within: 60_000 };

/** An account on which one curator goes out and another comes in at the same instant, a minute from now. */
export interface Handover {
  account: Account;
  at: Date;
  incoming: string;
  addresses: string[];
}

/** What it left behind, counted at the network, at the mail server and in the rows. */
export interface Afterwards {
  /** How often each of its posts is at the network. */
  posts: number[];
  /** Letters of thanks and of welcome at the mail server. */
  thanks: number;
  welcomes: number;
  /** Copies that the outbox says may have been sent. */
  copies: number;
  /** How each of its posts stands. */
  states: string[];
  /** Steps that are not done, and stints whose grant is open. */
  undone: number;
  open: string[];
}

export async function backToBack(service: Service, handle: string): Promise<Handover> {
  const account = await makeAccount(service, { handle });
  const now = (await service.db.now()).getTime();
  const [from, at, to] = [now - HOUR_MS, now + 60_000, now + 400 * HOUR_MS].map((time) => new Date(time).toISOString());
  const grace = await turnOf(service, account, `Grace${handle}`, from ?? '', at ?? '');
  await eventually(async () => {
    const [grant] = await service.db.query('SELECT 1 FROM grants WHERE stint_id = $1', [grace.stintId]);
    const late = await waiting(service, account);
    return grant && late === 0;
  }, PATIENCE);
  const ada = await turnOf(service, account, `Ada${handle}`, at ?? '', to ?? '');
  return { account, at: new Date(at ?? ''), incoming: ada.stintId, addresses: [grace.email, ada.email] };
}

/** Waits until the handover is done and all that it queued has left, or waits for a person. */
export async function settle(service: Service, { account }: Handover): Promise<void> {
  await eventually(async () => {
    const open = await service.db.query(
      'SELECT 1 FROM boundaries WHERE account_id = $1 AND at <= $2 AND done_at IS NULL',
      [account.id, await service.db.now()],
    );
    return open.length === 0 && (await waiting(service, account)) === 0;
  }, PATIENCE);
}

/** How many messages are due or on their way; time is moved on to when the next is looked up or tried again. */
async function waiting(service: Service, account: Account): Promise<number> {
  const now = await service.db.now();
  const rows = await service.db.query<{ next: Date | null }>(
    `SELECT next_attempt_at AS next FROM messages WHERE account_id = $1 AND due_at <= $2
     AND (state IN ('waiting', 'sending') OR (state = 'unknown' AND next_attempt_at IS NOT NULL))`,
    [account.id, now],
  );
  const next = rows.map((row) => row.next?.getTime() ?? 0);
  if (next.length > 0 && Math.min(...next) > now.getTime()) await service.moveClock(new Date(Math.min(...next)));
  return rows.length;
}

export async function afterwards(service: Service, { account, at, addresses }: Handover): Promise<Afterwards> {
  const counts = new Map<string, number>();
  for (const { text } of await timeline(service, account.id)) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [grace = '', ada = ''] = addresses;
  const mail = await service.mail();
  const letters = (to: string, subject: RegExp) =>
    mail.filter((each) => each.to.includes(to) && subject.test(each.subject)).length;
  const [row] = await service.db.query<Pick<Afterwards, 'copies' | 'states' | 'undone' | 'open'>>(
    `SELECT
       (SELECT coalesce(sum(possible_copies), 0)::int FROM messages WHERE account_id = $1 AND channel = 'letter') AS copies,
       (SELECT array_agg(state) FROM messages WHERE account_id = $1 AND channel = 'post') AS states,
       (SELECT count(*)::int FROM steps s JOIN boundaries b ON b.id = s.boundary_id
        WHERE b.account_id = $1 AND b.at = $2 AND s.state <> 'done') AS undone,
       (SELECT array_agg(stint_id) FROM grants WHERE account_id = $1 AND closed_at IS NULL) AS open`,
    [account.id, at],
  );
  if (!row) throw new Error('No row');
  const thanks = letters(grace, /^Thank you for curating/);
  return { posts: [...counts.values()], thanks, welcomes: letters(ada, /^You are live on/), ...row };
}
