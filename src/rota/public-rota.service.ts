import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import type { PublicTurn } from './public-rota.js';
import { Stints, type StintView } from './stints.service.js';

const WEEK = 7 * 24 * 60 * 60_000;

/** What everybody may know of the rota: who is confirmed, was or is on, and when. */
@Injectable()
export class PublicRota {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
  ) {}

  /** The turns from so many weeks ago to so many weeks ahead that are confirmed, running or over, in order. */
  async turns(accountId: string, weeks: number): Promise<PublicTurn[]> {
    const now = (await this.db.now()).getTime();
    const span = [new Date(now - weeks * WEEK), new Date(now + weeks * WEEK)] as const;
    return (await this.stints.between(accountId, ...span)).flatMap(publicTurn);
  }
}

function publicTurn(stint: StintView): PublicTurn[] {
  const { id, state, startsAt, endsAt, shownName: name, role, seat, revision, confirmedAt } = stint;
  const shown = state === 'confirmed' || state === 'active' || state === 'ended';
  if (!shown || !confirmedAt || stint.endedHow === 'no-show') return [];
  return [{ id, state, startsAt, endsAt, name, role, seat, revision, confirmedAt }];
}
