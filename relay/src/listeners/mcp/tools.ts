import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { LONGEST_WAIT, statementView, type StatementView } from '@sluice/contract';
import { z } from 'zod';
import { isSluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { Queries, Query } from '../../queries/index.ts';
import { joined, revealed, shown, type ShownText, word, wordsShown } from '../../text/index.ts';
import { type StatementService, viewOf } from '../statements/index.ts';
import { type AheadToolParts, registerAheadTools } from './ahead-tools.ts';
import { registerCatalogTools } from './catalog-tools.ts';

export interface ToolParts extends AheadToolParts {
  readonly statements: StatementService;
  readonly queries: Pick<Queries, 'wait'>;
  readonly newId: () => string;
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
}

/** Rows of one answer: what an agent can still read. */
const MOST_ROWS = 200;

const wait = z.number().min(0).max(LONGEST_WAIT).default(10).describe('seconds to wait for the outcome');
const id = z.string().max(100).describe('the handle that run_statement gave');

/** The tools for one caller. A fresh server for each request: nothing of a caller is kept between two. */
export function toolServer(parts: ToolParts, identity: Identity, address: string): McpServer {
  const { statements, queries } = parts;
  const server = new McpServer(
    { name: 'sluice', version: '0.1.0' },
    {
      instructions:
        'Runs SQL on Snowflake for the person who is signed in. Sensitive values come back masked. A statement may ' +
        'be held until a person approves it: then wait with get_statement, and do not send it again.',
    },
  );

  server.registerTool(
    'run_statement',
    {
      title: 'Run a SQL statement',
      description:
        'Runs one Snowflake SQL statement. Answers its rows (masked where the policy says so), why it was refused, ' +
        'or that it is held until a person approves it, with a handle for get_statement.',
      inputSchema: z.strictObject({
        sql: z
          .string()
          .min(1, 'expected one SQL statement, found an empty text')
          .max(1_000_000)
          .describe('one statement'),
        prompt: z
          .string()
          .optional()
          .describe('what the person asked for, in their words: approvers and the record see it'),
        wait,
      }),
      outputSchema: statementView,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    async ({ sql, prompt, wait: seconds }) =>
      await answered(async () => {
        const query = await statements.submit(caller(), {
          sql,
          binds: {},
          requestId: parts.newId(),
          prompt: prompt === undefined ? null : { text: prompt, source: 'mcp', by: 'model' },
        });
        await queries.wait(query, seconds * 1_000);
        return await resultOf(query, 0);
      }),
  );

  server.registerTool(
    'get_statement',
    {
      title: 'Wait for a statement',
      description: 'How far a statement is, and its rows once there are any; from a row on, to page.',
      inputSchema: z.strictObject({
        id,
        wait,
        from: z.number().int().min(0).default(0).describe('the first row to answer, from 0'),
      }),
      outputSchema: statementView,
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async ({ id: handle, wait: seconds, from }) =>
      await answered(async () => {
        const query = await statements.find(identity, handle);
        await queries.wait(query, seconds * 1_000);
        return await resultOf(query, from);
      }),
  );

  server.registerTool(
    'cancel_statement',
    {
      title: 'Cancel a statement',
      description: 'Ends a statement that is held or running.',
      inputSchema: z.strictObject({ id }),
      outputSchema: statementView,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    async ({ id: handle }) =>
      await answered(async () => {
        const query = await statements.cancel(identity, handle);
        await queries.wait(query, 5_000);
        return await resultOf(query, 0);
      }),
  );
  registerAheadTools(server, parts, caller, answered);
  registerCatalogTools(server, parts, caller, answered);
  return server;

  function caller() {
    const agent = server.server.getClientVersion()?.name.slice(0, 200).toWellFormed() ?? null;
    return { identity, address, agent };
  }

  async function answered(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
    try {
      return await work();
    } catch (error) {
      if (isSluiceError(error)) return refusal([error.message, error.advice]);
      parts.onError(error);
      return refusal(['something went wrong in the relay', 'ask the people who run it']);
    }
  }
}

async function resultOf(query: Query, from: number) {
  const shown = await viewOf(query, { from, limit: MOST_ROWS });
  return {
    content: [text(sentenceOf(shown)), text(JSON.stringify(shown))],
    structuredContent: { ...shown },
    ...(shown.phase === 'failed' ? { isError: true } : {}),
  };
}

function sentenceOf(view: StatementView): string {
  if ('error' in view) return [view.error.message, view.error.advice].filter(Boolean).join('; ');
  if ('approval' in view) {
    const { expiresAt, approvers = [], needed = 1 } = view.approval;
    const who = wordsShown(approvers, approvers.length);
    return shown`held until ${needed} of ${who} agree, at the latest until ${revealed(expiresAt)}: call get_statement with this id and wait, and do not send the statement again`;
  }
  if (!('rows' in view)) return 'not finished: call get_statement with this id';
  const count =
    view.next === null
      ? `${view.rowCount} ${view.rowCount === 1 ? 'row' : 'rows'} in all`
      : `${view.rows.length} of ${view.rowCount} rows: call get_statement with from ${view.next} for more, or narrow the statement`;
  return [count, ...notesOn(view)].join('; ');
}

/** Of a name that the statement gives. */
const SHORT = { most: 80 };

/** What must be known to read the rows: an agent would take a mask, or a number of tokens, for the real thing. */
function notesOn({ columns, computedOn }: Extract<StatementView, { rows: unknown }>): readonly ShownText[] {
  const masked = columns.flatMap(({ name, masked }) =>
    masked ? [shown`${word(name, SHORT)} (${word(masked.method)})`] : [],
  );
  return [
    ...(masked.length === 0
      ? []
      : [shown`masked, so no values to report, NULL included: ${joined(masked, ', ')}`]),
    ...(computedOn
      ? [shown`the rows were computed on ${computedOn.on}, because of ${revealed(computedOn.because)}`]
      : []),
    ...columns.flatMap(({ name, computedOn }) =>
      computedOn
        ? [
            shown`${word(name, SHORT)} was computed on ${computedOn.on}, because of ${revealed(computedOn.because)}`,
          ]
        : [],
    ),
  ];
}

function refusal(lines: readonly string[]) {
  return { content: [text(lines.filter((line) => line !== '').join('; '))], isError: true };
}

function text(value: string) {
  return { type: 'text' as const, text: value };
}
