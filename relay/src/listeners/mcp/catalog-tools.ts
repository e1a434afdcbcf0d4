import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { catalogObject } from '@sluice/contract';
import { z } from 'zod';
import { amount, joined, revealed, shown, type ShownText, word } from '../../text/index.ts';
import { objectView, type StatementService } from '../statements/index.ts';

export interface CatalogToolParts {
  readonly statements: Pick<StatementService, 'browse'>;
  readonly newId: () => string;
}

type Caller = Parameters<StatementService['browse']>[0];

/** What an agent may know of tables and their columns, before it writes SQL: nothing else is there for it. */
export function registerCatalogTools(
  server: McpServer,
  { statements, newId }: CatalogToolParts,
  caller: () => Caller,
  answered: (work: () => Promise<CallToolResult>) => Promise<CallToolResult>,
): void {
  const name = z.string().min(1).max(255);

  server.registerTool(
    'list_tables',
    {
      title: 'List tables',
      description:
        'The tables and views of a schema that you may know of. Without a schema, the schemas of the database; without a ' +
        'database, the databases. Names are as stored: CUSTOMERS, not customers.',
      inputSchema: z.strictObject({
        database: name.optional(),
        schema: name.optional().describe('only with a database'),
        after: name.optional().describe('the `next` of the answer before, for more'),
      }),
      outputSchema: z.object({
        databases: z.array(z.string()).optional(),
        schemas: z.array(z.string()).optional(),
        tables: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
        next: z.string().nullable(),
      }),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async ({ database, schema, after }) =>
      await answered(async () => {
        if (database === undefined) {
          const databases = await statements.browse(caller(), NEVER, (one) => one.databases());
          return listed('database', databases, { databases: [...databases], next: null });
        }
        if (schema === undefined) {
          const schemas = await statements.browse(caller(), NEVER, (one) => one.schemas(database));
          return listed('schema', schemas, { schemas: [...schemas], next: null });
        }
        const place = { database, schema };
        const { objects, next } = await statements.browse(caller(), NEVER, (one) =>
          one.objects(place, { after: after ?? null, most: MOST_TABLES }),
        );
        const tables = objects.map((one) => ({ name: one.name.name, type: one.type }));
        const names = tables.map((one) => one.name);
        return listed('table or view', names, { tables, next });
      }),
  );

  server.registerTool(
    'describe_table',
    {
      title: 'Describe a table',
      description:
        'The columns of a table or view: types, tags that say what is sensitive, and how SELECT would mask each for you. ' +
        'Names are as stored: CUSTOMERS, not customers.',
      inputSchema: z.strictObject({ database: name, schema: name, name }),
      outputSchema: catalogObject,
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async (place) =>
      await answered(async () => {
        const browsed = await statements.browse(caller(), NEVER, (one) => one.object(place, newId()));
        const view = objectView(place, browsed);
        return { ...said(describedShown(view), view), structuredContent: view };
      }),
  );
}

/** What an agent can read at once. */
const MOST_TABLES = 200;

/** Tools are called over a request that ends by itself. */
const NEVER = new AbortController().signal;

function listed(
  what: string,
  names: readonly string[],
  all: Readonly<Record<string, unknown>> & { readonly next: string | null },
): CallToolResult {
  const some = names.slice(0, 20).map((each) => word(each, { most: 80 }));
  const more = names.length > some.length ? [shown`and ${amount(names.length - some.length)} more`] : [];
  const text =
    names.length === 0
      ? shown`no ${revealed(what)} that you may know of`
      : shown`${joined([...some, ...more], ', ')}`;
  const rest = all.next === null ? text : shown`${text}; there are more: call list_tables with \`after\``;
  return { ...said(rest, all), structuredContent: { ...all } };
}

function describedShown({ select, columns }: z.infer<typeof catalogObject>): ShownText {
  const masked = columns.flatMap(({ name, mask }) =>
    mask === null ? [] : [shown`${word(name, { most: 80 })} (${word(mask.method)})`],
  );
  const count = shown`${amount(columns.length)} ${revealed(columns.length === 1 ? 'column' : 'columns')}`;
  if (select.effect !== 'allow' && select.effect !== 'mask')
    return shown`${count}; SELECT of all of them would not run unasked: ${revealed(select.reason)}`;
  const sentence =
    masked.length === 0
      ? shown`${count}, none of them masked`
      : shown`${count}, masked: ${joined(masked, ', ')}`;
  const own = columns.filter(({ maskedBy = [] }) => maskedBy.length > 0);
  const names = own.map(({ name }) => word(name, { most: 80 }));
  return own.length === 0 ? sentence : shown`${sentence}; masked by Snowflake itself: ${joined(names, ', ')}`;
}

function said(sentence: ShownText, all: object): CallToolResult {
  return {
    content: [
      { type: 'text', text: sentence },
      { type: 'text', text: JSON.stringify(all) },
    ],
  };
}
