import { addChildren, type AnyNode } from '../children.ts';
import type { SourceRange } from '../source-range.ts';
import type { Statement } from '../tree/statements.ts';

/**
 * What of a statement's tree nobody gave a meaning: none, unless the binding has a fault. In a query or a change
 * of rows that is every reference, subquery and relation; elsewhere (a clustering key, a policy's body) it is
 * what reads rows. Statements inside are looked at by themselves.
 */
export function unbound(
  statement: Statement,
  { visited, apart }: { readonly visited: ReadonlySet<object>; readonly apart: ReadonlySet<object> },
): readonly SourceRange[] {
  const must = FOLLOWED.has(statement.kind) ? REFERENCES : READERS;
  const left: SourceRange[] = [];
  const waiting: AnyNode[] = [statement];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (apart.has(node)) continue;
    if (must.has(node.kind) && !visited.has(node)) left.push({ start: node.start, end: node.end });
    addChildren(node, waiting);
  }
  return left;
}

/** Statements of which each reference counts. */
const FOLLOWED: ReadonlySet<string> = new Set([
  'query',
  'insert',
  'multi_insert',
  'update',
  'delete',
  'merge',
  'set_variables',
  'copy_into_location',
]);

/** What reads rows. */
const READERS: ReadonlySet<string> = new Set(['query', 'table', 'table_function', 'derived']);

const REFERENCES: ReadonlySet<string> = new Set([
  ...READERS,
  'exists',
  'in_query',
  'subquery',
  'bind',
  'call',
  'column',
  'dynamic_name',
  'flow_result',
  'position',
  'stage',
  'star',
  'variable',
]);
