import type { Tree } from '@sluice/snowflake-sql';
import { declare } from './declarations.ts';
import { Raised } from './raised.ts';
import type { Run } from './run.ts';
import type { Flow } from './flow.ts';
import type { Scope } from './scope.ts';
import { runStatement } from './statements.ts';
import { text, whole } from './value.ts';

/** Runs a block in a scope of its own, with what it declares and catches. */
export async function runBlock(run: Run, outer: Scope, block: Tree.Block): Promise<Flow> {
  const scope = outer.inner();
  try {
    for (const declaration of block.declarations) await declare(run, scope, declaration);
    return await runList(run, scope, block.statements);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    const handler = block.handlers.find(({ exceptions }) =>
      exceptions.some(({ name }) => name === error.kind || name === 'OTHER'),
    );
    if (handler === undefined) throw error;
    return await handled(run, scope.inner(), handler, error);
  }
}

async function handled(
  run: Run,
  scope: Scope,
  { statements }: Tree.ExceptionHandler,
  raised: Raised,
): Promise<Flow> {
  scope.declare('SQLCODE', { is: 'variable', value: whole(raised.code), type: null });
  scope.declare('SQLERRM', { is: 'variable', value: text(raised.message), type: null });
  scope.declare('SQLSTATE', { is: 'variable', value: text(raised.state), type: null });
  const before = run.handling;
  run.handling = raised;
  try {
    return await runList(run, scope, statements);
  } finally {
    run.handling = before;
  }
}

/** One statement after the other, until one of them leads elsewhere. */
export async function runList(run: Run, scope: Scope, statements: readonly Tree.Statement[]): Promise<Flow> {
  for (const statement of statements) {
    await run.budget.step();
    const flow = await runStatement(run, scope, statement);
    if (flow.next !== 'statement') return flow;
  }
  return { next: 'statement' };
}
