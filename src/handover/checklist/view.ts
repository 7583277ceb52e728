import type { Account } from '../../credentials/account.entity.js';
import { dateAndTime, longDate } from '../../credentials/dates.js';
import { daysBetween } from '../../credentials/week.js';
import { isOverdue, type Task } from './task.js';

/** A task as pages show it. */
export interface ShownTask {
  id: string;
  title: string;
  how: string;
  /** "Grace, from 7 December 2026". */
  turn: string;
  when: string;
  stintId: string;
  key: string;
  doer: 'curator' | 'team';
  overdue: boolean;
  /** "Done by Olu Ade on …", or null while it is open. */
  settled: string | null;
}

/** How far ahead the team's page looks, in days. */
const AHEAD = 28;

export function shownTask(account: Account, task: Task, now: Date): ShownTask {
  const { turn, line, dueAt, mark } = task;
  const { zone } = account;
  const settled = mark && `${mark.skippedBecause ? 'Left out' : 'Done'} by ${mark.by} on ${dateAndTime(zone, mark.at)}`;
  return {
    id: `${turn.id}-${line.key}`,
    title: line.title,
    how: line.how,
    turn: `${turn.shownName}, from ${longDate(zone, turn.startsAt)}`,
    when: dateAndTime(zone, dueAt),
    stintId: turn.id,
    key: line.key,
    doer: line.doer,
    overdue: isOverdue(task, now),
    settled: settled && mark.skippedBecause ? `${settled}: ${mark.skippedBecause}` : settled,
  };
}

/** The groups of the team's page: what is overdue first, what is settled last; nothing beyond four weeks. */
export function grouped(account: Account, tasks: Task[], now: Date) {
  const away = (task: Task) => daysBetween(account.zone, now, task.dueAt);
  const open = tasks.filter(({ mark }) => !mark);
  const groups = [
    { title: 'Overdue', tasks: open.filter((task) => isOverdue(task, now)) },
    { title: 'Due today', tasks: open.filter((task) => !isOverdue(task, now) && away(task) === 0) },
    { title: 'In the next seven days', tasks: open.filter((task) => away(task) > 0 && away(task) <= 7) },
    { title: 'Later', tasks: open.filter((task) => away(task) > 7 && away(task) <= AHEAD) },
    { title: 'Settled', tasks: tasks.filter(({ mark }) => mark).reverse() },
  ];
  return groups
    .filter((group) => group.tasks.length > 0)
    .map((group) => ({ ...group, tasks: group.tasks.map((task) => shownTask(account, task, now)) }));
}
