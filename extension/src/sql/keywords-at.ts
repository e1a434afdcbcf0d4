import { parseDraft } from '@sluice/snowflake-sql/editor';

/** The keywords that may stand at a place: their labels. @param accepts as `acceptorOf` has it. */
export function keywordsAt(accepts: (text: string) => boolean): readonly string[] {
  return KEYWORDS.filter(([, probe]) => accepts(probe)).map(([label]) => label);
}

/** Whether the parser reads on past a text that is put behind what is there. */
export function acceptorOf(prefix: string): (text: string) => boolean {
  const reads = (text: string) => {
    const { problems } = parseDraft(`${prefix} ${text}`);
    return problems.every(({ range }) => range.start >= prefix.length + 1 + text.length);
  };
  return reads;
}

/** What is proposed, and a beginning by which the parser tells it from a name. */
const KEYWORDS: readonly (readonly [label: string, probe: string])[] = [
  ...[
    'SELECT 1',
    'WITH q AS (SELECT 1) SELECT 1',
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
  ].map((probe) => [/^(INSERT INTO|DELETE FROM|\w+)/.exec(probe)![0], probe] as const),
  ['MERGE INTO', 'MERGE INTO t USING u ON 1 = 1 WHEN MATCHED THEN DELETE'],
  ['CREATE TABLE', 'CREATE TABLE t (a INT)'],
  ['CREATE OR REPLACE TABLE', 'CREATE OR REPLACE TABLE t (a INT)'],
  ['CREATE VIEW', 'CREATE VIEW v AS SELECT 1'],
  ['DROP TABLE', 'DROP TABLE t'],
  ['TRUNCATE TABLE', 'TRUNCATE TABLE t'],
  ['USE SCHEMA', 'USE SCHEMA s'],
  ['USE DATABASE', 'USE DATABASE s'],
  ['SHOW TABLES', 'SHOW TABLES'],
  ['DESCRIBE TABLE', 'DESCRIBE TABLE t'],
  ['SET', 'SET a = 1'],
  ['FROM', 'FROM t'],
  ['JOIN', 'JOIN t ON 1 = 1'],
  ['LEFT JOIN', 'LEFT JOIN t ON 1 = 1'],
  ['FULL JOIN', 'FULL JOIN t ON 1 = 1'],
  ['CROSS JOIN', 'CROSS JOIN t'],
  ['ON', 'ON 1 = 1'],
  ['USING', 'USING (a)'],
  ['WHERE', 'WHERE 1 = 1'],
  ['GROUP BY', 'GROUP BY 1'],
  ['GROUP BY ALL', 'GROUP BY ALL'],
  ['HAVING', 'HAVING 1 = 1'],
  ['QUALIFY', 'QUALIFY 1 = 1'],
  ['ORDER BY', 'ORDER BY 1'],
  ['LIMIT', 'LIMIT 1'],
  ['UNION ALL', 'UNION ALL SELECT 1'],
  ['EXCEPT', 'EXCEPT SELECT 1'],
  ['INTERSECT', 'INTERSECT SELECT 1'],
  ['DISTINCT', 'DISTINCT 1'],
  ['AS', 'AS a'],
  ['AND', 'AND 1 = 1'],
  ['OR', 'OR 1 = 1'],
  ['NOT', 'NOT 1 = 1'],
  ['IN', 'IN (1)'],
  ['BETWEEN', 'BETWEEN 1 AND 2'],
  ['LIKE', "LIKE 'a'"],
  ['ILIKE', "ILIKE 'a'"],
  ['IS NULL', 'IS NULL'],
  ['IS NOT NULL', 'IS NOT NULL'],
  ['EXISTS', 'EXISTS (SELECT 1)'],
  ['CASE', 'CASE WHEN 1 = 1 THEN 1 END'],
  ['WHEN', 'WHEN 1 = 1 THEN 1'],
  ['THEN', 'THEN 1'],
  ['ELSE', 'ELSE 1'],
  ['OVER', 'OVER (ORDER BY 1)'],
  ['PARTITION BY', 'PARTITION BY 1'],
  ['VALUES', 'VALUES (1)'],
  ['SET', 'SET a = 1'],
  ['NULL', 'NULL'],
  ['TRUE', 'TRUE'],
  ['FALSE', 'FALSE'],
];
