import pg from 'pg';

const POSTS = 20;

/** Makes accounts whose feeds hold posts of ordinary length, pulled now and not due again while it is measured. */
export async function makeFeeds(databaseUrl: string, prefix: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // In one, or the service would make rows for feeds that it finds missing.
    await client.query('BEGIN');
    for (const sql of ROWS) await client.query(sql, sql.includes('$2') ? [prefix, count] : [prefix]);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

const ROWS = [
  `INSERT INTO accounts (network, handle, slug, name, zone, slot_pattern, connection, hand_over_by, house_name, thanks_post,
                         retention, network_user_id, created_at)
   SELECT 'x', $1 || n, $1 || n, 'Feed ' || n, 'Europe/London',
     '{"startsOn": 1, "startsAt": "08:00", "endsOn": 5, "endsAt": "18:00"}', 'api', 'desk', 'Feed ' || n, true,
     '{"applications": 90, "curators": 90, "letters": 90}', $1 || n, clock_timestamp()
   FROM generate_series(1, $2::integer) n`,
  `INSERT INTO account_access SELECT id FROM accounts WHERE slug LIKE $1 || '%'`,
  `INSERT INTO feed_posts (account_id, network_id, posted_at, post, credited_by, seen_at)
   SELECT a.id, (1990000000000000000 + n)::text, a.created_at - n * interval '1 hour',
     jsonb_build_object('id', (1990000000000000000 + n)::text, 'text', format('Post %s from the ward: %s #OnTheWard',
       n, repeat('what a day it was ', 10)), 'createdAt', a.created_at - n * interval '1 hour', 'media', '[]'::jsonb,
       'copies', '{}'::jsonb, 'edited', false, 'editHistoryIds', jsonb_build_array((1990000000000000000 + n)::text),
       'referenced', '[]'::jsonb, 'references', '[]'::jsonb,
       'entities', '{"links": [], "mentions": [], "hashtags": [], "cashtags": []}'::jsonb), 'house', a.created_at
   FROM accounts a, generate_series(1, ${POSTS}) n WHERE slug LIKE $1 || '%'`,
  `INSERT INTO feeds (account_id, version, changed_at, pulled_at, next_pull_at, profile_pulled_at)
   SELECT id, 1, created_at, created_at, created_at + interval '1 day', created_at
   FROM accounts WHERE slug LIKE $1 || '%'`,
];
