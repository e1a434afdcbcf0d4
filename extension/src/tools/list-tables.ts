import { z } from 'zod';
import { listTables } from '../catalog/index.ts';
import { WORDS } from '../words.ts';
import { agentTool } from './tool.ts';

const words = WORDS.agents.answer;

const input = z.strictObject({
  database: z.string().min(1).max(255).optional().describe('Only of this database.'),
  schema: z.string().min(1).max(255).optional().describe('Only of this schema.'),
  part: z.string().min(1).max(255).optional().describe('Only those whose name has this in it.'),
});

const MOST = 300;

/** What the person may know of: other tables are as if they were not there. */
export const listTablesTool = agentTool({
  name: 'sluice_list_tables',
  input,
  doing: () => WORDS.agents.doing.list,
  confirm: null,
  async answer(wanted, { client, signal }) {
    const { tables, isAll } = await listTables(client, { ...wanted, most: MOST }, signal);
    if (tables.length === 0) return words.noTables;
    return [
      words.tables(tables.length, !isAll),
      ...tables.map(({ shown, type }) => words.table(shown, type)),
    ].join('\n');
  },
});
