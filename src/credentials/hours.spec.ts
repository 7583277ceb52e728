import { describe, expect, it } from '@jest/globals';
import { hoursInWords } from './hours.js';

const long = { opens: '08:00', closes: '20:00' };

describe('posting hours in words', () => {
  it('are a line for each run of days with the same hours', () => {
    const days = { 1: long, 2: long, 3: long, 4: long, 5: { opens: '08:00', closes: '18:00' } };
    expect(hoursInWords({ zone: 'Europe/London', days })).toEqual([
      'Monday to Thursday, 8am to 8pm',
      'Friday, 8am to 6pm',
    ]);
  });

  it('leave out closed days and name midday, midnight and minutes', () => {
    const days = { 1: { opens: '00:00', closes: '12:00' }, 3: { opens: '12:30', closes: '24:00' } };
    expect(hoursInWords({ zone: 'Europe/London', days })).toEqual([
      'Monday, midnight to midday',
      'Wednesday, 12:30pm to midnight',
    ]);
  });
});
