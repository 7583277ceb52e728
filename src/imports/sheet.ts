import { parse } from 'csv-parse/sync';
import { type Column, columnOf } from './columns.js';

/** A line of a spreadsheet: where it stands in the file, and its cells by what they hold. */
export interface SheetRow {
  line: number;
  cells: Partial<Record<Column, string>>;
}

export interface Sheet {
  rows: SheetRow[];
  /** Headings that are understood, and those that are not, as they are written. */
  read: string[];
  unread: string[];
}

/** A spreadsheet that cannot be read at all, with a sentence for the person who gave it. */
export interface Unreadable {
  problem: string;
}

const DELIMITERS = [',', ';', '\t'];

/** The text of a file as Excel, Numbers or Google wrote it: UTF-8 or UTF-16 with a mark, UTF-8 without, or Windows-1252. */
export function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Reads a spreadsheet whose first line of several cells names the columns. Lines without any text are left out. */
export function readSheet(text: string): Sheet | Unreadable {
  const lines = linesOf(text);
  const at = lines.findIndex(({ cells }) => new Set(cells.flatMap((cell) => columnOf(cell) ?? [])).size >= 2);
  const heading = lines[at];
  if (!heading)
    return { problem: 'No line names the columns. The first line must hold headings such as Start, End and Curator.' };
  const columns = heading.cells.map((cell) => columnOf(cell));
  const named = new Set(columns);
  if (!named.has('start')) return { problem: 'No column is called Start, Week commencing or Date.' };
  if (!named.has('name')) return { problem: 'No column is called Curator or Name.' };
  const rows = lines.slice(at + 1).map(({ line, cells }) => ({ line, cells: cellsBy(columns, cells) }));
  const written = heading.cells.filter((cell) => cell !== '');
  return {
    rows,
    read: written.filter((cell) => columnOf(cell)),
    unread: written.filter((cell) => !columnOf(cell)),
  };
}

function linesOf(text: string): { line: number; cells: string[] }[] {
  const options = { bom: true, relax_quotes: true, relax_column_count: true, trim: true, info: true } as const;
  const records = parse(text, { ...options, delimiter: delimiterOf(text) }) as unknown as {
    record: string[];
    info: { lines: number };
  }[];
  return records
    .map(({ record, info }) => ({ line: info.lines, cells: record }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
}

/** What stands most often in the line that has any of them. */
function delimiterOf(text: string): string {
  const line = text.split(/\r?\n|\r/).find((each) => DELIMITERS.some((delimiter) => each.includes(delimiter))) ?? '';
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/** Where two columns hold the same, the first that says something counts. */
function cellsBy(columns: (Column | null)[], cells: string[]): SheetRow['cells'] {
  const found: SheetRow['cells'] = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index];
    if (column && cell && !found[column]) found[column] = cell;
  }
  return found;
}
