import { type Catalog, formatIdentifier, type ObjectName, split } from '@sluice/snowflake-sql';
import { bind, newBudget, NO_FLOOR } from '@sluice/snowflake-sql/execution';
import { renderDdl } from './ddl.ts';

/** A view of Snowflake's SQL that is there from the start. */
export function createView(view: ObjectName, definition: string, catalog: Catalog): string {
  const { database, schema, name } = view;
  const text = `CREATE VIEW ${[database, schema, name].map(formatIdentifier).join('.')} AS ${definition}`;
  const [parsed] = split(text).statements;
  // The tables that the view names are of its own schema, wherever it is read from.
  const context = { database, schema, variables: new Map(), results: new Map() };
  const { bound } = parsed === undefined ? { bound: null } : bind(parsed, catalog, context, newBudget(STEPS));
  if (bound === null) throw new Error(`not a view: ${text}`);
  const nothing = { session: {}, parameters: {}, queryIds: [] };
  const answers = { temporary: new Set<string>(), variables: new Set<string>(), ...nothing };
  return renderDdl(bound, { floor: NO_FLOOR, answers });
}

/** More than enough for the views that come with the shop. */
const STEPS = 1_000_000;
