import { z } from 'zod';
import { awaitStatement } from '../statements/index.ts';
import { WORDS } from '../words.ts';
import { answerOf } from './answer-of.ts';
import { agentTool } from './tool.ts';

const input = z.strictObject({
  statement: z.uuid().describe('The statement that sluice_run_sql or sluice_run_change answered.'),
  from: z.int().min(0).default(0).describe('The first row to answer, from 0: to read on in a long result.'),
  seconds: z.int().min(0).max(60).default(45).describe('How long to wait for the outcome.'),
});

/** Waits for a statement that is held or runs, or reads on in its rows. */
export const waitForStatement = agentTool({
  name: 'sluice_wait',
  input,
  doing: () => WORDS.agents.doing.wait,
  confirm: null,
  async answer({ statement, from, seconds }, { client, signal, size }) {
    const view = await awaitStatement(client, statement, { from }, { seconds, signal });
    return await answerOf(view, { sql: null, from, size });
  },
});
