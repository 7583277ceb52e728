import { Injectable } from '@nestjs/common';
import type { Media, Poll } from '../networks/network.js';
import type { Tx } from '../platform/tx.js';
import { says } from './words.js';

interface Said {
  id: string;
  text: string;
  media: Media[];
  poll: Poll | null;
  /** What it quotes or passes on, by others. */
  quoted: Pick<Said, 'text' | 'media' | 'poll'>[] | null;
}

/** Which kept posts say a phrase of the word list, written down when a post or a rule comes so that every reader agrees. */
@Injectable()
export class WordHits {
  /** Looks at the posts seen at an instant, and those of which what they quote was, or at all that are kept. */
  async find(tx: Tx, accountId: string, seenAt: Date | null): Promise<void> {
    const rules = await tx.query<{ id: string; phrase: string }>(
      'SELECT id, phrase FROM hiding_rules WHERE account_id = $1 AND phrase IS NOT NULL',
      [accountId],
    );
    if (rules.length === 0) return;
    const posts = await tx.query<Said>(
      `SELECT network_id AS id, post->>'text' AS text, post->'media' AS media, post->'poll' AS poll,
         (SELECT jsonb_agg(o.post) FROM feed_originals o WHERE ${QUOTED} AND o.post IS NOT NULL) AS quoted
       FROM feed_posts p WHERE account_id = $1 AND ($2::timestamptz IS NULL OR network_id IN (
         SELECT network_id FROM feed_posts WHERE account_id = $1 AND seen_at = $2
         UNION SELECT p.network_id FROM feed_originals o JOIN feed_posts p ON ${QUOTED} WHERE o.account_id = $1 AND o.seen_at = $2))`,
      [accountId, seenAt],
    );
    const ids = posts.map(({ id }) => id);
    await tx.query('DELETE FROM hiding_hits WHERE account_id = $1 AND network_id = ANY ($2)', [accountId, ids]);
    const hits = rules.flatMap(({ id, phrase }) =>
      posts
        .filter((post) => [post, ...(post.quoted ?? [])].some((said) => inPost(said, phrase)))
        .map((post) => [id, post.id]),
    );
    await tx.query(
      'INSERT INTO hiding_hits (account_id, rule_id, network_id) SELECT $1, * FROM unnest($2::uuid[], $3::text[])',
      [accountId, hits.map(([rule]) => rule), hits.map(([, post]) => post)],
    );
  }
}

/** Whether a post (`p`) quotes or passes on an original (`o`), in SQL. */
const QUOTED = `o.account_id = p.account_id AND p.post->'references' @> jsonb_build_array(jsonb_build_object('id', o.network_id))`;

/** In its words, the descriptions of its pictures or the choices of its poll. */
function inPost({ text, media, poll }: Pick<Said, 'text' | 'media' | 'poll'>, phrase: string): boolean {
  const descriptions = media.map(({ alt }) => alt ?? '');
  const choices = (poll?.options ?? []).map(({ label }) => label);
  return [text, ...descriptions, ...choices].some((each) => says(each, phrase));
}
