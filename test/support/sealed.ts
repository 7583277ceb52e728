import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { accountWithSlots, teamMember } from './rota.js';
import type { Service } from './service.js';
import type { Visitor } from './visitor.js';

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
