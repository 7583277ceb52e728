/** What a column of a rota's spreadsheet can hold. */
export type Column = 'start' | 'startTime' | 'end' | 'endTime' | 'zone' | 'name' | 'shown' | 'handle' | 'note';

const NAMES: Record<Column, string[]> = {
  start: [
    'start',
    'starts',
    'startdate',
    'weekstart',
    'weekstarts',
    'weekstarting',
    'weekcommencing',
    'wc',
    'commencing',
    'from',
    'date',
    'week',
    'weekof',
    'weekbeginning',
    'wb',
    'monday',
    'begins',
    'datefrom',
    'firstday',
  ],
  startTime: ['starttime', 'timestart', 'fromtime'],
  end: [
    'end',
    'ends',
    'enddate',
    'weekend',
    'weekends',
    'weekending',
    'we',
    'to',
    'until',
    'dateto',
    'friday',
    'lastday',
    'finish',
    'finishes',
  ],
  endTime: ['endtime', 'timeend', 'totime', 'finishtime'],
  zone: ['zone', 'timezone', 'tz'],
  name: [
    'name',
    'curator',
    'curatorname',
    'curatorsname',
    'fullname',
    'who',
    'person',
    'tweeter',
    'host',
    'guest',
    'nameofcurator',
  ],
  shown: ['shownas', 'shownname', 'displayname', 'publicname', 'knownas', 'preferredname'],
  handle: [
    'handle',
    'twitter',
    'x',
    'twitterhandle',
    'xhandle',
    'username',
    'twittername',
    'account',
    'personalhandle',
    'ownhandle',
    'curatorhandle',
    'curatorshandle',
    'at',
  ],
  note: ['note', 'notes', 'comment', 'comments', 'remark', 'remarks'],
};

const BY_NAME = new Map(
  Object.entries(NAMES).flatMap(([column, names]) => names.map((name) => [name, column as Column] as const)),
);

/** What a heading stands for, however it is spelt: "Week commencing", "w/c (Mon)" and "START_DATE" are starts. */
export function columnOf(heading: string): Column | null {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  return BY_NAME.get(plain(heading)) ?? BY_NAME.get(plain(heading.replace(/\(.*\)|\[.*\]/g, ''))) ?? null;
}
