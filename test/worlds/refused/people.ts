import { type Refused, refused } from './refused.ts';

/** What an analyst wants of people whose values are masked. */
export const REFUSED_PEOPLE: readonly Refused[] = [
  refused(
    'SELECT NAME, EMAIL, PHONE, IBAN, COUNT(*) FROM CUSTOMERS GROUP BY ALL',
    'CUSTOMERS.IBAN is masked',
    'join CUSTOMERS.PHONE to its result; aggregate first',
    'SELECT c.NAME, c.EMAIL, c.PHONE, c.IBAN, x.N FROM CUSTOMERS c JOIN (SELECT ID, COUNT(*) AS N FROM CUSTOMERS GROUP BY ID) x ON x.ID = c.ID',
  ),
  refused(
    'SELECT PHONE, COUNT(*) FROM CUSTOMERS GROUP BY PHONE',
    'look up or group people',
    'aggregate first, and join then: group by an id in a subquery, and join CUSTOMERS.PHONE to its result',
    'SELECT c.PHONE, x.N FROM CUSTOMERS c JOIN (SELECT CUSTOMER_ID, COUNT(*) AS N FROM ORDERS GROUP BY CUSTOMER_ID) x ON x.CUSTOMER_ID = c.ID',
  ),
  refused(
    "SELECT ID, NAME FROM CUSTOMERS WHERE EMAIL = 'a@b.example'",
    'look up or group people',
    'by whether there is a value (CUSTOMERS.EMAIL IS NULL)',
    'SELECT ID, NAME, EMAIL FROM CUSTOMERS WHERE EMAIL IS NOT NULL',
  ),
  refused(
    'SELECT CITY, SUM(CREDIT_LIMIT) AS S FROM CUSTOMERS GROUP BY CITY ORDER BY S DESC',
    'ORDER BY',
    'order by a column that is not masked',
    'SELECT CITY, COUNT(*) AS N, SUM(CREDIT_LIMIT) AS S FROM CUSTOMERS GROUP BY CITY ORDER BY N DESC',
  ),
  refused(
    'SELECT CITY, COUNT(*) FROM CUSTOMERS GROUP BY CITY HAVING MAX(CREDIT_LIMIT) > 10000',
    '>',
    'filter and choose by a column that is not masked',
    'SELECT CITY, COUNT(*) FROM CUSTOMERS GROUP BY CITY HAVING COUNT(DISTINCT COUNTRY) = 1',
  ),
  refused(
    "SELECT AVG(DATEDIFF('year', BIRTH_DATE, CURRENT_DATE)) AS AGE FROM CUSTOMERS",
    'AVG',
    'take CUSTOMERS.BIRTH_DATE as it is, without AVG',
    'SELECT BIRTH_DATE FROM CUSTOMERS',
  ),
  refused(
    "SELECT ID FROM SUPPORT_TICKETS WHERE CONTAINS(BODY, 'refund')",
    'CONTAINS',
    'filter and choose by a column that is not masked',
    "SELECT ID, BODY FROM SUPPORT_TICKETS WHERE CONTAINS(SUBJECT, 'payment')",
  ),
  refused(
    'SELECT SUBJECT FROM SUPPORT_TICKETS ORDER BY LENGTH(BODY) DESC',
    'ORDER BY',
    'order by a column that is not masked',
    'SELECT SUBJECT FROM SUPPORT_TICKETS ORDER BY OPENED_AT DESC',
  ),
  refused(
    'SELECT PROFILE:contact.email::STRING AS E, COUNT(*) FROM CUSTOMERS GROUP BY E',
    'GROUP BY',
    'group by an id in a subquery',
    'SELECT c.PROFILE:contact.email::STRING AS E, x.N FROM CUSTOMERS c JOIN (SELECT CUSTOMER_ID, COUNT(*) AS N FROM ORDERS GROUP BY 1) x ON x.CUSTOMER_ID = c.ID',
  ),
  refused(
    "SELECT ID FROM CUSTOMERS WHERE PROFILE:contact.email LIKE 'a%'",
    'LIKE',
    'filter and choose by a column that is not masked',
    "SELECT ID FROM CUSTOMERS WHERE PROFILE:preferences.tags[0] LIKE 'g%'",
  ),
  refused(
    'SELECT c.ID FROM CUSTOMERS c WHERE EXISTS (SELECT 1 FROM PAYMENTS p WHERE p.CARD_NUMBER = c.CARD_NUMBER)',
    'joining by it (=)',
    'join by an id',
    'SELECT c.ID FROM CUSTOMERS c WHERE EXISTS (SELECT 1 FROM ORDERS o JOIN PAYMENTS p ON p.ORDER_ID = o.ID WHERE o.CUSTOMER_ID = c.ID)',
  ),
  refused(
    "SELECT LISTAGG(NAME, ', ') FROM CUSTOMERS",
    'LISTAGG',
    'take CUSTOMERS.NAME as it is, without LISTAGG',
    'SELECT NAME FROM CUSTOMERS',
  ),
  refused(
    'SELECT ID FROM CUSTOMERS QUALIFY ROW_NUMBER() OVER (PARTITION BY CITY ORDER BY CREDIT_LIMIT DESC) = 1',
    'OVER',
    'order by a column that is not masked',
    'SELECT ID, CREDIT_LIMIT FROM CUSTOMERS QUALIFY ROW_NUMBER() OVER (PARTITION BY CITY ORDER BY CREATED_AT DESC) = 1',
  ),
  refused(
    'ALTER TABLE SHOP.SCRATCH.PEOPLE_OF_OURS ALTER COLUMN EMAIL SET DATA TYPE VARCHAR(20)',
    'ALTER COLUMN',
    'take PEOPLE_OF_OURS.EMAIL as it is, without ALTER COLUMN',
    'SELECT EMAIL FROM SHOP.SCRATCH.PEOPLE_OF_OURS',
  ),
];
