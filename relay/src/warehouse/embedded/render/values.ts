import type { BoundValues } from '@sluice/snowflake-sql/execution';
import { renderWanted } from './offsets.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { PLAIN } from './scope.ts';

export function renderValues(rendering: Rendering, values: BoundValues, wanted: readonly Wanted[]): string {
  const alias = rendering.fresh('b');
  const names = wanted.length === 0 ? ['n'] : wanted.map(({ name }) => name);
  const rows = values.rows.map((row) => {
    const items = wanted.map((one) => renderWanted(rendering, PLAIN, row[one.index]!, one));
    return `(${wanted.length === 0 ? '1' : items.join(', ')})`;
  });
  return `SELECT ${names.map((name) => `${alias}.${name}`).join(', ')} FROM (VALUES ${rows.join(', ')}) AS ${alias}(${names.join(', ')})`;
}
