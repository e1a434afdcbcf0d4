import type { Tree } from '@sluice/snowflake-sql';
import type { Bound } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { quoteString } from '../render/quote.ts';
import { columnsSql, oneObject } from './objects.ts';
import type { Listing } from './show.ts';

/** DESCRIBE TABLE or VIEW, as a query. */
export function describeQuery(
  bound: Bound,
  describe: Tree.Describe,
  temporary: ReadonlySet<string>,
): Listing {
  const { name, objectType } = describe;
  if (name === null || !(name.kind === 'qualified_name' || name.kind === 'dynamic_name'))
    throw unsupported('this form of DESCRIBE');
  if (objectType !== null && objectType !== 'table' && objectType !== 'view')
    throw unsupported(`DESCRIBE ${objectType}`);
  const object = bound.names.get(name);
  if (object === undefined) throw unsupported('this form of DESCRIBE');
  return {
    sql: `SELECT column_name AS "name", type AS "type", 'COLUMN' AS "kind", CASE WHEN nullable THEN 'Y' ELSE 'N' END AS "null?",
      by_default AS "default", ${isOfKey('PRIMARY KEY')} AS "primary key", ${isOfKey('UNIQUE')} AS "unique key",
      CAST(NULL AS VARCHAR) AS "check", CAST(NULL AS VARCHAR) AS "expression", CAST(NULL AS VARCHAR) AS "comment",
      CAST(NULL AS VARCHAR) AS "policy name", CAST(NULL AS VARCHAR) AS "privacy domain"
      FROM (${columnsSql(oneObject(object, temporary))}) ORDER BY place`,
    needs: { what: 'object', object },
  };
}

function isOfKey(type: string): string {
  const keys = `list_filter(CAST(keys AS JSON[]), lambda k: json_extract_string(k, '$.type') = ${quoteString(type)} AND json_contains(json_extract(k, '$.columns'), to_json(column_name)))`;
  return `CASE WHEN len(${keys}) > 0 THEN 'Y' ELSE 'N' END`;
}
