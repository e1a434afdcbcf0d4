import type { Tree } from '@sluice/snowflake-sql';
import { rowsIn, valuesAt } from './cursors.ts';
import { afterBody, type Flow, ON } from './flow.ts';
import { expressionError } from './raised.ts';
import { evaluated, type Run } from './run.ts';
import type { Named, Scope } from './scope.ts';
import { isTrue, whole } from './value.ts';

type Looping = Tree.While | Tree.Repeat | Tree.Loop;

/** WHILE, REPEAT and LOOP: until a condition, BREAK or RETURN ends them. */
export async function runLoop(run: Run, scope: Scope, loop: Looping): Promise<Flow> {
  const label = loop.label?.name ?? null;
  for (;;) {
    await run.budget.step();
    if (loop.kind === 'while' && !isTrue(await evaluated(run, scope, loop.condition))) return ON;
    const after = afterBody(await run.list(run, scope.inner(), loop.statements), label);
    if (after !== 'again') return after;
    if (loop.kind === 'repeat' && isTrue(await evaluated(run, scope, loop.until))) return ON;
  }
}

/** FOR over numbers, a cursor, a RESULTSET or a query. */
export async function runFor(run: Run, scope: Scope, loop: Tree.For): Promise<Flow> {
  const label = loop.label?.name ?? null;
  const { name } = loop.variable;
  const turns =
    loop.source.kind === 'count_range'
      ? await counted(run, scope, loop.source)
      : await rows(run, scope, loop.source);
  for (const named of turns) {
    await run.budget.step();
    const inner = scope.inner();
    inner.declare(name, named);
    const after = afterBody(await run.list(run, inner, loop.statements), label);
    if (after !== 'again') return after;
  }
  return ON;
}

async function counted(
  run: Run,
  scope: Scope,
  { from, to, reverse }: Tree.CountRange,
): Promise<Iterable<Named>> {
  const [low, high] = [await bound(run, scope, from), await bound(run, scope, to)];
  return (function* () {
    for (let done = 0; low + done <= high; done += 1) {
      const value = whole(reverse ? high - done : low + done);
      yield { is: 'variable', value, type: null } as const;
    }
  })();
}

async function bound(run: Run, scope: Scope, node: Tree.Expression): Promise<number> {
  const { value } = (await evaluated(run, scope, node)).bind;
  const number = value === null ? Number.NaN : Math.round(Number(value));
  if (!Number.isSafeInteger(number)) throw expressionError('the bounds of FOR are whole numbers');
  return number;
}

async function rows(run: Run, scope: Scope, source: Tree.Expression): Promise<Iterable<Named>> {
  const result = await rowsIn(run, scope, source);
  return (function* () {
    for (let at = 0; ; at += 1) {
      const values = valuesAt(result, at);
      if (values === null) return;
      const byName = result.columns.map(({ name }, index) => [name, values[index]!] as const);
      yield { is: 'row', values: new Map(byName) } as const;
    }
  })();
}
