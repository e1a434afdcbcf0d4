import type { SourceRange } from '../source-range.ts';
import type { AnyNode, NodeKind } from '../tree/any-node.ts';
import { addChildren } from '../tree/children.ts';
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
const FOLLOWED: ReadonlySet<NodeKind> = new Set<Statement['kind']>([
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
const READERS: ReadonlySet<NodeKind> = new Set<NodeKind>(['query', 'table', 'table_function', 'derived']);

const REFERENCES: ReadonlySet<NodeKind> = new Set<NodeKind>([
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
