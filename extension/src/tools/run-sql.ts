import { type Explanation, isRelayError } from '@sluice/contract';
import { z } from 'zod';
import { explained } from '../explaining/index.ts';
import { codeBlock, plainText } from '../markdown/index.ts';
import { sendStatement } from '../statements/index.ts';
import { WORDS } from '../words.ts';
import { answerOf } from './answer-of.ts';
import { agentTool, type Confirmation, TOOLS_AGENT, type ToolCall, type UnsizedCall } from './tool.ts';

const { confirm: asked, answer: words } = WORDS.agents;

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

type Statement = z.infer<typeof input>;

/** Seconds that an agent waits for an outcome before it is given a handle: harnesses tear down what blocks for 60 to 120. */
const PATIENCE = 45;

/**
 * Runs a statement that reads, and no other: editors let a person agree to a tool for a whole session, and whoever agrees to reads
 * has not agreed to changes.
 */
export const runSql = agentTool({
  name: 'sluice_run_sql',
  input,
  doing: () => WORDS.agents.doing.run,
  async confirm(statement, call) {
    const explanation = await explanationOf(statement.sql, call);
    // The model is told so when it calls.
    if (explanation.ok && !explanation.value.onlyReads) return null;
    return confirmation(statement, explanation, call);
  },
  answer: async (statement, call) => await run(statement, call, true),
});

/** Runs a statement that changes something. The manifest keeps editors from confirming it by themselves. */
export const runChange = agentTool({
  name: 'sluice_run_change',
  input,
  doing: () => WORDS.agents.doing.change,
  confirm: async (statement, call) => confirmation(statement, await explanationOf(statement.sql, call), call),
  answer: async (statement, call) => await run(statement, call, false),
});

/** @param onlyReads has the relay refuse what changes something: it is on the record, and does not run. */
async function run(
  { sql, purpose }: Statement,
  { client, signal, size }: ToolCall,
  onlyReads: boolean,
): Promise<string> {
  const view = await sendStatement(
    client,
    { sql, agent: TOOLS_AGENT, prompt: purpose, promptBy: 'model', onlyReads },
    { seconds: PATIENCE, signal },
  );
  return await answerOf(view, { sql, from: 0, size });
}

function confirmation(
  { sql, purpose }: Statement,
  explanation: Explained,
  { relay, person }: UnsizedCall,
): Confirmation {
  const { title, lines } = analysis(explanation);
  const message = [
    codeBlock(sql, 'sql'),
    ...lines.map((line) => `- ${plainText(line)}`),
    '',
    plainText(asked.prompt(purpose)),
    '',
    plainText(asked.relay(relay, person)),
  ].join('\n');
  return { title, message };
}

type Explained =
  { readonly ok: true; readonly value: Explanation } | { readonly ok: false; readonly why: string };

/** Where the relay gives none, that is said: the relay decides anew when the statement is sent. */
async function explanationOf(sql: string, { client, signal }: UnsizedCall): Promise<Explained> {
  try {
    const value = await client.statements.explain({ body: { sql, agent: TOOLS_AGENT } }, { signal });
    return { ok: true, value };
  } catch (error) {
    if (!isRelayError(error)) throw error;
    return { ok: false, why: error.message };
  }
}

function analysis(
  explanation: Explained,
): Pick<Confirmation, 'title'> & { readonly lines: readonly string[] } {
  if (!explanation.ok) return { title: asked.unknown, lines: [asked.unexplained(explanation.why)] };
  const { verdict, headline, lines, advice } = explained(explanation.value);
  const allowed = advice === null ? [] : [words.allowed(advice)];
  return { title: asked.run[verdict], lines: [headline, ...lines, ...allowed] };
}
