import { describe, expect, it } from '@jest/globals';
import { isAway } from './away.js';

describe('an error', () => {
  it.each([
    [Object.assign(new Error('no'), { code: '08006' })],
    [Object.assign(new Error('no'), { driverError: { code: '57P01' } })],
    [Object.assign(new Error('no'), { code: 'ECONNREFUSED' })],
    [new Error('Connection terminated unexpectedly')],
    [new Error('timeout exceeded when trying to connect')],
  ])('says that the database is away (%#)', (error) => expect(isAway(error)).toBe(true));

  it.each([
    [new Error('Cannot GET /nhs/desk/pictures/f06875b1-ad5c-4f74-84c6-3b4d90885365')],
    [Object.assign(new Error('twice'), { code: '23505' })],
    [Object.assign(new Error('no such post'), { code: 'X-08006' })],
    ['a word'],
    [null],
  ])('says nothing of the database (%#)', (error) => expect(isAway(error)).toBe(false));
});
