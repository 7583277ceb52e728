import { schema } from './env.js';

/** One environment variable as its readers see it. */
export interface Variable {
  name: string;
  /** What happens when it is not set; empty when nothing is set in its place. */
  fallback: string;
  sentence: string;
}

const START = '<!-- configuration -->';
const END = '<!-- /configuration -->';

/** Every variable of the environment, in the order of `env.ts`. */
export function variables(): Variable[] {
  return Object.entries(schema.shape).map(([name, type]) => {
    const absent = type.safeParse(undefined);
    return {
      name,
      fallback: absent.success ? asText(absent.data) : '',
      sentence: type.description ?? '',
    };
  });
}

/** The content of `.env.example`: every variable, commented out, with its sentence. */
export function envExample(): string {
  const head =
    '# Every variable that Baton reads. Written by `npm run docs:env` from config/env.ts; nothing here needs to be set\n' +
    '# for bin/start. Baton reads its environment only: load this file with your own tool, e.g. `node --env-file=.env`.\n';
  const blocks = variables().map(({ name, fallback, sentence }) => `\n# ${sentence}\n#${name}=${quoted(fallback)}\n`);
  return head + blocks.join('');
}

/** A README with its table of configuration brought up to date. Throws when the two markers are not there. */
export function withTable(readme: string): string {
  const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md must hold ${START} and, after it, ${END}`);
  return `${readme.slice(0, from + START.length)}\n${table()}\n${readme.slice(to)}`;
}

/** Padded as the formatter wants it. */
function table(): string {
  const rows = [
    ['variable', 'default', 'what it is'],
    ...variables().map(({ name, fallback, sentence }) => [
      `\`${name}\``,
      fallback && `\`${fallback}\``,
      sentence.replaceAll('|', '\\|'),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = '', ...body] = rows.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

function quoted(value: string): string {
  return /[\s<>#]/.test(value) ? `"${value}"` : value;
}
