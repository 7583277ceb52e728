import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const source = resolve('src');
/** Files beside the parts, which may import from any of them. */
const OUTSIDE = [
  'app.module.ts',
  'app.ts',
  'command.ts',
  'main.ts',
  'restored.ts',
  'rotate-keys.ts',
  'way-in.ts',
  'schedule.ts',
  'data-source.ts',
  'doctor.ts',
];
const SIMULATOR = 'simulator';
const SUFFIX = /\.(service|entity|controller|jobs|channel|network|module|guard|filter|interceptor|spec)\.ts$/;
const WORLD =
  /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b|\brandomBytes\b|\brandomUUID\b|\bTemporal\.Now\b|\bfetch\(/;
const WORLD_IMPORT =
  /^(node:(fs|net|http|https|child_process|dns|os|worker_threads)|pg|ioredis|bullmq|fastify|nodemailer|sharp|twitter-api-v2)(\/|$)/;
const WORLD_FILE = /\.(service|controller|jobs|channel|network)\.js$/;

const files = filesBelow(source).filter((file) => file.endsWith('.ts'));
const parts = partsInOrder();
const named = (list: string[]) => list.map((file) => relative(source, file));

describe('the order of the parts', () => {
  it('is read from the list, and files were seen', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(parts.slice(0, 3)).toEqual(['platform', 'web', 'audit']);
    expect(parts.length).toBeGreaterThan(5);
  });

  it('lists every folder of src', () => {
    const folders = readdirSync(source).filter((name) => statSync(join(source, name)).isDirectory());
    expect(folders.filter((name) => !parts.includes(name) && name !== SIMULATOR)).toEqual([]);
  });

  it('has no loose files beside the known ones', () => {
    const loose = readdirSync(source).filter((name) => name.endsWith('.ts') && !OUTSIDE.includes(name));
    expect(loose).toEqual([]);
  });

  it('lets a part import only from itself and from parts above it', () => {
    const breaches = files.flatMap((file) => breachesOf(file).map((to) => `${relative(source, file)} imports ${to}`));
    expect(breaches).toEqual([]);
  });
});

describe('a plain file name', () => {
  const plain = files.filter((file) => partOf(file) && partOf(file) !== SIMULATOR && !SUFFIX.test(file));

  it('is common enough for this spec to mean something', () => {
    expect(plain.length).toBeGreaterThan(8);
  });

  it('touches no clock, randomness, environment or network', () => {
    expect(named(plain.filter((file) => WORLD.test(code(file))))).toEqual([]);
  });

  it('imports no values from what touches the world', () => {
    const guilty = plain.flatMap((file) =>
      importsOf(file, 'values')
        .filter((path) => WORLD_IMPORT.test(path) || WORLD_FILE.test(path))
        .map((path) => `${relative(source, file)} imports ${path}`),
    );
    expect(guilty).toEqual([]);
  });
});

describe('the clock and the environment', () => {
  const service = files.filter((file) => partOf(file) !== SIMULATOR && !file.endsWith('.spec.ts'));

  it('lets only the clock say what time it is', () => {
    const guilty = service.filter((file) => /\bnew Date\(\)|\bDate\.now\(/.test(code(file)));
    expect(named(guilty).filter((file) => file !== 'platform/clock.service.ts')).toEqual([]);
  });

  it('lets only config/env.ts read the environment', () => {
    const guilty = service.filter((file) => /process\.env\b(?!\.PATH)/.test(code(file)));
    expect(named(guilty)).toEqual([]);
  });
});

function breachesOf(file: string): string[] {
  const from = partOf(file);
  if (!from) return [];
  return importsOf(file, 'all')
    .filter((path) => path.startsWith('.'))
    .map((path) => relative(source, resolve(dirname(file), path)).split('/')[0] ?? '')
    .filter((to) => to !== '..' && to !== from)
    .filter((to) => from === SIMULATOR || !parts.includes(to) || parts.indexOf(to) > parts.indexOf(from));
}

function partsInOrder(): string[] {
  const text = readFileSync(join(source, 'app.module.ts'), 'utf8');
  const list = text.slice(text.indexOf('imports: ['));
  const modules = [...list.matchAll(/\b([A-Z]\w+)Module\b/g)].map((match) => (match[1] ?? '').toLowerCase());
  return [...new Set(modules)].filter((name) => name !== 'schedule');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function partOf(file: string): string | null {
  const [first = '', ...rest] = relative(source, file).split('/');
  return rest.length > 0 ? first : null;
}

/** The source without its comments. */
function code(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

function importsOf(file: string, which: 'all' | 'values'): string[] {
  const pattern =
    which === 'all'
      ? /\b(?:import|export)\s[^'"]*?from\s+'([^']+)'/g
      : /\b(?:import|export)\s+(?!type\b)[^'"]*?from\s+'([^']+)'/g;
  return [...code(file).matchAll(pattern)].map((match) => match[1] ?? '');
}
