import type { CatalogObjectView } from '@sluice/contract';
import { z } from 'zod';
import { describeTable, namesOf } from '../catalog/index.ts';
import { WORDS } from '../words.ts';
import { agentTool } from './tool.ts';

const words = WORDS.agents.answer;

const input = z.strictObject({
  tables: z
    .array(z.string().min(1).max(800))
    .min(1)
    .max(10)
    .describe('Names as in SQL: DATABASE.SCHEMA.TABLE, or less where that is clear.'),
});

/** Columns with their types and tags, and what SELECT * would mask now. */
export const describeTables = agentTool({
  name: 'sluice_describe_tables',
  input,
  doing: ({ tables }) => WORDS.agents.doing.describe(tables),
  confirm: null,
  async answer({ tables }, { client, signal }) {
    const described: string[] = [];
    for (const table of tables) {
      const found = await describeTable(client, table, signal);
      described.push('candidates' in found ? words.notOne(table, found.candidates) : tableText(found.table));
    }
    return described.join('\n\n');
  },
});

/** One line for the table, one for what SELECT * of it would get, and a JSON object for each column. */
export function tableText({ database, schema, name, type, select, columns }: CatalogObjectView): string {
  return [
    words.table(namesOf([database, schema, name]), type),
    words.select(select.effect, select.reason),
    ...columns.map((column) => {
      const tags = column.tags.map(({ tag, path }) =>
        path === undefined ? tag : `${tag} at ${path.join('.')}`,
      );
      return JSON.stringify({
        name: column.name,
        type: column.type,
        ...(column.nullable ? {} : { notNull: true }),
        ...(tags.length === 0 ? {} : { tags }),
        ...(column.mask === null ? {} : { masked: column.mask.method }),
      });
    }),
  ].join('\n');
}
