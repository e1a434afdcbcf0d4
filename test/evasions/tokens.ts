import { attempts } from './attempt.ts';

/** A mask or a token is of a whole value: of a part of it, or beside a value of one's own, it tells. */
export const masks = attempts('masks', {
  'the first digits where the last ones show': [
    'CREATE TABLE SHOP.SCRATCH.E1 (ID NUMBER, CARD_NUMBER VARCHAR)',
    "INSERT INTO SHOP.SCRATCH.E1 SELECT ID, '0000' || SUBSTR(CARD_NUMBER, 1, 4) FROM CUSTOMERS",
    'SELECT CARD_NUMBER, NULL FROM SHOP.SCRATCH.E1 LIMIT 5',
  ],
  'the same, made with the table':
    "CREATE TABLE SHOP.SCRATCH.E2 AS SELECT ID, SUBSTR(CARD_NUMBER, 1, 4) || '0000' AS CARD_NUMBER FROM CUSTOMERS",
  'the same, by an UPDATE': [
    'CREATE TABLE SHOP.SCRATCH.E3 AS SELECT ID, CARD_NUMBER FROM CUSTOMERS',
    'UPDATE SHOP.SCRATCH.E3 SET CARD_NUMBER = REVERSE(CARD_NUMBER)',
  ],
  'the same, by a MERGE': [
    'CREATE TABLE SHOP.SCRATCH.E4 AS SELECT ID, CARD_NUMBER FROM CUSTOMERS',
    "MERGE INTO SHOP.SCRATCH.E4 t USING CUSTOMERS c ON t.ID = c.ID WHEN MATCHED THEN UPDATE SET CARD_NUMBER = LEFT(c.CARD_NUMBER, 4) || '0000'",
  ],
  'the same, into two tables': [
    'CREATE TABLE SHOP.SCRATCH.E5 (CARD_NUMBER VARCHAR)',
    'INSERT ALL INTO SHOP.SCRATCH.E5 (CARD_NUMBER) VALUES (X) SELECT LEFT(CARD_NUMBER, 4) AS X FROM CUSTOMERS',
  ],
  'a letter of an address at a time': [
    'CREATE TABLE SHOP.SCRATCH.E6 (ID NUMBER, EMAIL VARCHAR)',
    'INSERT INTO SHOP.SCRATCH.E6 SELECT ID, SUBSTR(EMAIL, 1, 1) FROM CUSTOMERS',
  ],
  'the largest address of a place':
    'CREATE TABLE SHOP.SCRATCH.E7 AS SELECT CITY, MAX(EMAIL) AS EMAIL FROM CUSTOMERS GROUP BY CITY',
  'an address out of a document':
    'CREATE TABLE SHOP.SCRATCH.E8 AS SELECT ID, PROFILE:contact.email::VARCHAR AS CARD_NUMBER FROM CUSTOMERS',
  "a card under a name's mask":
    'SELECT CARD_NUMBER, NULL FROM CUSTOMERS UNION ALL SELECT NAME, NULL FROM CUSTOMERS LIMIT 5',
  "a phone number under a card's mask":
    'SELECT PHONE, NULL FROM CUSTOMERS UNION ALL SELECT CARD_NUMBER, NULL FROM CUSTOMERS LIMIT 5',
  'tokens of cards':
    'SELECT CARD_NUMBER, NULL FROM CUSTOMERS UNION ALL SELECT EMAIL, NULL FROM CUSTOMERS LIMIT 5',
  'a token of the first letter': 'SELECT ID, EMAIL::CHAR, EMAIL::NCHAR FROM CUSTOMERS LIMIT 5',
  'a text that is cut sixteen times':
    'SELECT CARD_NUMBER::VARCHAR(5) AS A, CARD_NUMBER::VARCHAR(6) AS B FROM CUSTOMERS LIMIT 5',
});

/** Values of one's own beside others: equal tokens would tell whose they are. */
export const guesses = attempts('guesses', {
  'a token of a guess': "SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT 'a@mail.example'",
  'a token of many guesses':
    "SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT v FROM (VALUES ('a@mail.example'), ('b@mail.example')) AS t(v)",
  'a token of a guess, recursively':
    "WITH RECURSIVE t (N, E) AS (SELECT 1, 'a@mail.example' UNION ALL SELECT N + 1, c.EMAIL FROM t, CUSTOMERS c WHERE c.ID = N AND N < 4) SELECT E FROM t",
  'a table of guesses, shown': [
    'CREATE TABLE SHOP.SCRATCH.G1 (EMAIL VARCHAR)',
    "INSERT INTO SHOP.SCRATCH.G1 VALUES ('a@mail.example')",
    'SELECT EMAIL FROM SHOP.SCRATCH.G1',
  ],
  'a table of guesses, joined': [
    'CREATE TABLE SHOP.SCRATCH.G2 (EMAIL VARCHAR)',
    "INSERT INTO SHOP.SCRATCH.G2 VALUES ('a@mail.example')",
    'SELECT c.ID FROM CUSTOMERS c JOIN SHOP.SCRATCH.G2 g ON g.EMAIL = c.EMAIL',
  ],
  'a table of guesses, renamed later': [
    "CREATE TABLE SHOP.SCRATCH.G3 AS SELECT 'a@mail.example' AS X",
    'ALTER TABLE SHOP.SCRATCH.G3 RENAME COLUMN X TO EMAIL',
    'SELECT c.ID FROM CUSTOMERS c JOIN SHOP.SCRATCH.G3 g USING (EMAIL)',
  ],
  'guesses by DEFAULT': [
    'CREATE TABLE SHOP.SCRATCH.G4 (ID NUMBER)',
    'INSERT INTO SHOP.SCRATCH.G4 VALUES (1)',
    "ALTER TABLE SHOP.SCRATCH.G4 ADD COLUMN EMAIL VARCHAR DEFAULT 'a@mail.example'",
    'SELECT c.ID FROM CUSTOMERS c WHERE c.EMAIL IN (SELECT EMAIL FROM SHOP.SCRATCH.G4)',
  ],
  'guesses in a free column': [
    "CREATE TABLE SHOP.SCRATCH.G5 AS SELECT 'a@mail.example' AS X",
    'SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT X FROM SHOP.SCRATCH.G5 LIMIT 5',
  ],
  'a guess that makes one of two':
    "SELECT COUNT(*) FROM (SELECT EMAIL FROM CUSTOMERS UNION SELECT 'a@mail.example')",
  'a guess that is taken away':
    "SELECT COUNT(*) FROM (SELECT EMAIL FROM CUSTOMERS EXCEPT SELECT 'a@mail.example')",
  'a guess that is made of a free column':
    "SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT LEFT(CITY, 0) || 'elias.larsen1@mail' || '.example' FROM CUSTOMERS",
  'a guess that a number of rows chooses':
    "SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT IFF(COUNT(CITY) > 0, 'elias.larsen1@mail' || '.example', '') FROM CUSTOMERS",
  'a guess that a number of values chooses':
    "SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT IFF(COUNT(DISTINCT EMAIL) > 0, 'elias.larsen1@mail' || '.example', '') FROM CUSTOMERS",
  'a guess that is there or not':
    "SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT IFF(EMAIL IS NULL, '', 'elias.larsen1@mail' || '.example') FROM CUSTOMERS",
  'a guess in a recursion':
    "WITH RECURSIVE t (N, E) AS (SELECT ID, LEFT(CITY, 0) || 'elias.larsen1@mail' || '.example' FROM CUSTOMERS WHERE ID = 1 UNION ALL SELECT N + 1, c.EMAIL FROM t, CUSTOMERS c WHERE c.ID = N AND N < 4) SELECT E FROM t",
  'a guess that UNPIVOT puts beside':
    "SELECT V FROM (SELECT EMAIL, LEFT(CITY, 0) || 'elias.larsen1@mail' || '.example' AS G FROM CUSTOMERS) UNPIVOT (V FOR K IN (EMAIL, G))",
  'a guess of a table, in other letters': [
    "CREATE TABLE SHOP.SCRATCH.G6 AS SELECT 'ELIAS.LARSEN1@mail' || '.example' AS X",
    'SELECT EMAIL FROM CUSTOMERS UNION ALL SELECT LOWER(X) FROM SHOP.SCRATCH.G6',
  ],
  'a document that is made of a guess': [
    "CREATE TABLE SHOP.SCRATCH.G7 AS SELECT 'elias.larsen1@private' || '.example' AS X",
    'SELECT PROFILE FROM CUSTOMERS UNION ALL SELECT PARSE_JSON(\'{"contact": {"email": "\' || X || \'"}}\') FROM SHOP.SCRATCH.G7',
  ],
  'a guess that UNPIVOT puts beside, as it is':
    "SELECT V FROM (SELECT EMAIL, 'elias.larsen1@mail' || '.example' AS G FROM CUSTOMERS) UNPIVOT (V FOR K IN (EMAIL, G))",
  'a guess that one column of a recursion hands to another':
    "WITH RECURSIVE t (N, A, B) AS (SELECT 1, 'elias.larsen1@mail' || '.example', EMAIL FROM CUSTOMERS WHERE ID < 5 UNION ALL SELECT N + 1, A, A FROM t WHERE N < 2) SELECT B FROM t",
  'a guess that a recursion puts beside':
    "WITH RECURSIVE t (N, A, B) AS (SELECT 1, 'elias.larsen1@mail' || '.example', EMAIL FROM CUSTOMERS WHERE ID < 5 UNION ALL SELECT u.N, u.A, u.X FROM (SELECT N + 1 AS N, A, A AS X FROM t WHERE N < 2 UNION ALL SELECT N + 1, A, B FROM t WHERE N < 2) u) SELECT B FROM t",
  "a document of one's own":
    'SELECT PROFILE FROM CUSTOMERS UNION ALL SELECT PARSE_JSON(\'{"contact": {"email": "a@mail.example"}}\') LIMIT 5',
});
