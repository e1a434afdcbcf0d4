/** What DuckDB says, and what Snowflake says of the same. */
export interface ErrorClass {
  readonly pattern: RegExp;
  readonly code: string;
  readonly sqlState: string;
  /** `{}` stands for the name, when it may be shown. */
  readonly message: string;
}

/** What is said of an error of this number, where one is told of without one being thrown. */
export function messageOf(code: string): string {
  return ERROR_CLASSES.find((one) => one.code === code)!.message;
}

/**
 * The one place where DuckDB's errors get Snowflake's numbers and words, by the beginning of DuckDB's text, most telling
 * first. Snowflake also quotes the value that fails; here it is left out, since it may be anybody's.
 */
export const ERROR_CLASSES: readonly ErrorClass[] = [
  {
    pattern: /^Invalid Input Error: CSV Error .*Expected Number of Columns/s,
    code: '100080',
    sqlState: '22000',
    message:
      'Number of columns in file does not match that of the corresponding table, use file format option error_on_column_count_mismatch=false to ignore this error',
  },
  {
    pattern: /^(?:Invalid Input Error: (?:CSV Error|Malformed JSON|No magic bytes)|.*Parquet magic bytes)/s,
    code: '100069',
    sqlState: '22000',
    message: 'a file is not of the format that it is read in',
  },
  {
    pattern: /^Catalog Error: Column with name (?<name>\S+) already exists/s,
    code: '002025',
    sqlState: '42S21',
    message: 'SQL compilation error:\nduplicate column name {}: give each column its own, with AS or EXCLUDE',
  },
  {
    pattern: /^Catalog Error: .*?"?(?<name>[^\s"]+)"? already exists/s,
    code: '002002',
    sqlState: '42710',
    message: 'SQL compilation error:\nObject {} already exists.',
  },
  {
    pattern:
      /^Catalog Error: Scalar Function with name (?<name>lag|lead|first_value|last_value|nth_value|row_number|rank|dense_rank|percent_rank|cume_dist|ntile) does not exist/s,
    code: '002303',
    sqlState: '42601',
    message: 'SQL compilation error:\nWindow function {} requires an OVER clause',
  },
  {
    pattern: /^Catalog Error: (?:Scalar|Aggregate|Table) Function with name (?<name>\S+) does not exist/s,
    code: '002140',
    sqlState: '42601',
    message: 'SQL compilation error:\nUnknown function {}',
  },
  {
    pattern: /^Catalog Error: Existing object (?<name>\S+) is of type/s,
    code: '002003',
    sqlState: '42S02',
    message: 'SQL compilation error:\nObject {} does not exist or not authorized.',
  },
  {
    pattern: /^Catalog Error: .*?name "?(?<name>[^\s"]+)"? does not exist/s,
    code: '002003',
    sqlState: '42S02',
    message: 'SQL compilation error:\nObject {} does not exist or not authorized.',
  },
  {
    pattern: /^Binder Error: (?:Referenced column|Table) "(?<name>[^"]+)"/s,
    code: '000904',
    sqlState: '42000',
    message: 'SQL compilation error:\ninvalid identifier {}',
  },
  {
    pattern: /^Binder Error: .*must appear in the GROUP BY clause/s,
    code: '000979',
    sqlState: '42601',
    message:
      'SQL compilation error:\na column in the select clause is neither an aggregate nor in the group by clause: aggregate it, or add it to GROUP BY',
  },
  {
    pattern: /^Binder Error: WHERE clause cannot contain aggregates/s,
    code: '002035',
    sqlState: '42601',
    message: 'SQL compilation error:\nInvalid aggregate function in where clause: use HAVING',
  },
  {
    pattern: /^Binder Error: .*cannot contain window functions/s,
    code: '002303',
    sqlState: '42601',
    message: 'SQL compilation error:\nWindow function may not appear here: use QUALIFY',
  },
  {
    pattern: /^Binder Error: .*aggregate function calls cannot be nested/s,
    code: '002078',
    sqlState: '42601',
    message: 'SQL compilation error:\nAggregate functions cannot be nested',
  },
  {
    pattern: /^Binder Error: at least one window function must appear/s,
    code: '001007',
    sqlState: '22023',
    message: 'SQL compilation error:\nQUALIFY needs a window function: use WHERE, or HAVING for groups',
  },
  {
    pattern: /^Binder Error: LIMIT\/OFFSET cannot be negative/s,
    code: '001007',
    sqlState: '22023',
    message: 'SQL compilation error:\nLIMIT and OFFSET take whole numbers from 0 on',
  },
  {
    pattern: /^Binder Error: QUANTILE can only take parameters/s,
    code: '001007',
    sqlState: '22023',
    message: 'SQL compilation error:\na percentile is asked for by a number from 0 to 1',
  },
  {
    pattern: /^Binder Error/s,
    code: '001007',
    sqlState: '22023',
    message: 'SQL compilation error:\nthe columns or argument types do not fit',
  },
  {
    pattern: /^Parser Error/s,
    code: '001003',
    sqlState: '42000',
    message: 'SQL compilation error:\nsyntax error',
  },
  {
    pattern:
      /^Invalid Input Error: (?:missing [)\]]|unexpected \)|invalid (?:character class|escape sequence|named capture|perl operator|UTF-8|repetition)|no argument for repetition|bad repetition|trailing \\)/s,
    code: '100048',
    sqlState: '2201B',
    message: 'Invalid regular expression',
  },
  {
    pattern: /^Invalid Input Error: Argument for ntile/s,
    code: '001007',
    sqlState: '22023',
    message: 'NTILE takes a number of buckets from 1 on',
  },
  {
    pattern: /^Not implemented Error: Unknown TimeZone '(?<name>[^']+)'/s,
    code: '001007',
    sqlState: '22023',
    message: 'Unknown timezone: {}',
  },
  {
    pattern: /^Invalid Input Error: Division by zero/s,
    code: '100051',
    sqlState: '22012',
    message: 'Division by zero',
  },
  {
    pattern: /^Invalid Input Error: String too long for its column/s,
    code: '100078',
    sqlState: '22000',
    message: 'String is too long and would be truncated: it has more characters than its column takes',
  },
  {
    pattern: /^Invalid Input Error: String too long for a row/s,
    code: '100078',
    sqlState: '22000',
    message:
      'a text is too long: the embedded warehouse makes none of more than 262144 characters for each row',
  },
  {
    pattern: /^Invalid Input Error: String too long/s,
    code: '100078',
    sqlState: '22000',
    message: 'a text is too long: it would have more than 16777216 characters',
  },
  {
    pattern: /^Invalid Input Error: Sequence gone/s,
    code: '002003',
    sqlState: '02000',
    message: 'the sequence that a column’s DEFAULT draws from does not exist any more, or not authorized',
  },
  {
    pattern: /^Sequence Error/s,
    code: '000603',
    sqlState: '22003',
    message: 'the sequence has no more values',
  },
  {
    pattern: /^Invalid Input Error: (?:A key is there twice|Map keys must be unique)/s,
    code: '100132',
    sqlState: 'P0000',
    message: 'a key is in an object twice',
  },
  {
    pattern: /^Invalid Input Error: A document is not of its type/s,
    code: '001065',
    sqlState: '22023',
    message:
      'a value is not of the structured type that it is to have: a key is missing or not expected, or a value is null or of another type',
  },
  {
    pattern: /^Invalid Input Error: Error parsing URL/s,
    code: '100139',
    sqlState: '22P02',
    message: 'Error parsing URL: scheme not specified',
  },
  {
    pattern: /^Invalid Input Error: Error parsing IP/s,
    code: '100139',
    sqlState: '22P02',
    message: 'Error parsing IP address',
  },
  {
    pattern: /^Invalid Input Error: No such object/s,
    code: '002003',
    sqlState: '02000',
    message: 'Object does not exist or not authorized',
  },
  {
    pattern: /^Invalid Input Error: Lists of different lengths/s,
    code: '100132',
    sqlState: 'P0000',
    message: 'the arrays are of different lengths',
  },
  {
    pattern: /^Invalid Input Error: More than one row/s,
    code: '090150',
    sqlState: '22000',
    message: 'Single-row subquery returns more than one row.',
  },
  {
    pattern: /^(?:Conversion|Invalid Input) Error: Malformed JSON/s,
    code: '100069',
    sqlState: '22P02',
    message: 'Error parsing JSON: the text is not well-formed',
  },
  {
    pattern:
      /^(?:Conversion|Invalid Input) Error: (?:Invalid input for hex digit|Could not convert string .* to BLOB)/s,
    code: '100115',
    sqlState: '22000',
    message: 'The string is not a legal hex-encoded value',
  },
  {
    pattern: /^Conversion Error: (?:invalid date|date field)/s,
    code: '100040',
    sqlState: '22007',
    message: 'Date is not recognized',
  },
  {
    pattern: /^Conversion Error: (?:invalid timestamp|timestamp field|Timestamp|Date and time not)/s,
    code: '100035',
    sqlState: '22007',
    message: 'Timestamp is not recognized',
  },
  {
    pattern: /^Conversion Error: (?:invalid time|time field)/s,
    code: '100108',
    sqlState: '22007',
    message: 'Time is not recognized',
  },
  {
    pattern: /^Invalid Input Error: Could not parse string/s,
    code: '100096',
    sqlState: '22007',
    message: 'The text cannot be parsed with this format',
  },
  {
    pattern: /^Conversion Error: Could not convert string .* to BOOL/s,
    code: '100037',
    sqlState: '22018',
    message: 'Boolean value is not recognized',
  },
  {
    pattern:
      /^Conversion Error: .*value is out of range|^Conversion Error: Could not cast value .* to DECIMAL/s,
    code: '100039',
    sqlState: '22003',
    message: 'Numeric value is out of range',
  },
  {
    pattern:
      /^Conversion Error: Could not convert string .* to (?:U?(?:TINY|SMALL|BIG|HUGE)?INT\d*|DECIMAL|DOUBLE|FLOAT)/s,
    code: '100038',
    sqlState: '22018',
    message: 'Numeric value is not recognized',
  },
  {
    pattern: /^(?:Conversion|Invalid Input) Error/s,
    code: '100038',
    sqlState: '22018',
    message: 'a value is not recognized as the type it is converted to',
  },
  {
    pattern: /^Out of Range Error/s,
    code: '100046',
    sqlState: '22003',
    message: 'Number out of representable range',
  },
  {
    pattern: /^Constraint Error: NOT NULL/s,
    code: '100072',
    sqlState: '22000',
    message: 'NULL result in a non-nullable column',
  },
  {
    pattern: /^Constraint Error/s,
    code: '200001',
    sqlState: '22000',
    message: 'a constraint is violated',
  },
  {
    pattern: /^TransactionContext Error/s,
    code: '000632',
    sqlState: '57014',
    message: 'the transaction cannot go on: roll it back',
  },
  {
    pattern: /^Out of Memory Error/s,
    code: '000639',
    sqlState: '53200',
    message: 'the statement needs too much memory',
  },
  {
    pattern: /^(?:Permission|Not implemented) Error/is,
    code: '000002',
    sqlState: '0A000',
    message: 'Unsupported feature',
  },
];
