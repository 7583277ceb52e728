import { BY_HAND_LEFT } from '../handover/tasks.service.js';
import type { HandWork } from '../messages/alert-words.js';
import type { Look } from './findings.service.js';
import { DAY, type DueHandover, type Finding, stuckness } from './watch.js';

interface AccessRow {
  accountId: string;
  stintId: string;
  name: string;
  by: 'delegate' | 'secret';
  endedAt: Date | null;
  overridden: boolean;
}

export const access: Look = async (reader, account, now) => {
  const open = await reader.query<AccessRow>(OPEN_ACCESS, [account, now]);
  return open.map(({ accountId, stintId, name, by, endedAt, overridden }) => {
    const facts = { name, endedAt: endedAt?.toISOString() ?? '', by, overridden };
    // Of a secret the keepers get a letter each day anyway.
    const every = by === 'secret' ? null : DAY;
    return { news: { accountId, kind: 'access-open', key: `access-open ${by} ${stintId}`, facts }, every };
  });
};

interface HandoverRow extends DueHandover {
  accountId: string;
  id: string;
  from: string;
  to: string;
  waitsFor: string | null;
}

export const handovers: Look = async (reader, account, now) => {
  const due = await reader.query<HandoverRow>(HANDOVERS, [account, now]);
  return due.flatMap((handover): Finding[] => {
    const stuck = stuckness(handover, now);
    if (!stuck) return [];
    const { accountId, id, at, from, to, waitsFor } = handover;
    const facts = { handoverId: id, at: at.toISOString(), from, to, how: stuck.how, waitsFor: waitsFor ?? '' };
    return [{ news: { accountId, kind: 'handover-stuck', key: `handover-stuck ${id}`, facts }, every: stuck.every }];
  });
};

interface HandWorkRow extends Pick<HandoverRow, 'accountId' | 'id' | 'at' | 'from' | 'to'> {
  half: string;
  work: HandWork[];
}

export const lateHandovers: Look = async (reader, account, now) => {
  const late = await reader.query<Omit<HandoverRow, 'waitsFor'> & { startedAt: Date }>(LATE, [account, now]);
  return late.map(({ accountId, id, at, from, to, startedAt }) => {
    const facts = { handoverId: id, at: at.toISOString(), from, to, startedAt: startedAt.toISOString() };
    return { news: { accountId, kind: 'handover-late', key: `handover-late ${id}`, facts }, every: null };
  });
};

/** Of a removal the team is reminded by the access that is open. */
export const handWork: Look = async (reader, account, now) => {
  const rows = await reader.query<HandWorkRow>(HAND_WORK, [account, now]);
  return rows.map(({ accountId, id, at, from, to, half, work }) => {
    const facts = { handoverId: id, at: at.toISOString(), from, to, work };
    const every = work.every((each) => each === 'remove') ? null : DAY;
    return { news: { accountId, kind: 'hand-work', key: `hand-work ${id} ${half}`, facts }, every };
  });
};

/**
 * Two hours after a turn, or as soon as it falls through: access given outside Baton that nobody has confirmed as gone,
 * and secrets that were shown in the turn and have not been changed.
 */
const OPEN_ACCESS = `
  SELECT o.account_id AS "accountId", o.stint_id AS "stintId", p.shown_name AS name, o.by, o.overridden,
    CASE WHEN s.state IN ('active', 'ended') THEN least(s.ends_at, g.closed_at) END AS "endedAt"
  FROM (
    SELECT account_id, stint_id, person_id, 'delegate' AS by, overridden_at IS NOT NULL AS overridden
    FROM delegations WHERE removed_at IS NULL AND invited_at IS NOT NULL
    UNION ALL
    SELECT account_id, stint_id, person_id, 'secret', bool_and(overridden_at IS NOT NULL)
    FROM reveals WHERE state = 'revealed' AND rotated_at IS NULL GROUP BY 1, 2, 3
  ) o JOIN stints s ON s.id = o.stint_id JOIN persons p ON p.id = o.person_id
    LEFT JOIN LATERAL (SELECT closed_at FROM grants WHERE stint_id = s.id ORDER BY opens_at DESC LIMIT 1) g ON true
  WHERE ($1::uuid IS NULL OR o.account_id = $1)
    AND (s.state NOT IN ('confirmed', 'active', 'ended') OR least(s.ends_at, g.closed_at) <= $2::timestamptz - interval '2 hours')`;

const NAMES = (stints: string, nobody: string) => `coalesce((
    SELECT string_agg(p.shown_name, ' and ' ORDER BY s.seat) FROM stints s JOIN persons p ON p.id = s.person_id
    WHERE s.id = ANY (b.${stints})), '${nobody}')`;

const HANDOVERS = `
  SELECT b.account_id AS "accountId", b.id, b.at, b.started_at AS "startedAt", b.suspended_at AS "suspendedAt",
    ${NAMES('outgoing', 'the house')} AS "from", ${NAMES('incoming', 'the house')} AS "to",
    EXISTS (SELECT FROM steps s WHERE s.boundary_id = b.id AND s.state <> 'done'
      AND (s.attempts > 0 OR s.waits_for IN ('retry', 'worker'))) AS fails,
    (SELECT max(s.waits_for) FROM steps s WHERE s.boundary_id = b.id AND s.state <> 'done') AS "waitsFor"
  FROM boundaries b
  WHERE ($1::uuid IS NULL OR b.account_id = $1) AND b.done_at IS NULL AND b.at <= $2::timestamptz - interval '10 minutes'`;

/** Begun late in the last day; of one that was told as stuck the end is told. */
const LATE = `
  SELECT b.account_id AS "accountId", b.id, b.at, b.started_at AS "startedAt",
    ${NAMES('outgoing', 'the house')} AS "from", ${NAMES('incoming', 'the house')} AS "to"
  FROM boundaries b
  WHERE ($1::uuid IS NULL OR b.account_id = $1) AND b.lateness_ms > 600000
    AND b.started_at > $2::timestamptz - interval '1 day' AND b.started_at <= $2
    AND NOT EXISTS (SELECT FROM alerts t WHERE t.key = 'handover-stuck ' || b.id)`;

/**
 * What a half has left for people and nobody has done ten minutes after access changed in it, by half. What is older than a
 * month only stays on the tasks page.
 */
const HAND_WORK = `
  SELECT b.account_id AS "accountId", b.id, b.at, w.half, w.work,
    ${NAMES('outgoing', 'the house')} AS "from", ${NAMES('incoming', 'the house')} AS "to"
  FROM boundaries b CROSS JOIN LATERAL (
    SELECT half, array_agg(DISTINCT what) AS work FROM (
      SELECT s.half, s.name AS what FROM steps s WHERE s.boundary_id = b.id AND ${BY_HAND_LEFT}
      UNION ALL
      SELECT 'outgoing', 'remove' FROM delegations d JOIN stints s ON s.id = d.stint_id
      WHERE d.stint_id = ANY (b.outgoing) AND d.removed_at IS NULL AND s.state = 'ended'
      UNION ALL
      SELECT 'incoming', 'invite' FROM delegations d JOIN stints s ON s.id = d.stint_id
      WHERE d.stint_id = ANY (b.incoming) AND d.removed_at IS NULL AND d.invited_at IS NULL AND s.state = 'active'
    ) each GROUP BY half) w
  JOIN steps f ON f.boundary_id = b.id AND f.name = CASE w.half WHEN 'outgoing' THEN 'close' ELSE 'grant' END
  WHERE ($1::uuid IS NULL OR b.account_id = $1) AND f.done_at <= $2::timestamptz - interval '10 minutes'
    AND b.started_at > $2::timestamptz - interval '31 days'`;
