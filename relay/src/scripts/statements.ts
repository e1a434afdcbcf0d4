import type { Tree } from '@sluice/snowflake-sql';
import { intoOf } from '@sluice/snowflake-sql/script';
import { closeCursor, fetchCursor, openCursor, valuesAt } from './cursors.ts';
import { assign, assignValue, declare, rowsFor, rowsOfStatement } from './declarations.ts';
import { type Flow, ON } from './flow.ts';
import { runFor, runLoop } from './loops.ts';
import { declared, expressionError } from './raised.ts';
import { catching, evaluated, type Run, selected, sent, written } from './run.ts';
import type { Scope } from './scope.ts';
import { isTrue, NULL } from './value.ts';

/** Runs one statement of a block: it directs the block, or is sent through the gate. */
export async function runStatement(run: Run, scope: Scope, statement: Tree.Statement): Promise<Flow> {
  switch (statement.kind) {
    case 'block':
      return await run.block(run, scope, statement);
    case 'if':
      return await runBranches(run, scope, statement.branches, statement.otherwise, async ({ condition }) =>
        isTrue(await evaluated(run, scope, condition)),
      );
    case 'case_statement':
      return await runCase(run, scope, statement);
    case 'for':
      return await runFor(run, scope, statement);
    case 'while':
    case 'repeat':
    case 'loop':
      return await runLoop(run, scope, statement);
    case 'leave':
      return { next: statement.how, label: statement.label?.name ?? null };
    case 'return':
      return await runReturn(run, scope, statement);
    case 'raise':
      return raise(run, scope, statement);
    default:
      await runSimple(run, scope, statement);
      return ON;
  }
}

async function runSimple(run: Run, scope: Scope, statement: Tree.Statement): Promise<void> {
  switch (statement.kind) {
    case 'let':
      return await declare(run, scope, statement.declaration);
    case 'assign':
      return await assign(run, scope, statement.target.name, statement.value);
    case 'open':
      return await openCursor(run, scope, statement);
    case 'fetch':
      return await fetchCursor(run, scope, statement);
    case 'close':
      return closeCursor(scope, statement);
    case 'null_statement':
      return;
    default:
      return await runSql(run, scope, statement);
  }
}

/** What the warehouse is to do; the first row of `SELECT ... INTO` goes into variables. */
async function runSql(run: Run, scope: Scope, statement: Tree.Statement): Promise<void> {
  const into = intoOf(run.source, statement);
  if (into === null) {
    await rowsOfStatement(run, scope, statement, 'counted');
    return;
  }
  const result = await sent(run, written(run, scope, statement, 'sql', { leftOut: into.range }));
  const values = valuesAt(result, 0);
  if (values === null)
    throw expressionError('SELECT INTO statement expects exactly 1 returned row, but got 0.');
  for (const [index, name] of into.names.entries())
    await assignValue(run, scope, name, values[index] ?? NULL);
}

async function runBranches(
  run: Run,
  scope: Scope,
  branches: readonly Tree.ConditionalBranch[],
  otherwise: readonly Tree.Statement[],
  isMet: (branch: Tree.ConditionalBranch) => Promise<boolean>,
): Promise<Flow> {
  for (const branch of branches)
    if (await isMet(branch)) return await run.list(run, scope.inner(), branch.statements);
  return await run.list(run, scope.inner(), otherwise);
}

async function runCase(
  run: Run,
  scope: Scope,
  { operand, branches, otherwise }: Tree.CaseStatement,
): Promise<Flow> {
  if (operand === null)
    return await runBranches(run, scope, branches, otherwise, async ({ condition }) =>
      isTrue(await evaluated(run, scope, condition)),
    );
  const value = await evaluated(run, scope, operand);
  const given = value.typed?.('?') ?? '?';
  return await runBranches(run, scope, branches, otherwise, async ({ condition }) => {
    const { sql, binds } = written(run, scope, condition, 'expression');
    const compared = { sql: `${given} = (${sql})`, binds: { ...binds, '1': value.bind } };
    return isTrue(await selected(run, compared));
  });
}

/** What the client gets is what a statement answers, masked and on the record as any other. */
async function runReturn(run: Run, scope: Scope, { value, table }: Tree.Return): Promise<Flow> {
  const client = async (sql: string, binds = {}) =>
    await catching('STATEMENT_ERROR', async () => {
      run.budget.statement();
      return { next: 'return', outcome: await run.send(sql, binds, 'client') } as const;
    });
  if (value === null) return await client('SELECT NULL AS "anonymous block"');
  if (table && value.kind === 'subquery') {
    const { sql, binds } = written(run, scope, value.query, 'sql');
    return await client(sql, binds);
  }
  if (table || value.kind === 'statement_result') {
    const { queryId } = await rowsFor(run, scope, value);
    return await client(`SELECT * FROM TABLE(RESULT_SCAN('${queryId}'))`);
  }
  const { sql, binds } = written(run, scope, value, 'expression');
  return await client(`SELECT ${sql} AS "anonymous block"`, binds);
}

function raise(run: Run, scope: Scope, { exception, start }: Tree.Raise): never {
  if (exception === null) throw run.handling ?? expressionError('RAISE without an exception is for handlers');
  const named = scope.find(exception.name);
  if (named?.is !== 'exception') throw expressionError(`'${exception.name}' is no exception of the block`);
  const line = run.source.slice(0, start).split('\n').length;
  throw declared(exception.name, named.code, named.message, line);
}
