import { isRelayError } from '@sluice/contract';
import { z } from 'zod';
import { explained } from '../explaining/index.ts';
import { codeBlock, plainText } from '../markdown/index.ts';
import { WORDS } from '../words.ts';
import { agentTool, TOOLS_AGENT } from './tool.ts';

const words = WORDS.agents;

const input = z.strictObject({
  sql: z
    .string()
    .min(1)
    .max(16_384)
    .describe('One statement as an example of those that are to run: others of its shape have other values.'),
  purpose: z
    .string()
    .trim()
    .min(10)
    .max(2_000)
    .describe('What it is for, such as the ticket and what the person asked for. Approvers read it.'),
  minutes: z.int().min(1).max(10_080).describe('For how long, from when it is approved.'),
  rows: z.int().min(1).describe('Rows that each statement changes or returns at most.'),
  rowsInAll: z.int().min(1).describe('Rows of all of them together.'),
});

/** Asks people to let statements of one shape run unasked for a while. Nothing runs. */
export const askForAccess = agentTool({
  name: 'sluice_ask_for_access',
  input,
  doing: () => words.doing.access,
  async confirm({ sql, purpose, minutes, rows, rowsInAll }, { client, relay, person, signal }) {
    const lines = await client.statements
      .explain({ body: { sql, agent: TOOLS_AGENT } }, { signal })
      .then((told) => explained(told).lines)
      .catch((error: unknown) => {
        if (!isRelayError(error)) throw error;
        return [words.confirm.unexplained(error.message)];
      });
    const said = [words.confirm.accessOf(minutes, rows, rowsInAll), ...lines, words.confirm.purpose(purpose)];
    return {
      title: words.confirm.access,
      message: [
        codeBlock(sql, 'sql'),
        ...said.map((line) => `- ${plainText(line)}`),
        '',
        plainText(words.confirm.relay(relay, person)),
      ].join('\n'),
    };
  },
  async answer({ sql, purpose, minutes, rows, rowsInAll }, { client, signal }) {
    const asked = await client.access.ask(
      {
        body: {
          version: 1,
          sql: sql.toWellFormed(),
          purpose: purpose.toWellFormed(),
          agent: TOOLS_AGENT,
          seconds: minutes * 60,
          rows,
          rowsInAll,
        },
      },
      { signal },
    );
    if ('decision' in asked) return words.answer.notAsked;
    return words.answer.asked(asked.needed, asked.approvers, asked.expiresAt);
  },
});
