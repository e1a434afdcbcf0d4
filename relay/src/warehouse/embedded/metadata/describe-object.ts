import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import type { Bound } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { quoteString } from '../render/quote.ts';
import { fields } from './catalog-views.ts';
import { columnsSql, oneObject } from './objects.ts';
import { type Listing, SEQUENCES } from './show.ts';
import { SHOWN } from './shown.ts';

/** DESCRIBE TABLE or VIEW, as a query. */
export function describeQuery(
  bound: Bound,
  describe: Tree.Describe,
  temporary: ReadonlySet<string>,
): Listing {
  const { name, objectType } = describe;
  if (name === null || !(name.kind === 'qualified_name' || name.kind === 'dynamic_name'))
    throw unsupported('this form of DESCRIBE');
  if (objectType === 'sequence') return describeSequence(bound.names.get(name));
  if (objectType !== null && objectType !== 'table' && objectType !== 'view')
    throw unsupported(`DESCRIBE ${objectType}`);
  const object = bound.names.get(name);
  if (object === undefined) throw unsupported('this form of DESCRIBE');
  return {
    sql: `SELECT column_name AS "name", type AS "type", 'COLUMN' AS "kind", CASE WHEN nullable THEN 'Y' ELSE 'N' END AS "null?",
      by_default AS "default", ${isOfKey('PRIMARY KEY')} AS "primary key", ${isOfKey('UNIQUE')} AS "unique key",
      CAST(NULL AS VARCHAR) AS "check", CAST(NULL AS VARCHAR) AS "expression", comment AS "comment",
      CAST(NULL AS VARCHAR) AS "policy name", CAST(NULL AS VARCHAR) AS "privacy domain"
      FROM (${columnsSql(oneObject(object, temporary))}) ORDER BY place`,
    needs: { what: 'object', object },
  };
}

/** Its one line of SHOW SEQUENCES. */
function describeSequence(object: ObjectName | undefined): Listing {
  if (object === undefined) throw unsupported('this form of DESCRIBE');
  const is = (column: string, value: string) => `${column} = ${quoteString(value)}`;
  const columns = fields(SHOWN['SEQUENCES']!).map(([column, value]) => `${value} AS "${column}"`);
  return {
    sql: `SELECT ${columns.join(', ')} FROM (${SEQUENCES}) WHERE ${is('database_name', object.database)} AND ${is('schema_name', object.schema)} AND ${is('name', object.name)}`,
    needs: { what: 'sequence', object },
  };
}

function isOfKey(type: string): string {
  const keys = `list_filter(CAST(keys AS JSON[]), lambda k: json_extract_string(k, '$.type') = ${quoteString(type)} AND json_contains(json_extract(k, '$.columns'), to_json(column_name)))`;
  return `CASE WHEN len(${keys}) > 0 THEN 'Y' ELSE 'N' END`;
}
