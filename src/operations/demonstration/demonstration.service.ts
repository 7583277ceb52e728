import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../../config/runtime.js';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { NetworkTokens } from '../../credentials/network-tokens.service.js';
import { slotsFrom } from '../../credentials/week.js';
import { Checklists } from '../../handover/checklist/checklists.service.js';
import { isOverdue } from '../../handover/checklist/task.js';
import { Networks } from '../../networks/networks.service.js';
import { People } from '../../people/people.service.js';
import { SIGN_IN } from '../../people/sign-in.service.js';
import { Db } from '../../platform/database.service.js';
import { Tokens } from '../../platform/tokens.service.js';
import type { Tx } from '../../platform/tx.js';
import type { Role } from '../../web/principal.js';
import * as community from './community.js';
import { type Cast, castMember, DemonstrationRota } from './demonstration-rota.service.js';
import { SimulatedAccounts } from './simulated-accounts.service.js';

const WEEK_MS = 7 * 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;
const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'];

/** The fictional community of a first start: two accounts, their team, curators past, present and to come. */
@Injectable()
export class Demonstration {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly tokens: Tokens,
    private readonly networks: Networks,
    private readonly networkTokens: NetworkTokens,
    private readonly simulated: SimulatedAccounts,
    private readonly rota: DemonstrationRota,
    private readonly checklists: Checklists,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Makes everything, once; false when there are accounts already. One that was broken off is gone on with. */
  async seed(): Promise<boolean> {
    if (!this.runtime.simulatorUrl) return false;
    if ((await this.accounts.all()).length === 0) {
      const nhs = await this.simulated.create('NHS', 'The NHS demonstration');
      const riverside = await this.simulated.create('RiversideVoices', 'Riverside Voices');
      await this.db.write((tx) => this.makeRows(tx, nhs, riverside));
    }
    const unfinished = await this.db.query<{ slug: string }>(
      `SELECT slug FROM accounts a WHERE slug IN ('nhs', 'riversidevoices')
       AND NOT EXISTS (SELECT 1 FROM network_tokens t WHERE t.account_id = a.id) ORDER BY slug DESC`,
    );
    for (const { slug } of unfinished) await this.finish(await this.accounts.bySlug(slug));
    return unfinished.length > 0;
  }

  /** One-time sign-in links for the people whom a newcomer wants to be. */
  async links(): Promise<{ who: string; href: string }[]> {
    const wanted = [
      ['kim', 'keeper', 'team/nhs'],
      ['priya', 'approver', 'team/nhs'],
      ['olu', 'organiser', 'team/nhs'],
      ['grace', 'curator on duty', 'nhs/desk'],
    ] as const;
    return this.db.write(async (tx) => {
      const links: { who: string; href: string }[] = [];
      for (const [key, what, next] of wanted) {
        const [person] = await tx.query<{ id: string; name: string }>(
          'SELECT id, name FROM persons WHERE email_key = $1',
          [address(key)],
        );
        if (!person) continue;
        const token = await this.tokens.mint(tx, SIGN_IN, person.id, new Date(tx.now.getTime() + 24 * HOUR_MS));
        links.push({
          who: `${person.name}, ${what}`,
          href: `${this.runtime.publicUrl}/sign-in/${token}?next=/${next}`,
        });
      }
      return links;
    });
  }

  /** What happens outside the database: the story on the pretend network, then the connection, which ends it. */
  private async finish(account: Account): Promise<void> {
    if (account.slug === 'nhs') await this.postTheStory(account);
    await this.connect(account);
    await this.tickThePast(account);
    await this.db.write(async (tx) => tx.ring('feed.pull', account.id));
  }

  /** What was due before the first start was done in the story, each line by its own doer. */
  private async tickThePast(account: Account): Promise<void> {
    const now = await this.db.now();
    const olu = await this.people.byEmail(address('olu'));
    for (const task of await this.checklists.of(account)) {
      const { turn, line } = task;
      const by = line.doer === 'curator' ? turn.personId : olu?.id;
      if (!by || !isOverdue(task, now)) continue;
      await this.checklists.mark({ accountId: account.id, stintId: turn.id, key: line.key, doer: line.doer, by }, null);
    }
  }

  private async makeRows(tx: Tx, nhs: string, riverside: string): Promise<void> {
    const cast = await this.makePeople(tx);
    const account = await this.makeAccount(tx, {
      handle: 'NHS',
      name: 'The NHS demonstration',
      handOverBy: 'desk',
      userId: nhs,
    });
    const other = await this.makeAccount(tx, {
      handle: 'RiversideVoices',
      name: 'Riverside Voices',
      handOverBy: 'delegate',
      userId: riverside,
    });
    for (const each of community.team) {
      for (const role of each.roles) await this.give(tx, cast, each.key, account, role);
    }
    await this.give(tx, cast, 'olu', other, 'organiser');
    await this.give(tx, cast, 'priya', other, 'approver');
    await this.give(tx, cast, 'kim', other, 'keeper');
    await this.rota.make(tx, account, cast);
    await this.rota.makeDelegated(tx, other, cast);
    tx.ring('rota.extend', account.id);
    tx.ring('rota.extend', other.id);
    tx.ring('handover.plan', account.id);
    tx.ring('handover.plan', other.id);
  }

  private async makePeople(tx: Tx): Promise<Cast> {
    const cast: Cast = new Map();
    for (const { key, name, shownName } of [...community.team, ...Object.values(community.people)]) {
      cast.set(key, await this.people.known(tx, { email: address(key), name, shownName, handle: `${key}_demo` }));
    }
    return cast;
  }

  private async makeAccount(
    tx: Tx,
    {
      handle,
      name,
      handOverBy,
      userId,
    }: { handle: string; name: string; handOverBy: 'desk' | 'delegate'; userId: string },
  ): Promise<Account> {
    const account = await this.accounts.create(tx, {
      network: 'x',
      handle,
      slug: handle.toLowerCase(),
      name,
      about: 'Each week a different member of staff, patient or carer speaks here.',
      zone: community.zone,
      slotPattern: community.pattern,
      postingHours: community.hours,
      connection: 'api',
      handOverBy,
      seats: 1,
      selfApproval: false,
      houseName: name,
      houseBio: 'A different voice each week. This week’s curator: to be announced.',
      hashtag: '#NHScurator',
      thanksPost: true,
      helpContact: 'Olu Bankole, 01632 960 123',
      retention: community.retention,
    });
    await tx.query('UPDATE accounts SET network_user_id = $2 WHERE id = $1', [account.id, userId]);
    await tx.query('INSERT INTO agreements (account_id, version, text, published_at) VALUES ($1, 1, $2, $3)', [
      account.id,
      community.agreement,
      tx.now,
    ]);
    return { ...account, networkUserId: userId };
  }

  private async give(tx: Tx, cast: Cast, key: string, account: Account, role: Role): Promise<void> {
    await this.people.give(tx, castMember(cast, key).id, account.id, role, null);
  }

  /** Connects an account by the whole of OAuth 2.0 with PKCE, the simulator's owner saying yes. */
  private async connect(account: Account): Promise<void> {
    const network = this.networks.for(account.network);
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const redirectUri = `${this.runtime.publicUrl}/team/${account.slug}/connection`;
    const state = randomBytes(16).toString('base64url');
    const link = network.authorizeLink({ redirectUri, state, codeChallenge, scopes: SCOPES });
    const code = await this.simulated.allow(link, account.handle);
    const outcome = await network.exchange({ code, redirectUri, codeVerifier });
    if (outcome.kind !== 'done')
      throw new Error(`The simulator did not connect @${account.handle}: ${JSON.stringify(outcome)}`);
    const keeper = await this.people.byEmail(address('kim'));
    const as = keeper && { userId: account.networkUserId ?? '', handle: account.handle, by: keeper.id };
    await this.db.write((tx) => this.networkTokens.store(tx, account.id, outcome.value, as));
  }

  private async postTheStory(account: Account): Promise<void> {
    const now = await this.db.now();
    const told = await this.simulated.texts();
    const [last, current] = slotsFrom(account.zone, account.slotPattern, new Date(now.getTime() - WEEK_MS), 2);
    for (const { week, afterHours, text } of community.posts) {
      const slot = week === 'last' ? last : current;
      const at = new Date((slot?.startsAt ?? now).getTime() + afterHours * HOUR_MS);
      if (at < now && !told.has(text)) await this.simulated.post(account.handle, text, at);
    }
    for (const { handle, name, afterHours, text } of community.mentions) {
      const at = new Date((current?.startsAt ?? now).getTime() + afterHours * HOUR_MS);
      if (at >= now || told.has(text)) continue;
      await this.simulated.create(handle, name);
      await this.simulated.post(handle, text, at);
    }
  }
}

function address(key: string): string {
  return `${key}@example.org`;
}
