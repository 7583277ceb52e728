import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../../config/runtime.js';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { NetworkTokens } from '../../credentials/network-tokens.service.js';
import { type Span, slotsFrom } from '../../credentials/week.js';
import { Networks } from '../../networks/networks.service.js';
import { People } from '../../people/people.service.js';
import type { Person } from '../../people/person.entity.js';
import { SIGN_IN } from '../../people/sign-in.service.js';
import { Db } from '../../platform/database.service.js';
import { Tokens } from '../../platform/tokens.service.js';
import type { Tx } from '../../platform/tx.js';
import type { Role } from '../../web/principal.js';
import * as community from './community.js';
import { SimulatedAccounts } from './simulated-accounts.service.js';

const WEEK_MS = 7 * 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;
const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'];

type Cast = Map<string, Person>;

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
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Makes everything, once; false when there are accounts already. */
  async seed(): Promise<boolean> {
    if (!this.runtime.simulatorUrl || (await this.accounts.all()).length > 0) return false;
    const nhs = await this.simulated.create('NHS', 'The NHS demonstration');
    const riverside = await this.simulated.create('RiversideVoices', 'Riverside Voices');
    const account = await this.db.write((tx) => this.makeRows(tx, nhs, riverside));
    await this.connect('nhs', nhs);
    await this.connect('riversidevoices', riverside);
    await this.postTheStory(account);
    return true;
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

  private async makeRows(tx: Tx, nhs: string, riverside: string): Promise<Account> {
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
    await this.makeRota(tx, account, cast);
    tx.ring('rota.extend', account.id);
    tx.ring('rota.extend', other.id);
    tx.ring('handover.plan', account.id);
    return account;
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
    await this.people.give(tx, this.of(cast, key).id, account.id, role, null);
  }

  /** Last week's curator, this week's, next week's, an offer, and people in every state of an application. */
  private async makeRota(tx: Tx, account: Account, cast: Cast): Promise<void> {
    const [last, current, next, after] = slotsFrom(
      account.zone,
      account.slotPattern,
      new Date(tx.now.getTime() - WEEK_MS),
      4,
    );
    if (!last || !current || !next || !after) throw new Error('The pattern gives no slots');
    await this.stint(tx, account, cast, 'ben', last, 'ended');
    await this.stint(tx, account, cast, 'grace', current, current.startsAt <= tx.now ? 'active' : 'confirmed');
    await this.stint(tx, account, cast, 'maya', next, 'confirmed');
    await this.stint(tx, account, cast, 'tom', after, 'offered');
    await this.application(tx, account, cast, 'sofia', 'accepted');
    await this.application(tx, account, cast, 'huw', 'waiting');
    await this.application(tx, account, cast, 'leila', 'on-hold');
  }

  private async stint(
    tx: Tx,
    account: Account,
    cast: Cast,
    key: string,
    span: Span,
    state: 'ended' | 'active' | 'confirmed' | 'offered',
  ): Promise<void> {
    const application = await this.application(tx, account, cast, key, 'accepted');
    const [slot] = await tx.query<{ id: string }>(
      `INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $2, $3) RETURNING id`,
      [account.id, span.startsAt, span.endsAt],
    );
    const [agreement] = await tx.query<{ id: string }>('SELECT id FROM agreements WHERE account_id = $1', [account.id]);
    const [proposer, approver] = [this.of(cast, 'olu').id, this.of(cast, 'priya').id];
    const before = new Date(Math.min(span.startsAt.getTime(), tx.now.getTime()) - WEEK_MS);
    const confirmed = state !== 'offered';
    const [stint] = await tx.query<{ id: string }>(
      `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, ended_how, starts_at, ends_at, proposed_by,
         proposed_at, approved_by, approved_at, offered_at, answered_at, confirmed_at, agreement_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $10, $12, $12, $13) RETURNING id`,
      [
        ...[account.id, slot?.id, this.of(cast, key).id, application, state, state === 'ended' ? 'completed' : null],
        ...[
          span.startsAt,
          span.endsAt,
          proposer,
          before,
          approver,
          confirmed ? before : null,
          confirmed ? agreement?.id : null,
        ],
      ],
    );
    if (stint && (state === 'ended' || state === 'active'))
      await this.handedOver(tx, account, this.of(cast, key).id, stint.id, span, state);
  }

  /** What an earlier handover would have left: the grant, and the boundaries that are done. */
  private async handedOver(
    tx: Tx,
    account: Account,
    personId: string,
    stintId: string,
    span: Span,
    state: 'ended' | 'active',
  ): Promise<void> {
    await tx.query(
      `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at, closed_at, close_reason)
       VALUES ($1, $2, $3, 1, $4, $5, $6, $7)`,
      [
        account.id,
        stintId,
        personId,
        span.startsAt,
        span.endsAt,
        ...(state === 'ended' ? [span.endsAt, 'handover'] : [null, null]),
      ],
    );
    await this.boundary(tx, account.id, span.startsAt, 'incoming', stintId);
    if (state === 'ended') await this.boundary(tx, account.id, span.endsAt, 'outgoing', stintId);
  }

  private async boundary(
    tx: Tx,
    accountId: string,
    at: Date,
    half: 'incoming' | 'outgoing',
    stintId: string,
  ): Promise<void> {
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO boundaries (account_id, at, ${half}, started_at, done_at, lateness_ms) VALUES ($1, $2, $3, $2, $2, 0) RETURNING id`,
      [accountId, at, [stintId]],
    );
    const names =
      half === 'incoming'
        ? ['grant', 'profile', 'announce', 'welcome']
        : ['close', 'check', 'rotate', 'restore', 'thank'];
    for (const name of names) {
      await tx.query(
        `INSERT INTO steps (boundary_id, name, half, state, outcome, next_attempt_at, done_at) VALUES ($1, $2, $3, 'done', 'Before the demonstration began', $4, $4)`,
        [row?.id, name, half, at],
      );
    }
  }

  private async application(
    tx: Tx,
    account: Account,
    cast: Cast,
    key: string,
    state: 'accepted' | 'waiting' | 'on-hold',
  ): Promise<string> {
    const person = this.of(cast, key);
    const about = community.people[key as keyof typeof community.people];
    const answers = {
      capacity: about.capacity,
      name: about.name,
      role: about.role,
      bio: about.bio,
      topics: about.topics,
      experience: '3',
      weeks: { first: [], second: [], unavailable: [], flexible: true },
    };
    const applied = new Date(tx.now.getTime() - 6 * WEEK_MS);
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO applications (account_id, person_id, state, email, email_key, handle_key, answers, created_at, submitted_at, verified_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8) RETURNING id`,
      [account.id, person.id, state, person.email, person.emailKey, person.handle, JSON.stringify(answers), applied],
    );
    if (!row) throw new Error('No application was made');
    if (state !== 'waiting') {
      await tx.query(
        'INSERT INTO decisions (application_id, verdict, note, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5)',
        [...[row.id, state, 'Made for the demonstration', this.of(cast, 'olu').id, applied]],
      );
    }
    return row.id;
  }

  /** Connects an account by the whole of OAuth 2.0 with PKCE, the simulator's owner saying yes. */
  private async connect(slug: string, userId: string): Promise<void> {
    const account = await this.accounts.bySlug(slug);
    const network = this.networks.for(account.network);
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const redirectUri = `${this.runtime.publicUrl}/team/${slug}/connection`;
    const state = randomBytes(16).toString('base64url');
    const link = network.authorizeLink({ redirectUri, state, codeChallenge, scopes: SCOPES });
    const code = await this.simulated.allow(link, userId);
    const outcome = await network.exchange({ code, redirectUri, codeVerifier });
    if (outcome.kind !== 'done')
      throw new Error(`The simulator did not connect @${account.handle}: ${JSON.stringify(outcome)}`);
    await this.db.write((tx) => this.networkTokens.store(tx, account.id, outcome.value));
  }

  private async postTheStory(account: Account): Promise<void> {
    const now = await this.db.now();
    const [last, current] = slotsFrom(account.zone, account.slotPattern, new Date(now.getTime() - WEEK_MS), 2);
    for (const { week, afterHours, text } of community.posts) {
      const slot = week === 'last' ? last : current;
      const at = new Date((slot?.startsAt ?? now).getTime() + afterHours * HOUR_MS);
      if (at < now) await this.simulated.post(account.networkUserId ?? '', text, at);
    }
  }

  private of(cast: Cast, key: string): Person {
    const person = cast.get(key);
    if (!person) throw new Error(`Nobody is called ${key}`);
    return person;
  }
}

function address(key: string): string {
  return `${key}@example.org`;
}
