import { attempts } from './attempt.ts';

/** Where a name could mean one thing to whoever decides and another to whoever runs. */
export const scopes = attempts('scopes', {
  'an alias that is also a column': 'SELECT CARD_NUMBER AS CITY, CITY AS X FROM CUSTOMERS LIMIT 5',
  'an alias used beside the column of its name':
    'SELECT CARD_NUMBER AS CITY, UPPER(CITY) AS X FROM CUSTOMERS LIMIT 5',
  'a table alias that is a column': 'SELECT EMAIL.EMAIL FROM CUSTOMERS EMAIL LIMIT 5',
  'a table alias that is another table': 'SELECT ORDERS.CARD_NUMBER FROM CUSTOMERS ORDERS LIMIT 5',
  'an alias of a schema': 'SELECT PUBLIC.X FROM (SELECT CARD_NUMBER AS X FROM CUSTOMERS) PUBLIC LIMIT 5',
  'a CTE that shadows a CTE':
    'WITH t AS (SELECT 1 AS X), u AS (WITH t AS (SELECT CARD_NUMBER AS X FROM CUSTOMERS) SELECT X FROM t) SELECT X FROM u LIMIT 5',
  'a CTE of a table that is read inside of it':
    'WITH ORDERS AS (SELECT CARD_NUMBER AS ID FROM CUSTOMERS) SELECT (SELECT MAX(ID) FROM ORDERS) AS X FROM SHOP.PUBLIC.ORDERS LIMIT 5',
  'a correlated name that only the outer query has':
    'SELECT (SELECT CARD_NUMBER FROM ORDERS WHERE ORDERS.ID = 1) AS X FROM CUSTOMERS LIMIT 5',
  'a lateral alias of a lateral query':
    'SELECT y.X FROM CUSTOMERS c, LATERAL (SELECT c.CARD_NUMBER AS V) l, LATERAL (SELECT l.V AS X) y LIMIT 5',
  'the merged column of a full join':
    'SELECT NAME FROM PRODUCTS FULL JOIN (SELECT CARD_NUMBER AS NAME FROM CUSTOMERS) t USING (NAME) LIMIT 500',
  'the merged column of a right join':
    'SELECT X FROM (SELECT NULL::VARCHAR AS X) a RIGHT JOIN (SELECT EMAIL AS X FROM CUSTOMERS) b USING (X) LIMIT 5',
  'the other side of a merged column':
    'SELECT b.ID, b.EMAIL FROM ORDERS a JOIN CUSTOMERS b USING (ID) ORDER BY 1 LIMIT 5',
  'a NATURAL join that hides the column':
    'SELECT * FROM (SELECT ID, CARD_NUMBER AS X FROM CUSTOMERS) NATURAL JOIN (SELECT ID FROM ORDERS) LIMIT 5',
  'ORDER BY an alias of a set operation':
    'SELECT ID, CITY AS X FROM CUSTOMERS UNION ALL SELECT ID, CARD_NUMBER FROM CUSTOMERS ORDER BY X LIMIT 5',
  'DISTINCT ON what is ordered':
    'SELECT DISTINCT CARD_NUMBER AS X FROM CUSTOMERS ORDER BY CARD_NUMBER LIMIT 5',
  'a lambda that captures': 'SELECT TRANSFORM([1], CITY -> CARD_NUMBER || CITY) FROM CUSTOMERS LIMIT 5',
  'a lambda whose parameter hides a column':
    'SELECT TRANSFORM([CARD_NUMBER], ID -> ID) FROM CUSTOMERS LIMIT 5',
  'a column list that swaps': 'SELECT t.ID FROM (SELECT ID, CARD_NUMBER FROM CUSTOMERS) AS t(X, ID) LIMIT 5',
  'REPLACE by a lateral alias': 'SELECT CARD_NUMBER AS A, * REPLACE (A AS CITY) FROM CUSTOMERS LIMIT 5',
  'two columns of one name': 'SELECT X FROM (SELECT CITY AS X, CARD_NUMBER AS X FROM CUSTOMERS) LIMIT 5',
  'a recursive table that passes it on':
    'WITH RECURSIVE t (N, A, B) AS (SELECT 1, CARD_NUMBER, CITY FROM CUSTOMERS WHERE ID = 1 UNION ALL SELECT N + 1, B, A FROM t WHERE N < 3) SELECT B FROM t',
  'grouping sets that leave it in':
    'SELECT CARD_NUMBER AS X, COUNT(*) FROM CUSTOMERS GROUP BY GROUPING SETS ((CARD_NUMBER), ())',
});
