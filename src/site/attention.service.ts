import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { Checklists } from '../handover/checklist/checklists.service.js';
import { Tasks } from '../handover/tasks.service.js';
import { Db } from '../platform/database.service.js';

/** Something that wants a person, and where to do it. */
export interface Matter {
  text: string;
  href: string;
  urgent: boolean;
}

interface Counts {
  waiting: number;
  /** Posts that wait for a second pair of eyes. */
  approvals: number;
  proposed: number;
  unanswered: number;
  held: number;
  unknown: number;
  refused: number;
  delegates: number;
  knowers: number;
  /** Entries of the log of blocks whose turns are over. */
  blocks: number;
  late: number;
  /** Lines of checklists that the team has not settled in time. */
  overdue: number;
  /** What handovers have left for people, apart from what is told on its own here. */
  tasks: number;
  free_at: Date | null;
}

/** What is about to go wrong on an account, from everyone's rows. */
@Injectable()
export class Attention {
  constructor(
    private readonly db: Db,
    private readonly checklists: Checklists,
    private readonly tasks: Tasks,
  ) {}

  async of(account: Account, now: Date): Promise<Matter[]> {
    const [counts] = await this.db.query<Omit<Counts, 'overdue' | 'tasks'>>(COUNTS, [account.id, now]);
    if (!counts) return [];
    const overdue = await this.checklists.overdue(account, now, 'team');
    const tasks = (await this.tasks.of(account.id)).filter(
      ({ id, kind }) => OWN.includes(kind) || id === 'put-in',
    ).length;
    return matters({ ...counts, overdue, tasks }, account);
  }
}

/** Kinds of tasks that no other line tells. */
const OWN: string[] = ['invite', 'profile', 'post'];

const COUNTS = `SELECT
  (SELECT count(*)::int FROM applications WHERE account_id = $1 AND state = 'waiting') AS waiting,
  (SELECT count(*)::int FROM post_approvals WHERE account_id = $1 AND state = 'waiting' AND decide_by > $2) AS approvals,
  (SELECT count(*)::int FROM stints WHERE account_id = $1 AND state = 'proposed') AS proposed,
  (SELECT count(*)::int FROM stints WHERE account_id = $1 AND state = 'offered' AND offered_at < $2::timestamptz - interval '3 days') AS unanswered,
  (SELECT count(*)::int FROM messages WHERE account_id = $1 AND channel = 'post' AND state = 'held') AS held,
  (SELECT count(*)::int FROM messages WHERE account_id = $1 AND channel = 'post' AND state = 'unknown') AS unknown,
  (SELECT count(*)::int FROM messages WHERE account_id = $1 AND channel <> 'post' AND state = 'refused') AS refused,
  (SELECT count(*)::int FROM delegations d JOIN stints s ON s.id = d.stint_id
     WHERE d.account_id = $1 AND d.removed_at IS NULL AND s.state = 'ended') AS delegates,
  (SELECT count(*)::int FROM reveals r JOIN stints s ON s.id = r.stint_id
     WHERE r.account_id = $1 AND r.state = 'revealed' AND r.rotated_at IS NULL AND s.state = 'ended') AS knowers,
  (SELECT count(*)::int FROM blocks k JOIN stints s ON s.id = k.stint_id WHERE k.account_id = $1 AND k.ended_at IS NULL AND s.state = 'ended') AS blocks,
  (SELECT count(*)::int FROM boundaries WHERE account_id = $1 AND done_at IS NULL AND at < $2::timestamptz - interval '1 minute') AS late,
  (SELECT min(starts_at) FROM slots l WHERE account_id = $1 AND kind = 'curator' AND starts_at > $2 AND starts_at < $2::timestamptz + interval '28 days'
     AND NOT EXISTS (SELECT 1 FROM stints s WHERE s.slot_id = l.id AND s.state IN ('proposed', 'approved', 'offered', 'confirmed', 'active'))) AS free_at`;

function matters(counts: Counts, account: Account): Matter[] {
  const team = `/team/${account.slug}`;
  const list: [number, string, string, string, boolean][] = [
    [counts.late, 'handover is not finished', 'handovers are not finished', `${team}/handovers`, true],
    [
      counts.delegates,
      'former delegate is not confirmed gone',
      'former delegates are not confirmed gone',
      `${team}/tasks`,
      true,
    ],
    [
      counts.knowers,
      'former curator has seen a password that is not changed',
      'former curators have seen a password that is not changed',
      `${team}/tasks`,
      true,
    ],
    [
      counts.tasks,
      'task of a handover waits for somebody',
      'tasks of handovers wait for somebody',
      `${team}/tasks`,
      true,
    ],
    [
      counts.blocks,
      'block of a past turn has expired',
      'blocks of past turns have expired',
      `${team}/blocks?show=expired`,
      false,
    ],
    [counts.unknown, 'post may or may not be on X', 'posts may or may not be on X', `${team}/messages`, true],
    [counts.held, 'post is held for you to decide', 'posts are held for you to decide', `${team}/messages`, true],
    [
      counts.approvals,
      'post waits for an organiser to read it',
      'posts wait for an organiser to read them',
      `${team}/approvals`,
      true,
    ],
    [
      counts.refused,
      'letter or alert could not be delivered',
      'letters and alerts could not be delivered',
      `${team}/messages`,
      false,
    ],
    [counts.overdue, 'line of a checklist is overdue', 'lines of checklists are overdue', `${team}/checklists`, false],
    [counts.proposed, 'proposal waits for an approver', 'proposals wait for an approver', `${team}/rota`, false],
    [
      counts.unanswered,
      'offer has not been answered for 3 days',
      'offers have not been answered for 3 days',
      `${team}/rota`,
      false,
    ],
    [
      counts.waiting,
      'application is waiting to be read',
      'applications are waiting to be read',
      `${team}/applications`,
      false,
    ],
  ];
  const found = list
    .filter(([count]) => count > 0)
    .map(([count, one, many, href, urgent]) => ({ text: `${count} ${count === 1 ? one : many}`, href, urgent }));
  if (!counts.free_at) return found;
  const text = `Nobody is proposed for the turn of ${dateAndTime(account.zone, counts.free_at)}`;
  return [...found, { text, href: `${team}/rota`, urgent: false }];
}
