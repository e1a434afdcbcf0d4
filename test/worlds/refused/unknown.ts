import { type Refused, refused } from './refused.ts';

/** What cannot be known before it runs, or is not known at all. */
export const REFUSED_UNKNOWN: readonly Refused[] = [
  refused(
    'SELECT * FROM (SELECT STATUS, TOTAL FROM ORDERS) PIVOT (SUM(TOTAL) FOR STATUS IN (ANY))',
    'PIVOT derives from values',
    "list the values that become columns: PIVOT (... FOR ... IN ('a', 'b'))",
    "SELECT * FROM (SELECT STATUS, TOTAL FROM ORDERS) PIVOT (SUM(TOTAL) FOR STATUS IN ('paid', 'shipped'))",
  ),
  refused(
    "SELECT * FROM CUSTOMERS PIVOT (COUNT(ID) FOR COUNTRY IN ('DE', 'FR'))",
    'PIVOT',
    'pivot a subquery that selects only the columns that the result needs, none of them masked',
    "SELECT * FROM (SELECT CITY, COUNTRY, ID FROM CUSTOMERS) PIVOT (COUNT(ID) FOR COUNTRY IN ('DE', 'FR'))",
  ),
  refused(
    "SELECT * FROM (SELECT ID, NATIONAL_ID FROM CUSTOMERS) PIVOT (COUNT(ID) FOR NATIONAL_ID IN ('1', '2'))",
    'PIVOT',
    'pivot by a column that is not masked',
    "SELECT * FROM (SELECT ID, CITY FROM CUSTOMERS) PIVOT (COUNT(ID) FOR CITY IN ('Berlin', 'Paris'))",
  ),
  refused(
    'SELECT * FROM IDENTIFIER($NOWHERE)',
    'only known when',
    'write the name itself',
    'SELECT * FROM ORDERS',
  ),
  refused(
    "EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM ' || 'ORDERS'",
    'built at run time',
    'write this part out as a statement of its own',
    'SELECT COUNT(*) FROM ORDERS',
  ),
  refused('SELECT SYSTEM$WAIT(1)', 'SYSTEM$WAIT', 'leave SYSTEM$WAIT out', 'SELECT 1'),
  refused(
    "SELECT ID, AI_COMPLETE('x', CITY) AS GUESS FROM CUSTOMERS",
    'AI_COMPLETE',
    'leave AI_COMPLETE out',
    'SELECT ID, CITY FROM CUSTOMERS',
  ),
];
