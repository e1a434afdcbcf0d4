import type { AnyNode } from '../tree/any-node.ts';
import type { Query } from '../tree/query.ts';
import { walk } from '../tree/walk.ts';

/** Whether a query refers to a table or CTE by this bare name anywhere. */
export function mentionsTable(query: Query, name: string): boolean {
  for (const node of walk(query)) if (isTableNamed(node, name)) return true;
  return false;
}

function isTableNamed(node: AnyNode, name: string): boolean {
  if (node.kind !== 'table') return false;
  const named = node.name;
  // A name given by a value may be this one.
  return named.kind === 'dynamic_name' || (named.parts.length === 1 && named.parts[0]!.name === name);
}
