import { z } from 'zod';
import { explained } from '../explaining/index.ts';
import { WORDS } from '../words.ts';
import { agentTool, TOOLS_AGENT } from './tool.ts';

const input = z.strictObject({
  sql: z.string().min(1).max(1_000_000).describe('One SQL statement in Snowflake’s dialect.'),
});

/** What would become of a statement. Nothing runs, and nobody is asked. */
export const explainSql = agentTool({
  name: 'sluice_explain_sql',
  input,
  doing: () => WORDS.agents.doing.explain,
  confirm: null,
  async answer({ sql }, { client, signal }) {
    const told = explained(
      await client.statements.explain({ body: { sql, agent: TOOLS_AGENT } }, { signal }),
    );
    const { headline, lines, advice } = told;
    return [headline, ...lines, ...(advice === null ? [] : [WORDS.agents.answer.allowed(advice)])].join('\n');
  },
});
