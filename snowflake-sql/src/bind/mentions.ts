import { type AnyNode, nodesIn } from '../children.ts';
import type { Query } from '../tree/query.ts';

/** Whether a query names a table (or CTE) by this bare name, anywhere inside. */
export function mentionsTable(query: Query, name: string): boolean {
  for (const node of nodesIn([query])) if (isTableNamed(node, name)) return true;
  return false;
}

function isTableNamed(node: AnyNode, name: string): boolean {
  if (node.kind !== 'table' || !('name' in node)) return false;
  const named = node.name as { kind: string; parts?: readonly { name: string }[] };
  // A name that a value gives may be this one.
  return named.kind === 'dynamic_name' || (named.parts?.length === 1 && named.parts[0]!.name === name);
}
