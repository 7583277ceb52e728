import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { schedule } from '../../src/schedule.js';

const source = resolve('src');
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(join(source, file), 'utf8'))
  .join('\n');
const found = (pattern: RegExp) => [...code.matchAll(pattern)].map((match) => match[1] ?? '');
const answered = found(/@Job\('([^']+)'\)/g);
const rung = found(/\btx\.ring\(\s*'([^']+)'/g);

describe('every doorbell', () => {
  it('is rung by a name that this spec can read', () => {
    expect(rung.length).toBeGreaterThan(5);
    expect(found(/\b(tx\.ring\(\s*[^'\s])/g)).toEqual([]);
  });

  it('is answered by exactly one handler', () => {
    expect(answered).toEqual([...new Set(answered)]);
    expect([...new Set(rung)].filter((name) => !answered.includes(name))).toEqual([]);
  });

  it('is rung somewhere', () => {
    expect(answered.filter((name) => !rung.includes(name))).toEqual([]);
  });
});

describe('every recurring job', () => {
  it('has a name of its own', () => {
    const names = schedule.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(names).toEqual([...new Set(names)]);
  });

  it('says why it exists, in a sentence', () => {
    expect(schedule.filter(({ why }) => !/^[A-Z].{15,}\.$/.test(why)).map(({ name }) => name)).toEqual([]);
  });

  it('names a method that is there', () => {
    const missing = schedule.filter(({ handler: [type, method] }) => !(method in type.prototype));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
