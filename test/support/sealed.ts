import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import type { Grantee } from '../../src/credentials/reveals.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { type Turn, turnOf } from './handover.js';
import { accountWithSlots, teamMember } from './rota.js';
import type { Service } from './service.js';
import type { Visitor } from './visitor.js';

const HOUR = 3_600_000;

export const PASSWORD = 'correct horse battery 9';
/** RFC 6238's own seed, in base32. */
export const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

export interface SealedAccount {
  account: Account;
  kim: Visitor;
}

/** An account without slots of its own whose keeper Kim has accepted the policy and sealed a password and a seed. */
export async function sealedAccount(
  service: Service,
  slug: string,
  change: Partial<Account> = {},
): Promise<SealedAccount> {
  const made = await accountWithSlots(service, slug, change);
  await service.db.write((tx) => tx.query('DELETE FROM slots WHERE account_id = $1', [made.id]));
  const kim = await teamMember(service, made, 'Kim', 'keeper');
  await kim.get(`/team/${slug}/credentials/policy`);
  await kim.submit({ accept: 'yes' });
  await kim.submit({ handOverBy: 'sealed' }, 'ways');
  await kim.submit({ password: PASSWORD, totp: SEED }, 'secrets');
  return { account: await service.app.get(Accounts).bySlug(slug), kim };
}

/** The secret that the page seen last shows, or null. */
export function shownOn({ page }: Pick<Visitor, 'page'>): string | null {
  return parse(page.text).querySelector('#secret')?.textContent.trim() ?? null;
}

/** Moves the clock and runs what is due, without waiting for a timer. */
export async function reach(service: Service, account: Account, instant: string): Promise<void> {
  await service.moveClock(new Date(instant));
  await service.app.get(Handovers).resume(account.id);
}

export interface SealedDuty {
  account: Account;
  kim: Visitor;
  turn: Turn;
  grantee: Grantee;
}

/** A sealed account and a curator of its own whose turn is on for another hour. */
export async function sealedDuty(service: Service, slug: string): Promise<SealedDuty> {
  const { account, kim } = await sealedAccount(service, slug, { postingHours: null });
  const now = await service.db.now();
  const ends = new Date(now.getTime() + HOUR).toISOString();
  const turn = await turnOf(service, account, `Grace of ${slug}`.replaceAll(' ', ''), now.toISOString(), ends);
  await service.app.get(Handovers).resume(account.id);
  const { stintId, personId } = turn;
  return { account, kim, turn, grantee: { personId, actor: { kind: 'stint', stintId, seat: 1 } } };
}

/** What became of the account's reveals, by the version of the password. */
export const revealsOf = (service: Service, { account }: SealedDuty) =>
  service.db.query<{ version: number; state: string }>(
    `SELECT s.version, r.state FROM reveals r JOIN secrets s ON s.id = r.secret_id WHERE r.account_id = $1 ORDER BY 1`,
    [account.id],
  );
