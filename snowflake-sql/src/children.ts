import type { SourceRange } from './source-range.ts';

/** A node of any kind. */
export interface AnyNode extends SourceRange {
  readonly kind: string;
}

export function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'start' in value;
}

/** Some nodes and all below them, in no order that matters. */
export function* nodesIn(roots: readonly AnyNode[]): Generator<AnyNode> {
  const waiting: AnyNode[] = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    addChildren(node, waiting);
  }
}

/**
 * Adds the nodes directly below one, as its fields list them. Walks keep a list of their own rather than recurse: a
 * tree may be deeper than the stack. No list is made for a node: a text of 1 MiB has a million of them.
 */
export function addChildren(node: AnyNode, to: AnyNode[]): void {
  for (const field in node) {
    const value = node[field as keyof AnyNode] as unknown;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) to.push(item);
    } else if (isNode(value)) to.push(value);
  }
}
