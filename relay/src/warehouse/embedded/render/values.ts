import type { BoundValues } from '@sluice/snowflake-sql/execution';
import { renderExpression } from './expressions.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { PLAIN } from './scope.ts';

export function renderValues(rendering: Rendering, values: BoundValues, wanted: readonly Wanted[]): string {
  const alias = rendering.fresh('b');
  const names = wanted.length === 0 ? ['n'] : wanted.map(({ name }) => name);
  const rows = values.rows.map((row) => {
    const items = wanted.map(({ index, reading }) =>
      renderExpression(rendering, PLAIN, row[index]!, reading),
    );
    return `(${wanted.length === 0 ? '1' : items.join(', ')})`;
  });
  return `SELECT ${names.map((name) => `${alias}.${name}`).join(', ')} FROM (VALUES ${rows.join(', ')}) AS ${alias}(${names.join(', ')})`;
}
