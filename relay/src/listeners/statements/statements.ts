import { type PromptSeen, type statementOrder, statementPage } from '@sluice/contract';
import type { z } from 'zod';
import { isSettled, type Queries } from '../../queries/index.ts';
import type { Router } from '../router/index.ts';
import { explanationView } from './explanation-view.ts';
import type { StatementService } from './statement-service.ts';
import { viewOf } from './statement-view.ts';

export interface StatementsParts {
  readonly statements: StatementService;
  readonly queries: Pick<Queries, 'wait'>;
  readonly newId: () => string;
}

/**
 * Statements for programs that speak no driver protocol, under `/api/statements`: a handle at once, and a wait
 * for whoever wants one. What waits for people goes on waiting when the client does not.
 */
export async function registerStatements(router: Router, parts: StatementsParts): Promise<void> {
  const { statements, queries, newId } = parts;
  const firstPage = statementPage.parse({});

  await router.serve('statements', {
    async submit({ by, body, request }) {
      const query = await statements.submit(
        { identity: by, address: request.ip, agent: body.agent },
        {
          requestId: body.requestId ?? newId(),
          sql: body.sql,
          binds: body.binds,
          prompt: promptOf(body),
          onlyReads: body.onlyReads,
        },
      );
      const status = await queries.wait(query, body.wait * 1_000);
      return { status: isSettled(status) ? 200 : 202, body: await viewOf(query, firstPage) };
    },
    async read({ by, params: { id }, query: page }) {
      const query = await statements.find(by, id);
      await queries.wait(query, page.wait * 1_000);
      return { status: 200, body: await viewOf(query, page) };
    },
    async explain({ by, body: { agent, ...order }, request, gone }) {
      const caller = { identity: by, address: request.ip, agent };
      return { status: 200, body: explanationView(await statements.explain(caller, order, gone)) };
    },
    async cancel({ by, params: { id } }) {
      const query = await statements.cancel(by, id);
      await queries.wait(query, 5_000);
      return { status: 200, body: await viewOf(query, firstPage) };
    },
  });
}

function promptOf({ prompt, promptBy, conversation }: z.output<typeof statementOrder>): PromptSeen | null {
  if (prompt === null) return null;
  return {
    text: prompt,
    source: 'api',
    ...(promptBy === null ? {} : { by: promptBy }),
    ...(conversation === null ? {} : { conversation }),
  };
}
