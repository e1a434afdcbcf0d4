import type { SourceRange } from '../source-range.ts';
import type { AnyNode, NodeKind } from '../tree/any-node.ts';
import { addChildren } from '../tree/children.ts';
import type { Statement } from '../tree/statements.ts';

/**
 * The nodes of a statement's tree that were not bound: none, unless the binder has a defect. In queries and DML every
 * reference, subquery and relation counts; elsewhere (a clustering key, a policy's body) only what reads rows. Nested
 * statements are checked separately.
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

/** Statements in which every reference counts. */
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
