import { attempts } from './attempt.ts';

/** What cannot be read before it runs. */
export const dynamic = attempts('dynamic SQL', {
  'EXECUTE IMMEDIATE of a literal': "EXECUTE IMMEDIATE 'SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5'",
  'EXECUTE IMMEDIATE of dollars': 'EXECUTE IMMEDIATE $$SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5$$',
  'EXECUTE IMMEDIATE of a concatenation':
    "EXECUTE IMMEDIATE 'SELECT CARD' || '_NUMBER FROM CUSTOMERS LIMIT 5'",
  'EXECUTE IMMEDIATE of a variable': [
    "SET q = 'SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5'",
    'EXECUTE IMMEDIATE $q',
  ],
  'nested EXECUTE IMMEDIATE':
    "EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5'''",
  'anonymous block': 'BEGIN LET x := (SELECT MAX(CARD_NUMBER) FROM CUSTOMERS); RETURN x; END',
  'block that returns a table':
    'DECLARE r RESULTSET; BEGIN r := (SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5); RETURN TABLE(r); END',
  'block with a cursor':
    'DECLARE c CURSOR FOR SELECT CARD_NUMBER FROM CUSTOMERS; BEGIN OPEN c; LET v VARCHAR; FETCH c INTO v; RETURN v; END',
  'block that raises the value':
    'BEGIN LET x := (SELECT MAX(EMAIL) FROM CUSTOMERS); EXECUTE IMMEDIATE x; END',
  'stored procedure': [
    "CREATE PROCEDURE P() RETURNS VARCHAR LANGUAGE SQL AS 'BEGIN RETURN (SELECT MAX(CARD_NUMBER) FROM CUSTOMERS); END'",
    'CALL P()',
  ],
  'stored procedure in JavaScript': [
    "CREATE PROCEDURE J() RETURNS VARCHAR LANGUAGE JAVASCRIPT AS 'return 1'",
    'CALL J()',
  ],
  'WITH procedure':
    "WITH p AS PROCEDURE () RETURNS VARCHAR LANGUAGE SQL AS 'BEGIN RETURN (SELECT MAX(CARD_NUMBER) FROM CUSTOMERS); END' CALL p()",
  'user-defined function': [
    "CREATE FUNCTION F(X VARCHAR) RETURNS VARCHAR AS 'X'",
    'SELECT F(CARD_NUMBER) FROM CUSTOMERS LIMIT 5',
  ],
  'user-defined function that reads': [
    "CREATE FUNCTION G() RETURNS VARCHAR AS 'SELECT MAX(CARD_NUMBER) FROM CUSTOMERS'",
    'SELECT G()',
  ],
  'table function': [
    "CREATE FUNCTION H() RETURNS TABLE (X VARCHAR) AS 'SELECT CARD_NUMBER FROM CUSTOMERS'",
    'SELECT X FROM TABLE(H())',
  ],
  'an unknown function': 'SELECT MYSTERY(CARD_NUMBER) FROM CUSTOMERS LIMIT 5',
  'an unknown table function': 'SELECT * FROM TABLE(MYSTERY(1))',
  'two statements': 'SELECT 1; SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5',
  'two statements without a semicolon': 'SELECT 1 SELECT CARD_NUMBER FROM CUSTOMERS',
  'a system function': 'SELECT SYSTEM$TYPEOF(CARD_NUMBER) FROM CUSTOMERS LIMIT 5',
});

/** Where two readers of the same text could disagree. */
export const lexing = attempts('lexing', {
  'comment in the middle': 'SELECT/**/CARD_NUMBER/**/AS/**/X/**/FROM/**/CUSTOMERS LIMIT 5',
  'comment between name parts':
    'SELECT PUBLIC /* */ . /* */ CUSTOMERS /* */ . /* */ CARD_NUMBER FROM SHOP.PUBLIC.CUSTOMERS LIMIT 5',
  'line comment': 'SELECT ID -- , \n, CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'slash comment': 'SELECT ID // , \n, CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'carriage return ends a comment or not': 'SELECT ID -- \r, CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'line separator': 'SELECT ID -- \u2028, CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'nested comment': 'SELECT ID /* /* */ , CARD_NUMBER AS X -- */ \n FROM CUSTOMERS LIMIT 5',
  'unterminated comment': 'SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5 /*',
  'unterminated string': "SELECT CARD_NUMBER FROM CUSTOMERS WHERE CITY = 'x",
  'a hash sign': 'SELECT ID # , CARD_NUMBER \n FROM CUSTOMERS LIMIT 5',
  'escaped quote': "SELECT '\\'', CARD_NUMBER AS X, '\\'' FROM CUSTOMERS LIMIT 5",
  'doubled quote': "SELECT '''', CARD_NUMBER AS X, '''' FROM CUSTOMERS LIMIT 5",
  'dollar quotes': "SELECT $$'$$, CARD_NUMBER AS X, $$'$$ FROM CUSTOMERS LIMIT 5",
  'curly quotes': 'SELECT \u2018a\u2019, CARD_NUMBER FROM CUSTOMERS LIMIT 5',
  'no-break space': 'SELECT\u00a0CARD_NUMBER\u00a0FROM CUSTOMERS LIMIT 5',
  'zero-width space in the name': 'SELECT CARD\u200b_NUMBER FROM CUSTOMERS LIMIT 5',
  'full-width letters': 'SELECT \uff23ARD_NUMBER FROM CUSTOMERS LIMIT 5',
  'bidirectional override': 'SELECT ID /* \u202e */ , CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'byte-order mark': '\ufeffSELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'a NUL': 'SELECT CARD_NUMBER\u0000 AS X FROM CUSTOMERS LIMIT 5',
  'keyword as a name': 'SELECT "SELECT" FROM (SELECT CARD_NUMBER AS "SELECT" FROM CUSTOMERS) LIMIT 5',
  'semicolons before it': ';;SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
  'parentheses around it': '((((SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5))))',
  'quoted quote': 'SELECT 1 AS """", CARD_NUMBER AS """," FROM CUSTOMERS LIMIT 5',
});

/** What the embedded warehouse's own dialect would allow if it were ever reached unread. */
export const otherDialects = attempts('other dialects', {
  'read a file': "SELECT * FROM read_csv('/etc/passwd')",
  'read a file by name': "SELECT * FROM '/etc/passwd'",
  'read text': "SELECT * FROM read_text('/etc/passwd')",
  'attach a database': "ATTACH '/tmp/x.db'",
  'copy out': "COPY CUSTOMERS TO '/tmp/out.csv'",
  'install an extension': 'INSTALL httpfs',
  'FROM first': 'FROM CUSTOMERS',
  'columns by pattern': "SELECT COLUMNS('CARD.*') FROM CUSTOMERS LIMIT 5",
  'struct of the row': 'SELECT CUSTOMERS FROM CUSTOMERS LIMIT 5',
  'row to JSON': 'SELECT to_json(c) FROM CUSTOMERS c LIMIT 5',
  'query function': "SELECT * FROM query('SELECT CARD_NUMBER FROM CUSTOMERS')",
  'query_table function': "SELECT * FROM query_table('CUSTOMERS')",
  getenv: "SELECT getenv('HOME')",
  'duckdb settings': 'SELECT * FROM duckdb_settings()',
  sqlite_master: 'SELECT * FROM sqlite_master',
  pragma: 'PRAGMA database_list',
});
