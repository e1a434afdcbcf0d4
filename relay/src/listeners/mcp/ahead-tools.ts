import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { approvalSummary, explanation } from '@sluice/contract';
import { z } from 'zod';
import { type Approvals, type Grants, isAccess, summarise } from '../../approval/index.ts';
import { amount, joined, revealed, shown, type ShownText, word, wordsShown } from '../../text/index.ts';
import { explanationView, type StatementService } from '../statements/index.ts';

export interface AheadToolParts {
  readonly statements: Pick<StatementService, 'explain' | 'askAhead'>;
  readonly approvals: Pick<Approvals, 'pending'>;
  readonly grants: Pick<Grants, 'list'>;
}

type Caller = Parameters<StatementService['explain']>[0];

/**
 * What an agent finds out and asks for before it runs anything. It asks for itself alone: the program and the token that
 * access is for are those that it comes with.
 */
export function registerAheadTools(
  server: McpServer,
  { statements, approvals, grants }: AheadToolParts,
  caller: () => Caller,
  answered: (work: () => Promise<CallToolResult>) => Promise<CallToolResult>,
): void {
  const sql = z.string().min(1, 'expected one SQL statement, found an empty text').max(1_000_000);

  server.registerTool(
    'explain_statement',
    {
      title: 'Explain a SQL statement',
      description:
        'What would become of one Snowflake SQL statement, without running it: whether it would run, be masked, be held ' +
        'until people decide, or be refused, why and where, and a form that would pass. Nobody is asked.',
      inputSchema: z.strictObject({ sql: sql.describe('one statement') }),
      outputSchema: explanation,
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async ({ sql }) =>
      await answered(async () => {
        const told = explanationView(await statements.explain(caller(), { sql, binds: {} }, NEVER));
        return { content: [text(explainedShown(told)), text(JSON.stringify(told))], structuredContent: told };
      }),
  );

  server.registerTool(
    'ask_for_access',
    {
      title: 'Ask for access ahead',
      description:
        'Asks people to let statements of one shape run unasked for a while, before you need them. Nothing runs. Use it ' +
        'when explain_statement says that a statement would be held, and you will need it, or several like it, later: the ' +
        'answer comes when people have decided. Do not ask again meanwhile; list_access says how it stands.',
      inputSchema: z.strictObject({
        sql: z
          .string()
          .min(1)
          .max(16_384)
          .describe('one statement as an example; others may have other values'),
        purpose: z
          .string()
          .trim()
          .min(10)
          .max(2_000)
          .describe(
            'what it is for, such as the ticket and what the person asked for: approvers and the record see it',
          ),
        minutes: z.number().int().min(1).max(10_080).describe('for how long, from when it is approved'),
        rows: z.number().int().min(1).describe('rows that each statement changes or returns at most'),
        rows_in_all: z.number().int().min(1).describe('rows of all of them together'),
      }),
      outputSchema: z.object({
        asked: approvalSummary.options[1].nullable().describe('null when nobody has to be asked'),
      }),
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    async ({ sql, purpose, minutes, rows, rows_in_all: rowsInAll }) =>
      await answered(async () => {
        const order = { sql: sql.toWellFormed(), bindTypes: {}, purpose: purpose.toWellFormed(), from: null };
        const terms = { seconds: minutes * 60, rows, rowsInAll };
        const answer = await statements.askAhead(caller(), { ...order, ...terms }, NEVER);
        if (answer.outcome === 'allowed') {
          const content = [text('nobody has to be asked: run it with run_statement')];
          return { content, structuredContent: { asked: null } };
        }
        const asked = summarise(answer.approval);
        const who = wordsShown(asked.approvers, asked.approvers.length);
        const said = shown`${asked.needed} of ${who} have to agree, at the latest until ${revealed(asked.expiresAt)}: do not ask again, and see list_access`;
        return { content: [text(said), text(JSON.stringify(asked))], structuredContent: { asked } };
      }),
  );

  server.registerTool(
    'list_access',
    {
      title: 'List access',
      description:
        'Requests for access ahead that wait for people, and what has been given: until when, for how many rows.',
      inputSchema: z.strictObject({}),
      outputSchema: z.object({
        waiting: z.array(approvalSummary.options[1]),
        given: z.array(
          z.object({
            id: z.string(),
            covers: z.array(z.string()),
            rowsLeft: z.int(),
            startsAt: z.string(),
            expiresAt: z.string(),
          }),
        ),
      }),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async () =>
      await answered(async () => {
        const { identity } = caller();
        const waiting = (await approvals.pending(identity)).filter(isAccess).map(summarise);
        const given = (await grants.list(identity)).map(({ id, covers, rowsLeft, startsAt, expiresAt }) => ({
          id,
          covers: [...covers],
          rowsLeft,
          startsAt: new Date(startsAt).toISOString(),
          expiresAt: new Date(expiresAt).toISOString(),
        }));
        const said = shown`${amount(waiting.length)} waiting, ${amount(given.length)} given`;
        const all = { waiting, given };
        return { content: [text(said), text(JSON.stringify(all))], structuredContent: all };
      }),
  );
}

/** Tools are called over a request that ends by itself. */
const NEVER = new AbortController().signal;

function explainedShown({ decision, error, asks, maskedBy = [] }: z.infer<typeof explanation>): ShownText {
  if (error !== null) return joined([revealed(error.message), revealed(error.advice)], '; ');
  const own = joined(
    maskedBy.map(({ output }) => shown`${output + 1}`),
    ', ',
  );
  const beneath = maskedBy.length === 0 ? shown`` : shown`; masked by Snowflake itself: ${own}`;
  if (asks !== null) {
    const who = wordsShown(asks.approvers, asks.approvers.length);
    return shown`it would be held until ${asks.needed} of ${who} agree: ${revealed(decision.reason)}${beneath}`;
  }
  const masks = decision.masks.map(({ output, method }) => shown`${output + 1} (${word(method)})`);
  return masks.length === 0
    ? shown`it would run${beneath}`
    : shown`it would run, with these columns of its result masked: ${joined(masks, ', ')}${beneath}`;
}

function text(value: string) {
  return { type: 'text' as const, text: value };
}
