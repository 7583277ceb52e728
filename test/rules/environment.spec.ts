import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { asExample, variables, withTable } from '../../config/describe.js';

describe('the environment', () => {
  it('has a sentence for every variable', () => {
    expect(variables().length).toBeGreaterThan(15);
    expect(variables().filter(({ sentence }) => !sentence.endsWith('.'))).toEqual([]);
  });

  it('is shown as it is by .env.example and the README (npm run docs:env)', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(withTable(readme)).toBe(readme);
    expect(readFileSync('.env.example', 'utf8')).toBe(asExample());
  });
});
