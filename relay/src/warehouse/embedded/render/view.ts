import { type Catalog, formatIdentifier, type ObjectName, split } from '@sluice/snowflake-sql';
import { bind, newBudget, NO_FLOOR } from '@sluice/snowflake-sql/execution';
import { type Declared, declaredBy } from '../declared.ts';
import { renderDdl } from './ddl.ts';
import { renderStatementQuery } from './render.ts';

/** A view of Snowflake's SQL that is there from the start, and the types of its columns. */
export function createView(
  view: ObjectName,
  definition: string,
  catalog: Catalog,
): { readonly sql: string; readonly declared: Declared } {
  const { database, schema, name } = view;
  const text = `CREATE VIEW ${[database, schema, name].map(formatIdentifier).join('.')} AS ${definition}`;
  const [parsed] = split(text).statements;
  // The tables that the view names are of its own schema, wherever it is read from.
  const context = { database, schema, variables: new Map(), results: new Map() };
  const { bound } = parsed === undefined ? { bound: null } : bind(parsed, catalog, context, newBudget(STEPS));
  if (bound?.tree.kind !== 'create' || bound.statement.kind !== 'create' || bound.statement.query === null)
    throw new Error(`not a view: ${text}`);
  const nothing = { session: {}, parameters: {}, queryIds: [] };
  const answers = { temporary: new Set<string>(), variables: new Set<string>(), ...nothing };
  const options = { floor: NO_FLOOR, answers };
  const { columns } = renderStatementQuery(bound, bound.statement.query, options);
  return {
    sql: renderDdl(bound, options),
    declared: declaredBy(bound, view, bound.tree, text, columns),
  };
}

/** More than enough for the views that come with the shop. */
const STEPS = 1_000_000;
