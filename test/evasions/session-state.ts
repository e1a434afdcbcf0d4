import { attempts } from './attempt.ts';

/** What a session keeps between statements. */
export const sessionState = attempts('session state', {
  'a variable, set again where it fails': [
    'SET v = 1',
    "SET (v, w) = ((SELECT MAX(CARD_NUMBER) FROM CUSTOMERS), TO_NUMBER('x'))",
    "SELECT NULL, $v || '***'",
  ],
  'a variable in a view': [
    'SET v = (SELECT MAX(EMAIL) FROM CUSTOMERS)',
    'CREATE VIEW SHOP.SCRATCH.S1 AS SELECT $v AS X',
    'SELECT X FROM SHOP.SCRATCH.S1',
  ],
  'a variable as a name': ["SET n = 'CARD_NUMBER'", 'SELECT IDENTIFIER($n) FROM CUSTOMERS LIMIT 5'],
  'a schema that hides the table': [
    'CREATE TABLE SHOP.SCRATCH.CUSTOMERS AS SELECT 1 AS ID',
    'USE SCHEMA SCRATCH',
    'USE SCHEMA PUBLIC',
    'SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5',
  ],
  'a temporary table that hides a table': [
    'CREATE TEMPORARY TABLE CUSTOMERS AS SELECT 1 AS CARD_NUMBER',
    'SELECT CARD_NUMBER FROM CUSTOMERS LIMIT 5',
  ],
  'a table that becomes another inside a transaction': [
    'BEGIN',
    'CREATE TABLE SHOP.SCRATCH.S2 AS SELECT CARD_NUMBER AS X FROM CUSTOMERS',
    'ROLLBACK',
    'SELECT X FROM SHOP.SCRATCH.S2',
  ],
  'a view over a view': [
    'CREATE VIEW SHOP.SCRATCH.S3 AS SELECT ID, CITY AS X FROM PUBLIC.CUSTOMERS',
    'CREATE OR REPLACE VIEW SHOP.SCRATCH.S3 AS SELECT ID, CARD_NUMBER AS X FROM PUBLIC.CUSTOMERS',
    'SELECT X, NULL FROM SHOP.SCRATCH.S3 LIMIT 5',
  ],
  'the result of the last statement': [
    'SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
    'CREATE TABLE SHOP.SCRATCH.S4 AS SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
  ],
  'a flow of several steps':
    'SELECT CARD_NUMBER AS X FROM CUSTOMERS ->> SELECT X AS Y FROM $1 ->> SELECT Y FROM $1',
  'the salt': 'SELECT $"~salt"',
  'the salt by a function': "SELECT GETVARIABLE('~salt')",
  'a change that is taken back, and read before': [
    'ALTER SESSION SET AUTOCOMMIT = FALSE',
    'CREATE TABLE SHOP.SCRATCH.S5 (X VARCHAR)',
    'INSERT INTO SHOP.SCRATCH.S5 SELECT CARD_NUMBER FROM CUSTOMERS',
    'SELECT X FROM SHOP.SCRATCH.S5',
    'ROLLBACK',
    'SELECT X FROM SHOP.SCRATCH.S5',
  ],
  'a parameter that holds a value': [
    'SET v = (SELECT MAX(EMAIL) FROM CUSTOMERS)',
    'ALTER SESSION SET QUERY_TAG = $v',
    "SHOW PARAMETERS LIKE 'QUERY_TAG'",
  ],
  'a format that a masked date is written in': [
    "ALTER SESSION SET DATE_OUTPUT_FORMAT = 'YYYY', TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY'",
    'SELECT BIRTH_DATE::VARCHAR, LEFT(BIRTH_DATE, 4) FROM CUSTOMERS LIMIT 5',
  ],
  'a week that begins where a masked date lies': [
    'ALTER SESSION SET WEEK_START = 3',
    'SELECT DAYOFWEEK(BIRTH_DATE), COUNT(*) FROM CUSTOMERS GROUP BY 1',
  ],
  'how names are read': [
    'ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE',
    'SELECT "card_number" FROM CUSTOMERS',
  ],
});
