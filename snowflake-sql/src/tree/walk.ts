import type { AnyNode, NodeKind, NodeOfKind } from './any-node.ts';
import { addChildren, children } from './children.ts';

/** Yields a node and all its descendants in the order of the text, parents before children. */
export function* walk(root: AnyNode): Generator<AnyNode, void, undefined> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const from = waiting.length;
    addChildren(node, waiting);
    turnAround(waiting, from, node);
  }
}

/**
 * Callbacks by kind of node; nodes of other kinds are visited without a callback. `parent` is null at the root. A
 * callback returns `skip` to leave out the node's descendants, `stop` to end the visit, or nothing to continue.
 */
export type Visitor = {
  readonly [Kind in NodeKind]?: (node: NodeOfKind<Kind>, parent: AnyNode | null) => 'skip' | 'stop' | void;
};

/**
 * Visits a tree in the order of its text. It does not recurse, so a tree may be of any depth and size.
 *
 * @param enter - called before a node's descendants are visited
 * @param leave - called after them; not called for a node at which `enter` returned `skip` or `stop`
 */
export function visit(root: AnyNode, enter: Visitor, leave: Visitor = {}): void {
  const waiting: Step[] = [{ node: root, parent: null, isLeft: false }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { node, parent, isLeft } = step;
    // The type is a union of callbacks by kind; the one found is for this node's kind.
    const call = (isLeft ? leave : enter)[node.kind] as Call | undefined;
    const next = call?.(node, parent);
    if (next === 'stop') return;
    if (isLeft || next === 'skip') continue;
    waiting.push({ node, parent, isLeft: true });
    for (const child of children(node).toReversed())
      waiting.push({ node: child, parent: node, isLeft: false });
  }
}

interface Step {
  readonly node: AnyNode;
  readonly parent: AnyNode | null;
  readonly isLeft: boolean;
}

type Call = (node: AnyNode, parent: AnyNode | null) => 'skip' | 'stop' | void;

/** Puts the nodes added from index `from` on in reverse order of the text, since the walk takes them from the end. */
function turnAround(waiting: AnyNode[], from: number, parent: AnyNode): void {
  for (let index = from + 1; index < waiting.length; index += 1) {
    if (waiting[index - 1]!.start <= waiting[index]!.start || parent.kind === 'embedded') continue;
    waiting.splice(from, waiting.length, ...children(parent));
    break;
  }
  for (let low = from, high = waiting.length - 1; low < high; low += 1, high -= 1) {
    const node = waiting[low]!;
    waiting[low] = waiting[high]!;
    waiting[high] = node;
  }
}
