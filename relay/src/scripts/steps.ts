import type { Tree } from '@sluice/snowflake-sql';
import type { StatementOutcome } from '../gate.ts';
import { expressionError } from './raised.ts';
import { type Run, sent, written } from './run.ts';
import type { Scope } from './scope.ts';

/**
 * Runs steps that are chained by `->>`, and answers with what the last one answers. The result of an earlier step is read as the
 * client could read it: with RESULT_SCAN, masked.
 */
export async function runSteps(run: Run, scope: Scope, { steps }: Tree.Flow): Promise<StatementOutcome> {
  const ids: string[] = [];
  const textOf = (step: Tree.Statement) =>
    written(run, scope, step, 'sql', {
      step({ index }) {
        const id = ids.at(-index);
        if (id === undefined) throw expressionError(`there is no step $${index} before this one`);
        return `TABLE(RESULT_SCAN('${id}'))`;
      },
    });
  for (const step of steps.slice(0, -1)) ids.push((await sent(run, textOf(step), 'counted')).queryId);
  const last = textOf(steps.at(-1)!);
  run.budget.statement();
  const outcome = await run.send(last.sql, last.binds, 'client');
  if (outcome.script !== true) return outcome;
  // It is over when it has been read: what is in it waits for that.
  for await (const _ of outcome.chunks);
  return await run.nested(last, run);
}
