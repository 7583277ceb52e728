import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { displayName } from '../handover/words.js';
import { Db } from '../platform/database.service.js';
import { Avatars } from './avatars.js';
import type { Turn } from './turn.js';

/** As whom people on the network see the account. */
export interface Face {
  name: string;
  /** The address of its picture. */
  avatar: string | null;
}

/** How the account's profile looks beside what is posted in a turn. */
@Injectable()
export class Faces {
  constructor(
    private readonly db: Db,
    private readonly avatars: Avatars,
  ) {}

  async of(account: Account, turn: Turn): Promise<Face> {
    const [avatar, curators] = await Promise.all([
      this.avatars.of(account.id),
      this.db.query<{ name: string }>(
        `SELECT p.shown_name AS name FROM stints s JOIN persons p ON p.id = s.person_id
         WHERE s.id = $2 OR (s.account_id = $1 AND s.state IN ('confirmed', 'active') AND s.starts_at < $4 AND s.ends_at > $3)
         ORDER BY s.starts_at, s.seat`,
        [account.id, turn.stintId, turn.startsAt, turn.endsAt],
      ),
    ]);
    return {
      name: displayName(
        account,
        curators.map(({ name }) => name),
      ),
      avatar,
    };
  }
}
