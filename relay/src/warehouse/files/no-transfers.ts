import { SluiceError } from '../../errors.ts';

/** Where a driver would have to take part, and there is none. */
export function noTransfers(what: string): SluiceError {
  return new SluiceError(
    'unsupported_by_warehouse',
    `${what} needs a Snowflake driver, which sends the files`,
    {
      advice: 'use the Python connector, Node, Snowpark or the snow command',
      warehouse: { code: '000002', sqlState: '0A000' },
    },
  );
}
