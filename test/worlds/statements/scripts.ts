import type { Pen } from './scope.ts';
import { wholeQuery } from './whole-queries.ts';

/**
 * Steps after a query, which read its result, or a block about it: it goes through the rows, keeps a value, branches on it, computes with it, asks with it, and tells
 * whether something failed. A query with binds is sent as it is: in a block, their names would be its variables.
 */
export function script(pen: Pen): string {
  const { sql } = wholeQuery(pen, 2);
  if (Object.keys(pen.binds).length > 0) return sql;
  const guess = pen.chance.pick(["'%1%'", "'%a%'", "'4%'", "'%@%'"]);
  const first = `LET c CURSOR FOR ${sql}; OPEN c; FETCH c INTO v; CLOSE c;`;
  return pen.chance.pick([
    `${sql} ->> SELECT * FROM $1`,
    `${sql} ->> SELECT COUNT(*) FROM $1`,
    `${sql} ->> SELECT COUNT(*) FROM PUBLIC.ORDERS WHERE EXISTS (SELECT * FROM $1)`,
    `BEGIN LET rs RESULTSET := (${sql}); RETURN TABLE(rs); END`,
    `BEGIN ${sql}; RETURN SQLROWCOUNT; END`,
    `BEGIN ${sql}; RETURN 'went'; EXCEPTION WHEN OTHER THEN RETURN SQLCODE || SQLERRM; END`,
    `DECLARE n INT DEFAULT 0; BEGIN LET c CURSOR FOR ${sql}; FOR r IN c DO n := n + 1; IF (n > 3) THEN BREAK; END IF; END FOR; RETURN n; END`,
    `DECLARE v VARCHAR; BEGIN ${first} IF (v LIKE ${guess}) THEN RETURN (SELECT COUNT(*) FROM PUBLIC.ORDERS); END IF; RETURN v; END`,
    `DECLARE v VARCHAR; BEGIN ${first} CASE (LEFT(v, 1)) WHEN '4' THEN RETURN 'four'; ELSE RETURN LENGTH(v); END; END`,
    `DECLARE v VARCHAR; BEGIN ${first} LET rs RESULTSET := (SELECT ID FROM PUBLIC.CUSTOMERS WHERE CITY > :v); RETURN TABLE(rs); END`,
    `DECLARE v VARCHAR; BEGIN ${first} RETURN v::INT + 1; EXCEPTION WHEN EXPRESSION_ERROR THEN RETURN 'no number'; END`,
    `DECLARE v VARCHAR; BEGIN ${first} CREATE OR REPLACE TABLE SCRATCH.OF_SCRIPT AS SELECT :v AS V; RETURN (SELECT V FROM SCRATCH.OF_SCRIPT); END`,
    `DECLARE v VARCHAR; BEGIN ${first} LET t := 'SELECT ' || COALESCE(LENGTH(v), 0); EXECUTE IMMEDIATE :t; RETURN SQLROWCOUNT; END`,
  ]);
}
