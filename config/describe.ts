import { schema } from './env.js';

/** One variable as the documents show it. */
export interface Variable {
  name: string;
  sentence: string;
  /** The default as text; empty when there is none. */
  byDefault: string;
}

/** Every environment variable, in the order of config/env.ts. */
export function variables(): Variable[] {
  return Object.entries(schema.shape).map(([name, type]) => ({
    name,
    sentence: type.description ?? '',
    byDefault: defaultOf(type),
  }));
}

/** The table for the README. */
export function asTable(): string {
  const rows = variables().map(
    ({ name, sentence, byDefault }) => `| \`${name}\` | ${byDefault && `\`${byDefault}\``} | ${sentence} |`,
  );
  return ['| variable | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The whole of `.env.example`: every variable commented out, with its sentence. */
export function asExample(): string {
  const head = '# Copy to .env and set what you need. Generated from config/env.ts by `npm run docs:env`.';
  const parts = variables().map(({ name, sentence, byDefault }) => `# ${sentence}\n# ${name}=${byDefault}`);
  return `${[head, ...parts].join('\n\n')}\n`;
}

/** Puts the table between the README's markers. */
export function withTable(readme: string): string {
  const between = /(<!-- configuration -->)[\s\S]*?(<!-- \/configuration -->)/;
  return readme.replace(between, `$1\n${asTable()}\n$2`);
}

/** A default is what the type makes of nothing; for a type that transforms it, what it was given. */
function defaultOf(type: { safeParse(value: unknown): { success: boolean; data?: unknown } }): string {
  const parsed = type.safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return '';
  if (typeof parsed.data === 'boolean') return parsed.data ? 'on' : 'off';
  return [parsed.data].flat().join(',');
}
