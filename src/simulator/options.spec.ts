import { describe, expect, it } from '@jest/globals';
import { simulatorOptions } from './options.js';

describe('the environment of the simulator', () => {
  it('may be empty', () => {
    expect(simulatorOptions({ SIMULATOR_DATABASE_URL: '' })).toEqual({
      port: 0,
      host: '127.0.0.1',
      smtpPort: 0,
      dataFolder: '.baton/simulator',
      databaseUrl: undefined,
      rateLimits: true,
    });
  });

  it('is refused with the name of what is wrong', () => {
    expect(() => simulatorOptions({ SIMULATOR_PORT: 'many' })).toThrow(/SIMULATOR_PORT/);
    expect(() => simulatorOptions({ SIMULATOR_RATE_LIMITS: 'maybe' })).toThrow(/SIMULATOR_RATE_LIMITS/);
  });
});
