import { isRelayError } from '@sluice/contract';
import { z } from 'zod';
import { explained } from '../explaining/index.ts';
import { codeBlock, plainText } from '../markdown/index.ts';
import { sendStatement } from '../statements/index.ts';
import { WORDS } from '../words.ts';
import { answerOf } from './answer-of.ts';
import { agentTool, type Confirmation, TOOLS_AGENT, type UnsizedCall } from './tool.ts';

const words = WORDS.agents.confirm;

const input = z.strictObject({
  sql: z.string().min(1).max(1_000_000).describe('One SQL statement in Snowflake’s dialect.'),
  purpose: z
    .string()
    .min(1)
    .max(4_000)
    .describe(
      'What the person asked for, in your words. Approvers read it beside the statement, marked as the model’s words.',
    ),
});

/** Seconds that an agent waits for an outcome before it is given a handle: harnesses tear down what blocks for 60 to 120. */
const PATIENCE = 45;

/** Runs a statement. What it would do is explained to the person first, by the relay that would decide on it. */
export const runSql = agentTool({
  name: 'sluice_run_sql',
  input,
  doing: () => WORDS.agents.doing.run,
  async confirm({ sql, purpose }, call) {
    const { title, lines } = await analysis(sql, call);
    const message = [
      codeBlock(sql, 'sql'),
      ...lines.map((line) => `- ${plainText(line)}`),
      '',
      plainText(words.prompt(purpose)),
      '',
      plainText(words.relay(call.relay, call.person)),
    ].join('\n');
    return { title, message };
  },
  async answer({ sql, purpose }, { client, signal, size }) {
    const view = await sendStatement(
      client,
      { sql, agent: TOOLS_AGENT, prompt: purpose, promptBy: 'model' },
      { seconds: PATIENCE, signal },
    );
    return await answerOf(view, { sql, from: 0, size });
  },
});

/** It is shown without an analysis where the relay gives none: the relay decides anew when it is sent. */
async function analysis(
  sql: string,
  { client, signal }: UnsizedCall,
): Promise<{ readonly title: Confirmation['title']; readonly lines: readonly string[] }> {
  try {
    const told = explained(
      await client.statements.explain({ body: { sql, agent: TOOLS_AGENT } }, { signal }),
    );
    const { verdict, headline, lines, advice } = told;
    const allowed = advice === null ? [] : [WORDS.agents.answer.allowed(advice)];
    return { title: words.run[verdict], lines: [headline, ...lines, ...allowed] };
  } catch (error) {
    if (!isRelayError(error)) throw error;
    return { title: words.unknown, lines: [words.unexplained(error.message)] };
  }
}
