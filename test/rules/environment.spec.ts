import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { envExample, variables, withTable } from '../../config/describe.js';

const readme = readFileSync('README.md', 'utf8');

describe('the environment', () => {
  it('explains every variable in a sentence', () => {
    const silent = variables().filter(({ sentence }) => !/^[A-Z].{10,}\.$/.test(sentence));
    expect(variables().length).toBeGreaterThan(20);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('is what .env.example shows (npm run docs:env)', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
  });

  it('is what the README shows (npm run docs:env)', () => {
    expect(withTable(readme)).toBe(readme);
  });

  it('has a place in the README, or the table is not written', () => {
    expect(() => withTable('no markers')).toThrow('README.md must hold');
  });

  it('sets no variable by being copied: every line of the example is a comment', () => {
    const set = envExample()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(set).toEqual([]);
  });

  it('reaches the containers of docker-compose.yml, but for what a volume or a demonstration would need', () => {
    const compose = readFileSync('docker-compose.yml', 'utf8');
    const missing = variables()
      .map(({ name }) => name)
      .filter((name) => !compose.includes(`    ${name}: `));
    expect(missing).toEqual(['ENCRYPTION_KEY_FILE', 'CLOCK_START', 'CLOCK_SPEED', 'BRAND_LOGO']);
  });
});
