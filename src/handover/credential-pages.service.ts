import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { HandOver } from '../credentials/hand-over.service.js';
import type { Reveal } from '../credentials/reveals.js';
import { Secrets } from '../credentials/secrets.service.js';
import { Db } from '../platform/database.service.js';
import { keptTag, kindWords, revealWords } from './credentials-view.js';
import { Rotations } from './rotations.service.js';
import { STILL_OPEN } from './tasks.js';
import { listed } from './words.js';

const SHOWN = 20;

type RevealRow = Reveal & { shownName: string; over: boolean };

/** Reads for keepers how an account's secrets stand. Never a secret. */
@Injectable()
export class CredentialPages {
  constructor(
    private readonly db: Db,
    private readonly secrets: Secrets,
    private readonly handOver: HandOver,
    private readonly rotations: Rotations,
  ) {}

  /** The whole page: how the account is handed over, what is kept, who has seen it. */
  async state(account: Account) {
    const told = this.told(account);
    const [acceptance, versions, reveals, stillOpen] = await Promise.all([
      this.acceptance(account),
      this.secrets.of(account.id),
      this.reveals(account.id),
      this.stillOpen(account),
    ]);
    const names = await this.names(versions.map(({ madeBy }) => madeBy));
    return {
      acceptance,
      stillOpen,
      kept: versions
        .filter(({ state }) => state === 'current')
        .map(({ id, kind, madeAt, madeBy, generated }) => {
          const own = reveals.filter(({ secretId }) => secretId === id);
          const due = own.some(({ state, rotatedAt, over }) => state === 'revealed' && !rotatedAt && over);
          const how = generated ? 'Made here' : 'Put in';
          return {
            title: kindWords[kind],
            tag: keptTag(own, due),
            text: `${how} by ${names.get(madeBy) ?? 'a keeper'} ${told(madeAt)}.`,
          };
        }),
      reveals: reveals.map((reveal) => ({ name: reveal.shownName, text: revealWords(reveal, reveal.over, told) })),
    };
  }

  /** How it stands with changing the password. */
  async rotation(account: Account) {
    const versions = await this.secrets.of(account.id);
    const proposal = versions.find(({ state }) => state === 'proposed');
    const names = await this.names(proposal ? [proposal.madeBy] : []);
    const knowers = await this.rotations.knowers(account.id);
    return {
      kept: versions.some(({ kind, state }) => kind === 'password' && state === 'current'),
      stillOpen: await this.stillOpen(account),
      waits: knowers.some(({ overriddenAt }) => !overriddenAt),
      proposal: proposal && {
        id: proposal.id,
        by: names.get(proposal.madeBy) ?? 'a keeper',
        when: this.told(account)(proposal.madeAt),
      },
    };
  }

  /** Who accepted the policy as it is worded now, and when; null when nobody has. */
  async acceptance(account: Account): Promise<{ by: string; when: string; wording: string } | null> {
    const accepted = await this.handOver.acceptance(account.id);
    if (!accepted) return null;
    const names = await this.names([accepted.acceptedBy]);
    const by = names.get(accepted.acceptedBy) ?? 'a keeper';
    return { by, when: this.told(account)(accepted.acceptedAt), wording: accepted.wording };
  }

  private async stillOpen(account: Account): Promise<string | null> {
    const knowers = await this.rotations.knowers(account.id);
    if (knowers.length === 0) return null;
    const passed = knowers.every(({ overriddenAt }) => overriddenAt) ? ' A keeper has let the next turn begin.' : '';
    return `${STILL_OPEN} ${listed(knowers.map(({ shownName }) => shownName))} may still know the password.${passed}`;
  }

  private async reveals(accountId: string): Promise<RevealRow[]> {
    return this.db.query<RevealRow>(
      `SELECT r.id, r.secret_id AS "secretId", r.stint_id AS "stintId", r.person_id AS "personId", r.state,
              r.revealed_at AS "revealedAt", r.rotated_at AS "rotatedAt", r.overridden_at AS "overriddenAt",
              p.shown_name AS "shownName", s.state NOT IN ('confirmed', 'active') OR s.ends_at <= $2 AS over
       FROM reveals r JOIN stints s ON s.id = r.stint_id JOIN persons p ON p.id = r.person_id
       WHERE r.account_id = $1 ORDER BY s.starts_at DESC, r.revealed_at DESC NULLS FIRST LIMIT ${SHOWN}`,
      [accountId, await this.db.now()],
    );
  }

  private async names(ids: string[]): Promise<Map<string, string>> {
    const rows = await this.db.query<{ id: string; name: string }>('SELECT id, name FROM persons WHERE id = ANY ($1)', [
      ids,
    ]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  private told({ zone }: Account): (instant: Date) => string {
    return (instant) => dateAndTime(zone, instant, { zone: true });
  }
}
