import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import type { Turn } from './turn.js';

/** A video on its way to the network. */
export interface Upload {
  text: string;
  /** Of the file, rounded down. */
  percent: number;
}

/** How far the videos of posts have gone up. */
@Injectable()
export class Uploads {
  constructor(private readonly db: Db) {}

  /** Those of a turn that are not with the network yet, the first to go out first. */
  async of(turn: Turn): Promise<Upload[]> {
    return this.db.query<Upload>(
      `SELECT m.data->>'text' AS text, (p.bytes_taken::bigint * 100 / p.bytes)::int AS percent
       FROM messages m JOIN message_media p ON p.message_id = m.id
       WHERE m.stint_id = $1 AND m.channel = 'post' AND m.state = 'waiting' AND m.next_attempt_at IS NOT NULL
         AND p.type LIKE 'video/%' AND p.bytes > 0 AND p.network_media_id IS NULL
       ORDER BY m.due_at, m.part`,
      [turn.stintId],
    );
  }
}
