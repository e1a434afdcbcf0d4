/** What Snowflake says of a statement that failed, by its code. */
export interface FailureText {
  /** In its own words, without what it quotes. `{}` stands for a name, where it may be shown. */
  readonly text: string;
  /** Finds that name in Snowflake's message. */
  readonly name?: RegExp;
}

const COMPILATION = 'SQL compilation error:\n';
const quotedAfter = (words: string) => new RegExp(`${words}\\s*'(?<name>[^'\\n]{1,600})'`, 'i');

/**
 * Snowflake's messages quote values, parts of other people's views and what a procedure was about to run. So none is
 * passed on: what stands here is. Of a code that is not here, only the code is said.
 */
export const FAILURE_TEXTS: Readonly<Record<string, FailureText>> = {
  '000002': { text: 'Unsupported feature' },
  '000008': { text: 'Actual statement count did not match the desired statement count.' },
  '000606': {
    text: "No active warehouse selected in the current session. Select an active warehouse with the 'use warehouse' command.",
  },
  '000608': { text: 'The warehouse cannot be resumed, or is not suspended' },
  '000625': { text: 'The statement waited too long for a lock, and was aborted' },
  '000639': { text: 'The statement was aborted, since another one changed the same rows' },
  '000707': { text: 'Data is not available.' },
  '000709': { text: 'Statement not found' },
  '000904': {
    text: `${COMPILATION}invalid identifier {}`,
    name: quotedAfter('invalid identifier'),
  },
  '000938': { text: `${COMPILATION}not enough arguments for a function` },
  '000939': { text: `${COMPILATION}too many arguments for a function` },
  '000979': {
    text: `${COMPILATION}a column in the select clause is neither an aggregate nor in the group by clause`,
  },
  '001003': { text: `${COMPILATION}syntax error` },
  '001007': { text: `${COMPILATION}invalid type for a parameter` },
  '001038': { text: `${COMPILATION}Can not convert a parameter into the expected type` },
  '001044': { text: `${COMPILATION}Invalid argument types for a function` },
  '001065': { text: `${COMPILATION}the function does not support arguments of this type` },
  '002001': {
    text: `${COMPILATION}Object {} already exists, or is of another kind.`,
    name: quotedAfter('Object'),
  },
  '002002': { text: `${COMPILATION}Object {} already exists.`, name: quotedAfter('Object') },
  '002003': {
    text: `${COMPILATION}Object {} does not exist or not authorized.`,
    name: quotedAfter(
      '(?:Object|Table|View|Database|Schema|Sequence|Stage|Function|Procedure|Warehouse|Role)',
    ),
  },
  '002016': { text: `${COMPILATION}the function is not supported here` },
  '002022': { text: `${COMPILATION}Missing column specification` },
  '002025': { text: `${COMPILATION}duplicate column name {}`, name: quotedAfter('duplicate column name') },
  '002028': { text: `${COMPILATION}ambiguous column name {}`, name: quotedAfter('ambiguous column name') },
  '002035': { text: `${COMPILATION}Invalid aggregate function in where clause` },
  '002037': { text: `${COMPILATION}Invalid window function in where clause` },
  '002040': { text: `${COMPILATION}Unsupported data type` },
  '002043': { text: `${COMPILATION}Object does not exist, or operation cannot be performed.` },
  '002049': { text: `${COMPILATION}Invalid UNPIVOT or PIVOT list` },
  '002076': { text: `${COMPILATION}the function may not be used with the sort order that is given` },
  '002078': { text: `${COMPILATION}Aggregate functions cannot be nested` },
  '002105': { text: `${COMPILATION}a column is dropped or altered that others depend on` },
  '002140': { text: `${COMPILATION}Unknown function {}`, name: /Unknown function\s+(?<name>[\w$.]{1,300})/i },
  '002141': {
    text: `${COMPILATION}Unknown user-defined function {}`,
    name: /Unknown user-defined function\s+(?<name>[\w$.]{1,300})/i,
  },
  '002151': { text: `${COMPILATION}the subquery is not supported, or not of one column` },
  '002211': { text: `${COMPILATION}Unsupported window frame type` },
  '002262': { text: `${COMPILATION}the columns of the two sides do not fit together` },
  '002303': { text: `${COMPILATION}Window function may not appear here` },
  '003001': { text: 'SQL access control error:\nInsufficient privileges to operate on an object' },
  '003041': { text: 'SQL access control error:\nthe current role has no privileges on the object' },
  '003540': { text: 'SQL execution error:\nthe operation is not supported on a shared object' },
  '090073': { text: 'The warehouse cannot be resumed: a resource monitor has reached its quota' },
  '090105': { text: 'Cannot perform the operation. This session does not have a current database.' },
  '090106': { text: 'Cannot perform the operation. This session does not have a current schema.' },
  '090109': { text: 'The statement is not allowed within a transaction' },
  '090209': { text: 'Session parameters cannot be changed to that' },
  '090236': { text: 'Stored procedure execution error: unsupported statement type' },
  '100035': { text: 'Date is not recognized' },
  '100036': { text: 'Time is not recognized' },
  '100037': { text: 'Boolean value is not recognized' },
  '100038': { text: 'Numeric value is not recognized' },
  '100039': { text: 'Numeric value is out of range' },
  '100040': { text: 'Date is not recognized' },
  '100041': { text: 'Time is not recognized' },
  '100042': { text: 'Timestamp is not recognized' },
  '100046': { text: 'Number out of representable range' },
  '100048': { text: 'The format is not recognized' },
  '100051': { text: 'Division by zero' },
  '100058': { text: 'Interval is out of range' },
  '100063': { text: 'Invalid regular expression' },
  '100069': { text: 'Error parsing JSON' },
  '100070': { text: 'Error parsing XML' },
  '100071': { text: 'Failed to cast a variant value' },
  '100072': { text: 'NULL result in a non-nullable column' },
  '100078': { text: 'String is too long and would be truncated' },
  '100080': { text: 'Number of columns in a file does not match that of the table' },
  '100090': { text: 'Duplicate row detected during DML action' },
  '100096': { text: 'UDF or UDTF failed' },
  '100097': { text: 'Failed to decode a value' },
  '100115': { text: 'The value is too long for a hash or binary conversion' },
  '100132': { text: 'Execution error in a procedure, a function or a script' },
  '100183': { text: 'Execution error in a stored procedure: an object does not exist or is not authorized' },
  '100316': { text: 'Invalid UTF8 detected in string' },
  '100335': { text: 'Collation or comparison of the values is not possible' },
  '100357': { text: 'A Python, Java or Scala function failed' },
};
