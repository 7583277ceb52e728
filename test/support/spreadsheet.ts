/** A turn as a spreadsheet of the community tells it; instants are worked out here, by nothing of the service. */
export interface ToldTurn {
  who: string;
  from: Date;
  to: Date;
}

const DAY = 24 * 60 * 60_000;
const NAMES = [
  'Ana Example',
  'Dr Bo Sample',
  'Zoë Specimen',
  'Cy d’Exemple',
  'Di "Dee" Model',
  'Eve Pattern-Jones',
  'Fay; Mock',
  'Gus Invented',
];
const DATES = [
  (date: Date) => `${date.getUTCDate()}/${date.getUTCMonth() + 1}/${date.getUTCFullYear()}`,
  (date: Date) => date.toISOString().slice(0, 10),
  (date: Date) =>
    `Mon ${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${String(date.getUTCFullYear()).slice(2)}`,
  (date: Date) =>
    `${date.getUTCDate()} ${date.toLocaleDateString('en-GB', { month: 'long', timeZone: 'UTC' })} ${date.getUTCFullYear()}`,
];

/**
 * A year's rota in the mess that such sheets are in: a title above the headings, four ways to write a date, ends that
 * are given, left out or cut short, weeks without anybody, a line twice, empty lines, names in any spelling.
 */
export function messySheet(firstMonday: string, weeks: number): { text: string; turns: ToldTurn[] } {
  const turns: ToldTurn[] = [];
  const lines = [
    'Rota of the account (do not edit!);;;;;',
    '',
    "Week commencing (Mon);Until;Curator's name;@handle;E-mail;Remarks",
  ];
  for (let week = 0; week < weeks; week += 1) {
    const monday = new Date(Date.parse(firstMonday) + week * 7 * DAY);
    const [name = '', start] = [NAMES[(week * 3) % NAMES.length], (DATES[week % 4] as (date: Date) => string)(monday)];
    if (week % 11 === 5) {
      lines.push(`${start};;${['TBC', '', 'no curator'][week % 3]};;;bank holiday`);
      continue;
    }
    const { end, to } = endOf(week, monday);
    const starts = week % 9 === 4 ? ' 10:30' : '';
    turns.push({ who: name, from: london(monday, starts ? '10:30' : '08:00'), to });
    const spelt = week % 6 === 3 ? `  ${name.toUpperCase()} ` : name;
    const cells = [
      `${start}${starts}`,
      end,
      spelt,
      week % 4 === 0 ? `@${handleOf(name)}` : '',
      'private@example.org',
      week % 13 === 0 ? 'went well; thanked' : '',
    ];
    lines.push(cells.map(quoted).join(';'));
    if (week % 17 === 0) lines.push(lines.at(-1) ?? '', '', ';;;;;');
  }
  return { text: `\ufeff${lines.join('\r\n')}\r\n`, turns };
}

/** Without an end the week lasts until Friday at 18:00, as the account's slots do. */
function endOf(week: number, monday: Date): { end: string; to: Date } {
  const day = (days: number) => new Date(monday.getTime() + days * DAY);
  const british = (date: Date) => `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()}`;
  if (week % 5 === 0) return { end: '', to: london(day(4), '18:00') };
  if (week % 5 === 1) return { end: british(day(4)), to: london(day(4), '18:00') };
  if (week % 5 === 2) return { end: `${british(day(2))} 2.15pm`, to: london(day(2), '14:15') };
  if (week % 5 === 3) return { end: british(day(6)), to: london(day(7), '00:00') };
  return { end: day(4).toISOString().slice(0, 10), to: london(day(4), '18:00') };
}

/** British Summer Time begins and ends on the last Sundays of March and October, at 01:00 UTC. */
function london(date: Date, time: string): Date {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const plain = date.getTime() + (hours * 60 + minutes) * 60_000;
  const lastSunday = (month: number) => {
    const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * DAY;
  };
  const summer = lastSunday(2) <= plain - 60 * 60_000 && plain - 60 * 60_000 < lastSunday(9);
  return new Date(summer ? plain - 60 * 60_000 : plain);
}

function handleOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .slice(0, 15);
}

function quoted(cell: string): string {
  return /[;"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
