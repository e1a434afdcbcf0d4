import { attempts } from './attempt.ts';

/** Which rows there are, and in which order, answers a question. */
export const rows = attempts('rows', {
  'the parts of a split':
    "SELECT COUNT(*) FROM CUSTOMERS c, LATERAL SPLIT_TO_TABLE(c.EMAIL, 'a') s WHERE c.ID = 1",
  'the keys of a hidden object':
    'SELECT COUNT(*) FROM CUSTOMERS c, LATERAL FLATTEN(c.PROFILE:identity) f WHERE c.ID = 1',
  'the elements of a split':
    "SELECT COUNT(*) FROM CUSTOMERS c, LATERAL FLATTEN(SPLIT(c.EMAIL, 'a')) f WHERE c.ID = 1",
  'rows that UNPIVOT leaves out':
    "SELECT COUNT(*) FROM (SELECT NULLIF(EMAIL, 'a@mail.example') AS E FROM CUSTOMERS) UNPIVOT (V FOR K IN (E))",
  'rows that a bound generates':
    'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => (SELECT LENGTH(EMAIL) FROM CUSTOMERS WHERE ID = 1)))',
  'an OFFSET':
    'SELECT ID FROM ORDERS ORDER BY ID LIMIT 5 OFFSET (SELECT LENGTH(NAME) FROM CUSTOMERS WHERE ID = 1)',
  TOP: 'SELECT TOP 5 ID FROM CUSTOMERS ORDER BY CARD_NUMBER',
  'an order behind an alias': 'SELECT ID, CREDIT_LIMIT AS L FROM CUSTOMERS ORDER BY L',
  'an order by a subquery': 'SELECT ID FROM CUSTOMERS c ORDER BY (SELECT c.CREDIT_LIMIT)',
  'an order by a place in parentheses':
    'SELECT ID, EMAIL FROM CUSTOMERS UNION ALL SELECT ID, EMAIL FROM CUSTOMERS ORDER BY (2)',
  'an order of what is different, by a place in parentheses':
    'SELECT DISTINCT ID, EMAIL FROM CUSTOMERS ORDER BY ((2)) LIMIT 5',
  'an order by a CASE': "SELECT ID FROM CUSTOMERS ORDER BY CASE WHEN CARD_NUMBER LIKE '4%' THEN 0 ELSE 1 END",
  'an anti-join':
    "SELECT ID FROM ORDERS o WHERE NOT EXISTS (SELECT 1 FROM CUSTOMERS c WHERE c.ID = o.CUSTOMER_ID AND c.CARD_NUMBER > '5')",
  'an ON that no column shows':
    "SELECT o.ID, c.ID FROM ORDERS o LEFT JOIN CUSTOMERS c ON c.ID = o.CUSTOMER_ID AND LEFT(c.CARD_NUMBER, 1) = '4'",
  'a range around a row':
    'SELECT ID, COUNT(*) OVER (ORDER BY CREDIT_LIMIT RANGE BETWEEN 100 PRECEDING AND CURRENT ROW) FROM CUSTOMERS',
  'a part of a hidden part': 'SELECT COUNT(*) FROM CUSTOMERS WHERE PROFILE:identity.document IS NULL',
  'HAVING a part of a document':
    'SELECT COUNTRY FROM CUSTOMERS GROUP BY COUNTRY HAVING COUNT(PROFILE:identity.issued) > 3',
  'all of all columns': 'SELECT ID FROM CUSTOMERS GROUP BY ID HAVING COUNT(DISTINCT CARD_NUMBER) > 1',
  'a quantified comparison': "SELECT ID FROM ORDERS WHERE 'a' < ALL (SELECT EMAIL FROM CUSTOMERS)",
  'IS DISTINCT FROM':
    "SELECT ID FROM CUSTOMERS WHERE EMAIL IS NOT DISTINCT FROM 'a@mail.example' OR NAME LIKE 'A%'",
  'a PIVOT of guesses':
    "SELECT * FROM (SELECT ID, CARD_NUMBER FROM CUSTOMERS) PIVOT (COUNT(ID) FOR CARD_NUMBER IN ('4111111111111111'))",
});

/** Whether a statement fails answers one, too. */
export const failing = attempts('failing', {
  'NULL where there may be none': [
    'CREATE OR REPLACE TABLE SCRATCH.FILLED (A VARCHAR NOT NULL)',
    "INSERT INTO SCRATCH.FILLED SELECT REGEXP_SUBSTR(PHONE, '^.?49') FROM CUSTOMERS WHERE ID = 1",
  ],
  'NULL where there may be none, in place of what is there': [
    'CREATE OR REPLACE TABLE SCRATCH.FILLED (ID INT NOT NULL, A VARCHAR, PRIMARY KEY (A))',
    "INSERT OVERWRITE INTO SCRATCH.FILLED SELECT ID, REGEXP_SUBSTR(EMAIL, '^a') FROM CUSTOMERS WHERE ID = 1",
  ],
  'a new table of numbers':
    'CREATE OR REPLACE TABLE SCRATCH.FILLED (A NUMBER) AS SELECT NATIONAL_ID FROM CUSTOMERS WHERE ID = 1',
  'a new table of short texts':
    'CREATE OR REPLACE TABLE SCRATCH.FILLED (A VARCHAR(20)) AS SELECT EMAIL FROM CUSTOMERS WHERE ID = 1',
  'a new table without NULL':
    "CREATE OR REPLACE TABLE SCRATCH.FILLED (A VARCHAR NOT NULL) AS SELECT REGEXP_SUBSTR(EMAIL, '^a') FROM CUSTOMERS WHERE ID = 1",
  'a division by the length': 'SELECT 1 / (LENGTH(EMAIL) - 25) FROM CUSTOMERS WHERE ID = 1',
  'a sum that overflows':
    'SELECT SUM(CREDIT_LIMIT * 99999999999999999999999999999999) FROM CUSTOMERS WHERE ID = 1',
  'a number that does not fit': 'SELECT CREDIT_LIMIT::NUMBER(4, 0) FROM CUSTOMERS WHERE ID = 1',
  'a length beside a fraction that leaves no room for it':
    'SELECT GREATEST(LENGTH(EMAIL), 0.5::NUMBER(38, 37)) FROM CUSTOMERS WHERE ID = 1',
  'a sum below a fraction of many digits':
    'SELECT SUM(CREDIT_LIMIT) FROM CUSTOMERS WHERE ID = 1 UNION ALL SELECT 0.00000000000000000000000000000001',
  'a subquery of more than one row': 'SELECT (SELECT ID FROM CUSTOMERS WHERE CREDIT_LIMIT > 19000)',
  'a key that is there twice':
    'SELECT OBJECT_AGG(LEFT(CARD_NUMBER, 1), 1::VARIANT) FROM CUSTOMERS WHERE ID < 4',
  'a pattern that is none': "SELECT REGEXP_LIKE('x', NAME) FROM CUSTOMERS WHERE ID = 1",
  'a branch that fails':
    "SELECT CASE WHEN CARD_NUMBER LIKE '4%' THEN 1 / 0 ELSE 1 END FROM CUSTOMERS WHERE ID = 1",
  'a time that is none':
    'SELECT DATEADD(day, CREDIT_LIMIT * 1000000, BIRTH_DATE) FROM CUSTOMERS WHERE ID = 1',
  'a date beyond all of them': "SELECT ADD_MONTHS('2024-01-01'::DATE, CREDIT_LIMIT * 1000000) FROM CUSTOMERS",
  'in a set operation': 'SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT ID FROM ORDERS',
  'a variant that is no number': 'SELECT PROFILE:identity.national_id::NUMBER FROM CUSTOMERS',
  'a size that is none': 'SELECT REPEAT(NAME, CREDIT_LIMIT * 1000000) FROM CUSTOMERS',
  'a text that is too long by the value': "SELECT EMAIL || REPEAT('x', 262120) FROM CUSTOMERS",
  'a list that is too long by the value': "SELECT TO_JSON([EMAIL, REPEAT('x', 262120)]) FROM CUSTOMERS",
  'a code of twice the length': "SELECT HEX_ENCODE(EMAIL || REPEAT('x', 131060)) FROM CUSTOMERS",
  'a text that is wanted only when there is none':
    "SELECT COALESCE(REGEXP_SUBSTR(EMAIL, '^[a-f].*'), TO_VARCHAR(1 / 0)) FROM CUSTOMERS WHERE ID = 1",
  'a number that is wanted only when there is none':
    'SELECT NVL(TRY_TO_NUMBER(SUBSTR(CARD_NUMBER, 2, 1)), 1 / (ID - ID)) FROM CUSTOMERS WHERE ID < 9',
  'a truth that is asked for only after another':
    "SELECT EMAIL LIKE 'a%' AND 1 / (ID - ID) = 1 FROM CUSTOMERS WHERE ID < 9",
  'a bound that is asked for only behind the other one':
    "SELECT EMAIL BETWEEN 'f' AND TO_VARCHAR(1 / (ID - ID)) FROM CUSTOMERS WHERE ID < 9",
  'one of a list that is asked for only where no other is found':
    "SELECT EMAIL IN ('a@mail.example', TO_VARCHAR(1 / (ID - ID))) FROM CUSTOMERS WHERE ID < 9",
  'a number that a sequence gives only when there is none': [
    'CREATE OR REPLACE SEQUENCE SCRATCH.DRAWN',
    "SELECT COALESCE(REGEXP_SUBSTR(EMAIL, '^[a-f].*'), TO_VARCHAR(SCRATCH.DRAWN.NEXTVAL)) FROM CUSTOMERS WHERE ID < 9",
  ],
  'a number that a sequence gives only where none of a list is found': [
    'CREATE OR REPLACE SEQUENCE SCRATCH.DRAWN',
    "SELECT REGEXP_SUBSTR(EMAIL, '^.') IN ('a', TO_VARCHAR(SCRATCH.DRAWN.NEXTVAL)) FROM CUSTOMERS WHERE ID < 9",
  ],
  'a length that is too large for what is there':
    "SELECT SUBSTR(REGEXP_SUBSTR(EMAIL, '^[a-f].*'), 1, 9999999999) FROM CUSTOMERS WHERE ID = 1",
  'a pattern that is none, for what is there':
    "SELECT REGEXP_LIKE(REGEXP_SUBSTR(EMAIL, '^[a-f].*'), IFF(ID > 0, '(', 'x')) FROM CUSTOMERS WHERE ID < 9",
  'an operator of such a pattern':
    "SELECT REGEXP_SUBSTR(EMAIL, '^[a-f].*') RLIKE IFF(ID > 0, '(', 'x') FROM CUSTOMERS WHERE ID < 9",
  'an ESCAPE of nothing, behind what matches':
    "SELECT EMAIL LIKE 'e%^' ESCAPE '^' FROM CUSTOMERS WHERE ID = 1",
  'an ESCAPE of nothing, in one of several patterns':
    "SELECT EMAIL LIKE ANY ('e^') ESCAPE '^' FROM CUSTOMERS WHERE ID = 1",
  'a text that grows by steps':
    'WITH RECURSIVE t (N, V) AS (SELECT 1, EMAIL FROM CUSTOMERS WHERE ID = 1 UNION ALL SELECT N + 1, V || V FROM t WHERE N < 14) SELECT V FROM t',
  'all of a column in one text':
    "SELECT LISTAGG(c.EMAIL, '') FROM CUSTOMERS c, TABLE(GENERATOR(ROWCOUNT => 4000)) WHERE c.ID = 1",
});
