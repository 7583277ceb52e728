import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { HandoverAtWork } from './handover.js';
import type { Part } from './profile.js';
import { ProfileLine } from './profile-line.service.js';
import type { RehearsedMessage, RehearsedProfile, RehearsedStep } from './rehearsal.js';
import type { StepName } from './steps.js';
import { Steps } from './steps.service.js';
import { TryOuts } from './try-outs.service.js';
import { Turns } from './turns.service.js';

/** What a handover would do, as its own code did it in a transaction that was then rolled back. */
export interface Rehearsal {
  at: Date;
  work: HandoverAtWork;
  steps: RehearsedStep[];
  messages: RehearsedMessage[];
  profiles: RehearsedProfile[];
  /** Why a step would fail, or null. */
  failure: string | null;
}

interface Planned {
  id: string;
  at: Date;
  begun: boolean;
}

const BY_NETWORK = 'Set by calls to the network, part by part.';

/** Ends the transaction of a rehearsal: nothing of it stays. */
class RolledBack extends Error {}

/**
 * Rehearses a coming handover: runs the steps themselves, those of the handovers before it too, each at its instant, in
 * a transaction that is rolled back. Nothing is written, queued or sent, and no one-time link is made.
 */
@Injectable()
export class Rehearsals {
  constructor(
    private readonly db: Db,
    private readonly steps: Steps,
    private readonly turns: Turns,
    private readonly line: ProfileLine,
    private readonly tryOuts: TryOuts,
  ) {}

  /** Throws NotFound, and Conflict for one that has begun. */
  async rehearse(account: Account, id: string): Promise<Rehearsal> {
    let seen: Rehearsal | undefined;
    await this.db
      .write([lockAccess(account.id)], async (tx) => {
        seen = await this.stage(tx, account, id);
        throw new RolledBack();
      })
      .catch((error) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    if (!seen) throw new NotFound('There is no such handover on this account.');
    return seen;
  }

  /** Makes the calls that set the profile against the simulator, and puts back what was there. Writes nothing here. */
  async againstSimulator(account: Account, id: string): Promise<{ what: string; ended: string }[]> {
    return this.tryOuts.make(account, await this.rehearse(account, id));
  }

  private async stage(tx: Tx, account: Account, id: string): Promise<Rehearsal> {
    const planned = await tx.query<Planned>(PLANNED, [account.id, id]);
    const target = planned.at(-1);
    if (target?.id !== id) throw new NotFound('There is no such handover on this account.');
    if (target.begun) throw new Conflict('This handover has begun, so it can no longer be rehearsed.');
    await tx.query('UPDATE boundaries SET suspended_at = NULL WHERE id = $1', [id]);
    let failure: string | null = null;
    let stage = tx;
    for (const boundary of planned) {
      stage = tx.at(boundary.at > tx.now ? boundary.at : tx.now);
      failure = await this.run(stage, boundary.id, account.id);
    }
    return { ...(await this.seen(stage, account, target)), failure };
  }

  /** Runs one as far as it goes; its calls count as made. Gives why a step fails, or null. */
  private async run(stage: Tx, id: string, accountId: string): Promise<string | null> {
    let step: StepName | null = null;
    try {
      await this.steps.begin(stage, id, accountId);
      for (;;) {
        await this.steps.take(stage, id, (each) => {
          step = each;
        });
        const call = await this.steps.toCall(stage, id);
        if (!call) return null;
        await this.steps.done(stage, id, [{ step: call.step.name, outcome: BY_NETWORK }]);
      }
    } catch (error) {
      return `${step ?? 'The start'}: ${(error as Error).message}`;
    }
  }

  private async seen(stage: Tx, account: Account, { id, at }: Planned): Promise<Omit<Rehearsal, 'failure'>> {
    const [row] = await stage.query<{ outgoing: string[]; incoming: string[] }>(
      'SELECT outgoing, incoming FROM boundaries WHERE id = $1',
      [id],
    );
    const [outgoing, incoming] = [
      await this.turns.of(stage, row?.outgoing ?? []),
      await this.turns.of(stage, row?.incoming ?? []),
    ];
    const work = { id, mayHaveRun: false, account, outgoing, incoming };
    const steps = await stage.query<RehearsedStep>(STEPS, [id]);
    const profiles = [];
    for (const step of steps.filter(({ calls, byHand }) => calls || byHand)) {
      if (step.name === 'profile' || step.name === 'restore') profiles.push(await this.profile(stage, work, step));
    }
    return {
      at,
      work,
      steps,
      messages: await stage.query<RehearsedMessage>(MESSAGES, [account.id, stage.now]),
      profiles,
    };
  }

  private async profile(stage: Tx, work: HandoverAtWork, { name, calls }: RehearsedStep): Promise<RehearsedProfile> {
    const wanted = (part: Part) => this.line.wanted(stage, work, name, part);
    return {
      step: name,
      calls,
      name: await wanted('name'),
      bio: await wanted('bio'),
      picture: await wanted('picture'),
    };
  }
}

const PLANNED = `
  SELECT b.id, b.at, b.started_at IS NOT NULL AS begun FROM boundaries b JOIN boundaries t ON t.id = $2
  WHERE b.account_id = $1 AND t.account_id = $1 AND b.at <= t.at AND (b.done_at IS NULL OR b.id = t.id) ORDER BY b.at`;

const STEPS = `
  SELECT name, half, state, outcome, waits_for AS "waitsFor", by_hand AS "byHand", calls FROM steps WHERE boundary_id = $1
  ORDER BY array_position(ARRAY['close', 'check', 'rotate', 'restore', 'thank', 'grant', 'profile', 'announce', 'welcome'], name)`;

const MESSAGES = `
  SELECT channel, template, data, due_at AS "dueAt" FROM messages WHERE account_id = $1 AND created_at = $2
  ORDER BY channel, template, key`;
