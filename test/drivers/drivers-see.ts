import { expect } from 'vitest';

const blocked = [3001, '42501', expect.stringContaining('payroll is closed') as string];

/**
 * What each driver makes of the scripted conversation (`python/conversation.py` and its kin), apart from what all of them
 * make of it alike. A relay and the account that it stands before must look the same.
 */
export const driversSee = {
  /** @param invalidToken - what the connector makes of 390303. */
  python: (invalidToken = 390303) => ({
    driver: expect.stringMatching(/^snowflake-connector-python \d/) as string,
    types: [
      42,
      '-12.50',
      1.5,
      'Zoë',
      true,
      '2024-01-01',
      '12:34:56.123456',
      '2024-01-01T00:00:00.123456',
      '2024-01-01T02:00:00+02:00',
      'cafe',
      '{"a":[1,null]}',
      null,
    ],
    cancelled: 'ABORTED',
    blocked,
    described: ['I', 'D', 'F', 'S', 'B', 'DT', 'TM', 'TS', 'TZ', 'BN', 'V', 'N'],
    async: 'released',
    pat: '1',
    invalidToken,
  }),
  go: {
    driver: expect.stringMatching(/^gosnowflake \d/) as string,
    types: [
      42,
      -12.5,
      1.5,
      'Zoë',
      true,
      '2024-01-01',
      '12:34:56.123456789',
      '2024-01-01T00:00:00.123456789Z',
      '2024-01-01T02:00:00+02:00',
      'cafe',
      '{"a":[1,null]}',
      false,
    ],
    cancelled: true,
    blocked,
    invalidToken: [390303, '08004'],
  },
  java: {
    driver: expect.stringMatching(/^snowflake-jdbc \d/) as string,
    types: [
      42,
      -12.5,
      1.5,
      'Zoë',
      true,
      '2024-01-01',
      '2024-01-01 00:00:00.123456789',
      'CAFE',
      '{"a":[1,null]}',
      true,
    ],
    cancelled: [604, '57014'],
    blocked,
    invalidToken: [390303, '08001'],
  },
};
