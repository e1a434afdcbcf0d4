import { attempts } from './attempt.ts';

/** Grouping beside what looks like a key, so that a masked value makes groups all the same. */
export const keys = attempts('keys', {
  'a cube, whose groups leave out the key':
    'SELECT ID, NATIONAL_ID, COUNT(*) FROM CUSTOMERS GROUP BY CUBE (ID, NATIONAL_ID)',
  'a rollup by the value first':
    'SELECT NATIONAL_ID, ID, COUNT(*) FROM CUSTOMERS GROUP BY ROLLUP (NATIONAL_ID, ID)',
  'grouping sets of the value alone':
    'SELECT ID, IBAN, COUNT(*) FROM CUSTOMERS GROUP BY GROUPING SETS ((ID, IBAN), (IBAN))',
  'distinct of a cube from within':
    'SELECT COUNT(*) FROM (SELECT DISTINCT I, S FROM (SELECT ID AS I, NATIONAL_ID AS S FROM CUSTOMERS GROUP BY CUBE (ID, NATIONAL_ID)))',
  'the key of another row of the same table':
    'SELECT COUNT(*) FROM (SELECT DISTINCT a.ID, b.NATIONAL_ID FROM CUSTOMERS a JOIN CUSTOMERS b ON a.CITY = b.CITY)',
  'the key of another reference to one CTE':
    'WITH c AS (SELECT ID, PHONE FROM CUSTOMERS) SELECT a.ID, b.PHONE, COUNT(*) FROM c a JOIN c b ON a.ID <> b.ID GROUP BY 1, 2',
  'the key of another reference to one view': [
    'CREATE VIEW SHOP.SCRATCH.W AS SELECT ID, IBAN FROM SHOP.PUBLIC.CUSTOMERS',
    'SELECT COUNT(*) FROM (SELECT DISTINCT a.ID, b.IBAN FROM SHOP.SCRATCH.W a CROSS JOIN SHOP.SCRATCH.W b WHERE a.ID < 3)',
  ],
  'two tables under one key':
    'SELECT ID, X, COUNT(*) FROM (SELECT ID, NATIONAL_ID AS X FROM CUSTOMERS UNION ALL SELECT ID, IBAN FROM CUSTOMERS) GROUP BY ID, X',
  'a key that is no longer one in a copy': [
    'CREATE TABLE SHOP.SCRATCH.D (ID NUMBER, PHONE VARCHAR)',
    'INSERT INTO SHOP.SCRATCH.D SELECT 1, PHONE FROM SHOP.PUBLIC.CUSTOMERS',
    'SELECT ID, PHONE, COUNT(*) FROM SHOP.SCRATCH.D GROUP BY ID, PHONE',
  ],
  'a key that a table of the same form has taken over': [
    'CREATE TABLE SHOP.SCRATCH.L LIKE SHOP.PUBLIC.CUSTOMERS',
    'INSERT INTO SHOP.SCRATCH.L (ID, PHONE) SELECT 1, PHONE FROM SHOP.PUBLIC.CUSTOMERS',
    'SELECT COUNT(*) FROM (SELECT DISTINCT ID, PHONE FROM SHOP.SCRATCH.L)',
  ],
  'a key of the requester’s own making': [
    'CREATE TABLE SHOP.SCRATCH.E (ID NUMBER PRIMARY KEY, PHONE VARCHAR)',
    'INSERT INTO SHOP.SCRATCH.E SELECT 1, PHONE FROM SHOP.PUBLIC.CUSTOMERS',
    'SELECT COUNT(*) FROM (SELECT DISTINCT ID, PHONE FROM SHOP.SCRATCH.E)',
  ],
  'what is made of the value beside the key':
    'SELECT COUNT(*) FROM (SELECT DISTINCT LENGTH(ID::VARCHAR), LEFT(NATIONAL_ID, 1) FROM CUSTOMERS)',
  'an alias that is called as the key':
    'SELECT COUNT(*) FROM (SELECT DISTINCT CITY AS ID, NATIONAL_ID FROM CUSTOMERS)',
  'a pivot that uses the key up':
    "SELECT * FROM (SELECT ID, CITY, NATIONAL_ID FROM CUSTOMERS) PIVOT (COUNT(ID) FOR CITY IN ('Berlin', 'Paris'))",
  'a window over the value beside half a key':
    'SELECT CITY, COUNT(*) OVER (PARTITION BY CITY, NATIONAL_ID) AS N FROM CUSTOMERS',
  'the order of groups beside the key': 'SELECT ID FROM CUSTOMERS GROUP BY ID, PHONE ORDER BY PHONE',
  'a condition on the group': "SELECT ID FROM CUSTOMERS GROUP BY ID, PHONE HAVING PHONE LIKE '+49 30 1%'",
  'a type that values have to fit': [
    'CREATE TABLE SHOP.SCRATCH.G (EMAIL VARCHAR)',
    'INSERT INTO SHOP.SCRATCH.G SELECT EMAIL FROM SHOP.PUBLIC.CUSTOMERS WHERE ID = 1',
    'ALTER TABLE SHOP.SCRATCH.G ALTER COLUMN EMAIL SET DATA TYPE VARCHAR(20)',
    'SELECT COUNT(*) FROM SHOP.SCRATCH.G',
  ],
});
