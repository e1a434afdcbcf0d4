import { type Refused, refused } from './refused.ts';

/** What is done to places and by kinds of statement that are somebody else's. */
export const REFUSED_PLACES: readonly Refused[] = [
  refused(
    'CREATE TEMPORARY TABLE MY_TMP AS SELECT ID, TOTAL FROM ORDERS',
    'migrations',
    'name it in SHOP.SCRATCH: SHOP.SCRATCH.MY_TMP',
    'CREATE TEMPORARY TABLE SHOP.SCRATCH.MY_TMP AS SELECT ID, TOTAL FROM ORDERS',
  ),
  refused(
    'CREATE TABLE PUBLIC.SEGMENTS (ID INT, LABEL VARCHAR)',
    'migrations',
    'name it in SHOP.SCRATCH: SHOP.SCRATCH.SEGMENTS',
    'CREATE TABLE SHOP.SCRATCH.SEGMENTS (ID INT, LABEL VARCHAR)',
  ),
  refused(
    'CREATE VIEW BY_STATUS AS SELECT STATUS, COUNT(*) AS N FROM ORDERS GROUP BY STATUS',
    'migrations',
    'SHOP.SCRATCH.BY_STATUS',
    'CREATE VIEW SHOP.SCRATCH.BY_STATUS AS SELECT STATUS, COUNT(*) AS N FROM ORDERS GROUP BY STATUS',
  ),
  // Two reasons, and advice for both at once.
  refused(
    'CREATE TABLE NAMES AS SELECT ID, NAME, CITY FROM CUSTOMERS',
    'migrations',
    'name it in SHOP.SCRATCH: SHOP.SCRATCH.NAMES; leave CUSTOMERS.NAME out of what is written, and keep an id',
    'CREATE TABLE SHOP.SCRATCH.NAMES AS SELECT ID, CITY FROM CUSTOMERS',
  ),
  refused(
    'CREATE TABLE SHOP.SCRATCH.PEOPLE AS SELECT ID, NAME, CITY FROM CUSTOMERS',
    'would flow to SHOP.SCRATCH.PEOPLE.NAME',
    'leave CUSTOMERS.NAME out of what is written, and keep an id',
    'CREATE TABLE SHOP.SCRATCH.PEOPLE AS SELECT ID, CITY FROM CUSTOMERS',
  ),
  refused(
    'CREATE TABLE SHOP.SCRATCH.ALL_OF_THEM CLONE CUSTOMERS',
    'CUSTOMERS.NAME',
    'leave CUSTOMERS.BIRTH_DATE out of what is written',
    'CREATE TABLE SHOP.SCRATCH.ALL_OF_THEM AS SELECT ID, CITY, COUNTRY, CREATED_AT FROM CUSTOMERS',
  ),
  refused(
    'DROP TABLE ORDERS',
    'migrations',
    'drop only what is in SHOP.SCRATCH',
    'DROP TABLE IF EXISTS SHOP.SCRATCH.ORDERS',
  ),
  refused(
    'DROP VIEW REVENUE_BY_MONTH',
    'migrations',
    'drop only what is in SHOP.SCRATCH',
    'DROP VIEW IF EXISTS SHOP.SCRATCH.REVENUE_BY_MONTH',
  ),
  refused(
    'ALTER TABLE PRODUCTS ADD COLUMN NOTE VARCHAR',
    'migrations',
    'change a copy of it: CREATE TABLE SHOP.SCRATCH.PRODUCTS AS SELECT ... FROM SHOP.PUBLIC.PRODUCTS',
    'CREATE TABLE SHOP.SCRATCH.PRODUCTS AS SELECT * FROM SHOP.PUBLIC.PRODUCTS',
  ),
  refused(
    'ALTER TABLE SHOP.SCRATCH.NOTES RENAME TO SHOP.PUBLIC.NOTES',
    'migrations',
    'name it in SHOP.SCRATCH: SHOP.SCRATCH.NOTES',
    'ALTER TABLE SHOP.SCRATCH.NOTES ADD COLUMN AT DATE',
  ),
  refused(
    'TRUNCATE TABLE PAYMENTS',
    'needs a WHERE',
    'change a copy of it: CREATE TABLE SHOP.SCRATCH.PAYMENTS AS SELECT ... FROM SHOP.PUBLIC.PAYMENTS',
    'CREATE TABLE SHOP.SCRATCH.PAYMENTS AS SELECT ID, ORDER_ID, AMOUNT FROM SHOP.PUBLIC.PAYMENTS',
  ),
  refused(
    "UPDATE ORDERS SET STATUS = 'paid'",
    'needs a WHERE',
    'change a copy of it: CREATE TABLE SHOP.SCRATCH.ORDERS AS SELECT ... FROM SHOP.PUBLIC.ORDERS',
    'CREATE TABLE SHOP.SCRATCH.ORDERS AS SELECT * FROM SHOP.PUBLIC.ORDERS',
  ),
  refused(
    "UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 1",
    'a person agrees',
    'change a copy of it: CREATE TABLE SHOP.SCRATCH.ORDERS AS',
    "UPDATE SHOP.SCRATCH.ORDERS SET STATUS = 'paid' WHERE ID = 1",
  ),
  refused(
    'DELETE FROM ORDERS WHERE ID = 1',
    'a person agrees',
    'change a copy of it',
    'DELETE FROM SHOP.SCRATCH.ORDERS WHERE ID = 1',
  ),
  refused(
    'MERGE INTO ORDERS o USING (SELECT 1 AS ID) s ON s.ID = o.ID WHEN MATCHED THEN DELETE',
    'a person agrees',
    'change a copy of it',
    'MERGE INTO SHOP.SCRATCH.ORDERS o USING (SELECT 1 AS ID) s ON s.ID = o.ID WHEN MATCHED THEN DELETE',
  ),
  refused(
    "INSERT INTO SHOP.PUBLIC.PRODUCTS (ID, NAME) VALUES (9999, 'Test')",
    'a person agrees',
    'CREATE TABLE SHOP.SCRATCH.PRODUCTS AS',
    "INSERT INTO SHOP.SCRATCH.PRODUCTS (ID, NAME) VALUES (9999, 'Test')",
  ),
  refused(
    'COPY INTO @~/out FROM (SELECT CITY FROM CUSTOMERS)',
    'a person agrees',
    'a SELECT shows the rows',
    'SELECT CITY FROM CUSTOMERS',
  ),
  ...[
    'GRANT SELECT ON TABLE ORDERS TO ROLE ANALYST',
    'USE ROLE ACCOUNTADMIN',
    'CREATE SCHEMA SHOP.MINE',
    'CALL SHOP.PUBLIC.CLEAN_UP()',
    "CREATE FUNCTION SHOP.SCRATCH.F(X INT) RETURNS INT AS 'X + 1'",
    "ALTER USER ADA SET PASSWORD = 'x'",
  ].map((sql) =>
    refused(
      sql,
      '',
      'what is let through: queries, SHOW, DESCRIBE, tables of your own in SHOP.SCRATCH',
      'SELECT CITY FROM CUSTOMERS',
    ),
  ),
];
