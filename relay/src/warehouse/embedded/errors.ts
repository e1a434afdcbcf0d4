import { SluiceError } from '../../errors.ts';
import { quoted } from '../../text/index.ts';

/** What this warehouse cannot do, in Snowflake's own terms for an unsupported feature. */
export function unsupported(what: string): SluiceError {
  return new SluiceError('unsupported_by_warehouse', `the embedded warehouse does not support ${what}`, {
    advice: 'try it on Snowflake, or see docs/embedded-warehouse.md for what works here',
    warehouse: { code: '000002', sqlState: '0A000' },
  });
}

/**
 * DuckDB's error as Snowflake would put it. Its text is not passed on, because it may quote data: a failed
 * cast names the value it failed on. Only names that stand in the statement itself are.
 */
export function asWarehouseError(thrown: unknown, sql: string): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const text = thrown instanceof Error ? thrown.message : '';
  if (text.startsWith('INTERRUPT Error')) {
    return new SluiceError('statement_cancelled', 'SQL execution canceled', {
      warehouse: { code: '000604', sqlState: '57014' },
    });
  }
  for (const { pattern, code, sqlState, message } of classes) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const name = match.groups?.['name'];
    const named =
      name !== undefined && sql.toUpperCase().includes(name.toUpperCase()) ? quoted(name, { most: 300 }) : '';
    return new SluiceError('statement_failed', message.replace('{}', named).replaceAll(/ {2,}/g, ' '), {
      cause: thrown,
      warehouse: { code, sqlState },
    });
  }
  return new SluiceError('statement_failed', 'the statement failed in the warehouse', {
    advice: 'the reason is withheld, since it may quote data',
    cause: thrown,
    warehouse: { code: '100132', sqlState: 'P0000' },
  });
}

/** By the beginning of DuckDB's text, most telling first. `{}` stands for the name, when it may be shown. */
const classes: readonly {
  readonly pattern: RegExp;
  readonly code: string;
  readonly sqlState: string;
  readonly message: string;
}[] = [
  {
    pattern: /^Catalog Error: .*?"?(?<name>[^\s"]+)"? already exists/,
    code: '002002',
    sqlState: '42710',
    message: 'SQL compilation error: object {} already exists',
  },
  {
    pattern: /^Catalog Error: (?:Scalar|Aggregate|Table) Function with name (?<name>\S+) does not exist/,
    code: '002140',
    sqlState: '42601',
    message: 'SQL compilation error: unknown function {}',
  },
  {
    pattern: /^Catalog Error: .*?name "?(?<name>[^\s"]+)"? does not exist/,
    code: '002003',
    sqlState: '42S02',
    message: 'SQL compilation error: object {} does not exist or not authorized',
  },
  {
    pattern: /^Binder Error: (?:Referenced column|Table) "(?<name>[^"]+)"/,
    code: '000904',
    sqlState: '42000',
    message: 'SQL compilation error: invalid identifier {}',
  },
  {
    pattern: /^Binder Error/,
    code: '001007',
    sqlState: '22023',
    message: 'SQL compilation error: the columns or argument types do not fit',
  },
  {
    pattern: /^Parser Error/,
    code: '001003',
    sqlState: '42000',
    message: 'SQL compilation error: syntax error',
  },
  {
    pattern: /^Invalid Input Error: Division by zero/,
    code: '100051',
    sqlState: '22012',
    message: 'division by zero',
  },
  {
    pattern: /^Invalid Input Error: String too long for its column/,
    code: '100078',
    sqlState: '22000',
    message: 'String is too long and would be truncated: it has more characters than its column takes',
  },
  {
    // What is made of literals alone may be as long as in Snowflake.
    pattern: /^Invalid Input Error: String too long for a row/,
    code: '100078',
    sqlState: '22000',
    message:
      'a text is too long: the embedded warehouse makes none of more than 262144 characters for each row',
  },
  {
    pattern: /^Invalid Input Error: String too long/,
    code: '100078',
    sqlState: '22000',
    message: 'a text is too long: it would have more than 16777216 characters',
  },
  {
    pattern: /^Invalid Input Error: (?:A key is there twice|Map keys must be unique)/,
    code: '100132',
    sqlState: 'P0000',
    message: 'a key is in an object twice',
  },
  {
    pattern: /^Invalid Input Error: Lists of different lengths/,
    code: '100132',
    sqlState: 'P0000',
    message: 'the arrays are of different lengths',
  },
  {
    pattern: /^Invalid Input Error: More than one row/,
    code: '090150',
    sqlState: '22000',
    message: 'single-row subquery returns more than one row',
  },
  {
    pattern: /^(?:Conversion|Invalid Input) Error/,
    code: '100038',
    sqlState: '22018',
    message: 'a value is not recognized as the type it is converted to',
  },
  {
    pattern: /^Out of Range Error/,
    code: '100046',
    sqlState: '22003',
    message: 'number out of representable range',
  },
  {
    pattern: /^Constraint Error: NOT NULL/,
    code: '100072',
    sqlState: '22000',
    message: 'NULL result in a non-nullable column',
  },
  { pattern: /^Constraint Error/, code: '200001', sqlState: '22000', message: 'a constraint is violated' },
  {
    pattern: /^TransactionContext Error/,
    code: '000632',
    sqlState: '57014',
    message: 'the transaction cannot go on: roll it back',
  },
  {
    pattern: /^Out of Memory Error/,
    code: '000639',
    sqlState: '53200',
    message: 'the statement needs too much memory',
  },
  {
    pattern: /^(?:Permission|Not implemented) Error/i,
    code: '000002',
    sqlState: '0A000',
    message: 'unsupported feature',
  },
];
