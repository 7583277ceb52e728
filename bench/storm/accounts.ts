import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import type { Db } from '../../src/platform/database.service.js';

/** Makes as many accounts as asked, each with a curator on duty and one who is to follow, at an instant given later. */
export async function makeAccounts(db: Db, tokens: NetworkTokens, prefix: string, count: number): Promise<string[]> {
  const accounts = await db.write(async (tx) => {
    for (const sql of ROWS) await tx.query(sql, sql.includes('$2') ? [prefix, count] : [prefix]);
    return tx.query<{ id: string; userId: string }>(
      'SELECT id, network_user_id AS "userId" FROM accounts WHERE slug LIKE $1',
      [`${prefix}%`],
    );
  });
  for (let start = 0; start < accounts.length; start += 500) {
    await db.write(async (tx) => {
      for (const { id, userId } of accounts.slice(start, start + 500))
        await tokens.store(tx, id, {
          accessToken: `token-${userId}`,
          refreshToken: 'never used',
          expiresInSeconds: 7200,
          scopes: ['tweet.read', 'tweet.write', 'offline.access'],
        });
    });
  }
  await db.write((tx) => tx.query('ANALYZE'));
  return accounts.map(({ id }) => id);
}

/** Sets the one instant at which every turn of the accounts ends and the next one starts. */
export async function setInstant(db: Db, prefix: string, at: Date): Promise<void> {
  const of = 'FROM accounts a WHERE a.id = t.account_id AND a.slug LIKE $1';
  await db.write(async (tx) => {
    await tx.query(`UPDATE slots t SET ends_at = $2 ${of} AND t.starts_at < $2`, [`${prefix}%`, at]);
    await tx.query(
      `UPDATE slots t SET starts_at = $2 ${of} AND t.starts_at > $2 AND t.starts_at < $2 + interval '6 days'`,
      [`${prefix}%`, at],
    );
    await tx.query(`UPDATE stints t SET ends_at = $2 ${of} AND t.state = 'active'`, [`${prefix}%`, at]);
    await tx.query(`UPDATE stints t SET starts_at = $2 ${of} AND t.state = 'confirmed'`, [`${prefix}%`, at]);
    await tx.query(`UPDATE grants t SET ends_at = $2 ${of}`, [`${prefix}%`, at]);
  });
}

const ROWS = [
  `INSERT INTO accounts (network, handle, slug, name, zone, slot_pattern, connection, hand_over_by, house_name, thanks_post,
                         retention, network_user_id, created_at)
   SELECT 'x', $1 || n, $1 || n, 'Storm ' || n, 'Europe/London',
     '{"startsOn": 1, "startsAt": "08:00", "endsOn": 5, "endsAt": "18:00"}', 'api', 'desk', 'Storm ' || n, true,
     '{"applications": 90, "curators": 90, "letters": 90}', $1 || n, clock_timestamp()
   FROM generate_series(1, $2::integer) n`,
  `INSERT INTO account_access SELECT id FROM accounts WHERE slug LIKE $1 || '%'`,
  `INSERT INTO feeds (account_id, changed_at, pulled_at, next_pull_at, profile_pulled_at)
   SELECT id, created_at, created_at, created_at + random() * interval '5 minutes', created_at
   FROM accounts WHERE slug LIKE $1 || '%'`,
  `INSERT INTO persons (email, email_key, name, shown_name, created_at)
   SELECT who || slug || '@example.org', who || slug || '@example.org', initcap(who), initcap(who), created_at
   FROM accounts, unnest(ARRAY['grace-', 'ada-']) who WHERE slug LIKE $1 || '%'`,
  `INSERT INTO applications (account_id, person_id, state, answers, created_at)
   SELECT a.id, p.id, 'accepted', '{"role": "Nurse in Leeds"}', a.created_at
   FROM accounts a JOIN persons p ON p.email_key IN ('grace-' || slug || '@example.org', 'ada-' || slug || '@example.org')
   WHERE slug LIKE $1 || '%'`,
  `INSERT INTO slots (account_id, kind, starts_at, ends_at)
   SELECT a.id, 'curator', a.created_at + days * interval '1 day', a.created_at + (days + 6) * interval '1 day'
   FROM accounts a, unnest(ARRAY[-3, 4, 220]) days WHERE slug LIKE $1 || '%'`,
  `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, starts_at, ends_at, proposed_by, proposed_at,
                       confirmed_at)
   SELECT a.id, l.id, p.id, ap.id, CASE WHEN l.starts_at < a.created_at THEN 'active' ELSE 'confirmed' END,
     l.starts_at, l.ends_at, p.id, a.created_at, a.created_at - interval '4 days'
   FROM accounts a JOIN slots l ON l.account_id = a.id
     JOIN persons p ON p.email_key = CASE WHEN l.starts_at < a.created_at THEN 'grace-' ELSE 'ada-' END || slug || '@example.org'
     JOIN applications ap ON ap.person_id = p.id
   WHERE slug LIKE $1 || '%' AND l.starts_at < a.created_at + interval '5 days'`,
  `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at)
   SELECT a.id, s.id, s.person_id, 1, s.starts_at, s.ends_at
   FROM accounts a JOIN stints s ON s.account_id = a.id WHERE slug LIKE $1 || '%' AND s.state = 'active'`,
  // Whoever is on duty has posted.
  `INSERT INTO messages (key, account_id, channel, template, data, cause_kind, cause_id, stint_id, author_id, due_at, state,
                         created_at, settled_at, provider_ref)
   SELECT format('post %s', s.id), a.id, 'post', 'post', '{"text": "Hello"}', 'stint', s.id, s.id, s.person_id, a.created_at,
     'sent', a.created_at - interval '2 days', a.created_at - interval '2 days', '1' || a.slug
   FROM accounts a JOIN stints s ON s.account_id = a.id WHERE slug LIKE $1 || '%' AND s.state = 'active'`,
  // The letters before a turn left days ago.
  `INSERT INTO messages (key, account_id, channel, template, data, cause_kind, cause_id, due_at, state, created_at, settled_at)
   SELECT format('stint %s %s r1', s.id, template), a.id, 'letter', template, '{}', 'stint', s.id, a.created_at, 'sent',
     a.created_at, a.created_at
   FROM accounts a JOIN stints s ON s.account_id = a.id, unnest(ARRAY['reminder', 'access', 'sign-off']) template
   WHERE slug LIKE $1 || '%' AND (s.state = 'active') = (template = 'sign-off')`,
];
