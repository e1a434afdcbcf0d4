/** A statement that is refused, words that its advice must have, and the form that the advice leads to. */
export interface Refused {
  readonly sql: string;
  /** Of the reason: the clause or function. */
  readonly names: string;
  readonly advice: string;
  readonly instead: string;
}

const refused = (sql: string, names: string, advice: string, instead: string): Refused => ({
  sql,
  names,
  advice,
  instead,
});

/** What people and agents write of themselves, and what they may write in its place under the demo's policy. */
export const REFUSED: readonly Refused[] = [
  refused(
    "SELECT ID FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'",
    'LIKE',
    'filter and choose by a column that is not masked',
    "SELECT ID, CARD_NUMBER FROM CUSTOMERS WHERE CITY = 'Berlin'",
  ),
  refused(
    "SELECT ID FROM CUSTOMERS WHERE PHONE LIKE '+49%'",
    'LIKE',
    'CUSTOMERS.PHONE IS NULL',
    'SELECT ID FROM CUSTOMERS WHERE PHONE IS NOT NULL',
  ),
  refused(
    "SELECT COUNT(*) FROM CUSTOMERS WHERE BIRTH_DATE > '1990-01-01'",
    '>',
    'filter and choose by a column that is not masked',
    "SELECT COUNT(*) FROM CUSTOMERS WHERE CREATED_AT > '2020-01-01'",
  ),
  refused(
    'SELECT ID FROM CUSTOMERS WHERE CREDIT_LIMIT BETWEEN 1000 AND 2000',
    'BETWEEN',
    'filter and choose by a column that is not masked',
    'SELECT ID, CREDIT_LIMIT FROM CUSTOMERS WHERE ID BETWEEN 1000 AND 2000',
  ),
  refused(
    "SELECT ID FROM CUSTOMERS WHERE STARTSWITH(NAME, 'A')",
    'STARTSWITH',
    'filter and choose by a column that is not masked',
    "SELECT ID, NAME FROM CUSTOMERS WHERE STARTSWITH(CITY, 'B')",
  ),
  refused(
    "SELECT ID FROM CUSTOMERS WHERE NATIONAL_ID IN ('1', '2')",
    'IN',
    'filter and choose by a column that is not masked',
    'SELECT ID, NATIONAL_ID FROM CUSTOMERS WHERE ID IN (1, 2)',
  ),
  refused(
    "SELECT ID FROM CUSTOMERS WHERE EMAIL ILIKE '%@example.com'",
    'ILIKE',
    'ask for one exact value (CUSTOMERS.EMAIL = ...)',
    'SELECT ID, EMAIL FROM CUSTOMERS WHERE EMAIL IS NOT NULL',
  ),
  refused(
    "SELECT IFF(CREDIT_LIMIT > 5000, 'high', 'low') FROM CUSTOMERS",
    '>',
    'filter and choose by a column that is not masked',
    "SELECT IFF(CITY = 'Berlin', 'near', 'far'), CREDIT_LIMIT FROM CUSTOMERS",
  ),
  refused(
    "SELECT CASE CARD_NUMBER WHEN '1' THEN 'a' ELSE 'b' END FROM PAYMENTS",
    'CASE',
    'filter and choose by a column that is not masked',
    "SELECT CASE AMOUNT WHEN 1 THEN 'a' ELSE 'b' END, CARD_NUMBER FROM PAYMENTS",
  ),
  refused(
    'SELECT NATIONAL_ID, COUNT(*) FROM CUSTOMERS GROUP BY NATIONAL_ID',
    'GROUP BY',
    'group by an id in a subquery, and join CUSTOMERS.NATIONAL_ID to its result',
    'SELECT c.NATIONAL_ID, o.N FROM CUSTOMERS c JOIN (SELECT CUSTOMER_ID, COUNT(*) AS N FROM ORDERS GROUP BY CUSTOMER_ID) o ON o.CUSTOMER_ID = c.ID',
  ),
  refused(
    'SELECT p.CARD_NUMBER, SUM(p.AMOUNT) FROM PAYMENTS p GROUP BY 1',
    'GROUP BY',
    'group by an id in a subquery',
    'SELECT p.CARD_NUMBER, s.S FROM PAYMENTS p JOIN (SELECT ORDER_ID, SUM(AMOUNT) AS S FROM PAYMENTS GROUP BY 1) s ON s.ORDER_ID = p.ORDER_ID',
  ),
  refused(
    'SELECT UPPER(EMAIL), COUNT(*) FROM CUSTOMERS GROUP BY UPPER(EMAIL)',
    'grouping by what is made of it (GROUP BY)',
    'group by CUSTOMERS.EMAIL itself, which runs on tokens',
    'SELECT EMAIL, COUNT(*) FROM CUSTOMERS GROUP BY EMAIL',
  ),
  refused(
    "SELECT SPLIT_PART(EMAIL, '@', 2) AS DOMAIN, COUNT(*) FROM CUSTOMERS GROUP BY DOMAIN",
    'GROUP BY',
    'group by CUSTOMERS.EMAIL itself',
    'SELECT EMAIL, COUNT(*) FROM CUSTOMERS GROUP BY 1',
  ),
  refused(
    'SELECT LEFT(NAME, 1) AS INITIAL, COUNT(*) FROM CUSTOMERS GROUP BY INITIAL',
    'GROUP BY',
    'group by CUSTOMERS.NAME itself',
    'SELECT NAME, COUNT(*) FROM CUSTOMERS GROUP BY NAME',
  ),
  refused(
    'SELECT DISTINCT IBAN FROM CUSTOMERS',
    'DISTINCT',
    'leave CUSTOMERS.IBAN out of the DISTINCT',
    'SELECT c.IBAN FROM CUSTOMERS c JOIN (SELECT DISTINCT CUSTOMER_ID FROM ORDERS) o ON o.CUSTOMER_ID = c.ID',
  ),
  refused(
    'SELECT DISTINCT c.ID, c.NATIONAL_ID FROM CUSTOMERS c JOIN ORDERS o ON o.CUSTOMER_ID = c.ID',
    'DISTINCT',
    'select the ids in a subquery, and join CUSTOMERS.NATIONAL_ID',
    'SELECT ID, NATIONAL_ID FROM CUSTOMERS WHERE ID IN (SELECT DISTINCT CUSTOMER_ID FROM ORDERS)',
  ),
  refused(
    'SELECT ID, NAME FROM CUSTOMERS ORDER BY NAME LIMIT 5',
    'ORDER BY',
    'order by a column that is not masked',
    'SELECT ID, NAME FROM CUSTOMERS ORDER BY ID LIMIT 5',
  ),
  refused(
    'SELECT ID, CREDIT_LIMIT FROM CUSTOMERS ORDER BY 2 DESC LIMIT 10',
    'ORDER BY',
    'such as an id or a date',
    'SELECT ID, CREDIT_LIMIT FROM CUSTOMERS ORDER BY CREATED_AT DESC LIMIT 10',
  ),
  refused(
    'SELECT ID, RANK() OVER (ORDER BY CREDIT_LIMIT DESC) AS R FROM CUSTOMERS',
    'OVER',
    'order by a column that is not masked',
    'SELECT ID, RANK() OVER (ORDER BY CREATED_AT DESC) AS R FROM CUSTOMERS',
  ),
  refused(
    'SELECT ID, COUNT(*) OVER (PARTITION BY NATIONAL_ID) AS N FROM CUSTOMERS',
    'PARTITION BY',
    'partition by a column that is not masked',
    'SELECT ID, COUNT(*) OVER (PARTITION BY CITY) AS N FROM CUSTOMERS',
  ),
  refused(
    'SELECT ID, NATIONAL_ID::NUMBER FROM CUSTOMERS',
    'CAST to NUMBER',
    'TRY_CAST',
    'SELECT ID, TRY_CAST(NATIONAL_ID AS NUMBER) FROM CUSTOMERS',
  ),
  refused(
    'SELECT ID, CAST(PHONE AS DATE) FROM CUSTOMERS',
    'CAST to DATE',
    'leave the cast of CUSTOMERS.PHONE out',
    'SELECT ID, PHONE FROM CUSTOMERS',
  ),
  refused(
    'SELECT TO_NUMBER(CARD_NUMBER) FROM PAYMENTS',
    'TO_NUMBER',
    'use TRY_TO_NUMBER',
    'SELECT TRY_TO_NUMBER(CARD_NUMBER) FROM PAYMENTS',
  ),
  refused(
    'SELECT TO_DATE(BODY) FROM SUPPORT_TICKETS',
    'TO_DATE',
    'use TRY_TO_DATE',
    'SELECT TRY_TO_DATE(BODY) FROM SUPPORT_TICKETS',
  ),
  refused(
    'SELECT CREDIT_LIMIT / 12 FROM CUSTOMERS',
    'a calculation',
    'take CUSTOMERS.CREDIT_LIMIT as it is',
    'SELECT CREDIT_LIMIT FROM CUSTOMERS',
  ),
  refused(
    'SELECT c.ID, f.KEY FROM CUSTOMERS c, LATERAL FLATTEN(INPUT => c.PROFILE, RECURSIVE => TRUE) f',
    'FLATTEN',
    'take the path that is needed instead of the whole document',
    'SELECT c.ID, f.KEY FROM CUSTOMERS c, LATERAL FLATTEN(INPUT => c.PROFILE:preferences, RECURSIVE => TRUE) f',
  ),
  refused(
    'SELECT a.ID, b.ID FROM CUSTOMERS a JOIN CUSTOMERS b ON a.PHONE = b.PHONE',
    'joining by it (=)',
    'join by an id, and take CUSTOMERS.PHONE from the table that is joined',
    'SELECT a.ID, b.PHONE FROM CUSTOMERS a JOIN CUSTOMERS b ON a.ID = b.ID',
  ),
  refused(
    'SELECT c.ID FROM CUSTOMERS c JOIN PAYMENTS p USING (CARD_NUMBER)',
    'JOIN',
    'join by an id',
    'SELECT c.ID, p.CARD_NUMBER FROM CUSTOMERS c JOIN ORDERS o ON o.CUSTOMER_ID = c.ID JOIN PAYMENTS p ON p.ORDER_ID = o.ID',
  ),
  refused(
    'SELECT CARD_NUMBER FROM CUSTOMERS UNION SELECT CARD_NUMBER FROM PAYMENTS',
    'UNION',
    'use UNION ALL',
    'SELECT CARD_NUMBER FROM CUSTOMERS UNION ALL SELECT CARD_NUMBER FROM PAYMENTS',
  ),
  refused(
    'SELECT CARD_NUMBER FROM CUSTOMERS INTERSECT SELECT CARD_NUMBER FROM PAYMENTS',
    'INTERSECT',
    'compare ids instead',
    'SELECT CARD_NUMBER FROM CUSTOMERS WHERE ID IN (SELECT CUSTOMER_ID FROM ORDERS)',
  ),
  refused(
    'SET WHO = (SELECT EMAIL FROM CUSTOMERS WHERE ID = 1)',
    'the variable WHO',
    'keep an id in the variable',
    'SET WHO = (SELECT ID FROM CUSTOMERS WHERE ID = 1)',
  ),
  refused(
    'INSERT INTO SHOP.SCRATCH.NOTES (ID, TEXT) SELECT ID, EMAIL FROM CUSTOMERS',
    'SHOP.SCRATCH.NOTES.TEXT',
    'leave CUSTOMERS.EMAIL out of what is written, and keep an id',
    'INSERT INTO SHOP.SCRATCH.NOTES (ID) SELECT ID FROM CUSTOMERS WHERE ID < 3',
  ),
  refused(
    'SELECT PRODUCTS_OF(ID) FROM CUSTOMERS',
    'PRODUCTS_OF',
    'use built-in functions in place of',
    'SELECT ABS(ID) FROM CUSTOMERS',
  ),
];
