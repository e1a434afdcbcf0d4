import type { AnyNode, NodeKind, NodeOfKind } from './any-node.ts';
import { addChildren, children } from './children.ts';

/** A node and all below it: each before what is below it, in the order in which they stand in the text. */
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
 * What to do at a node of each kind; kinds that are not named are passed through. `parent` is null at the root.
 *
 * @returns `skip` to leave out what is below the node, `stop` to end the visit; nothing to go on.
 */
export type Visitor = {
  readonly [Kind in NodeKind]?: (node: NodeOfKind<Kind>, parent: AnyNode | null) => 'skip' | 'stop' | void;
};

/**
 * Goes through a tree in the order of its text. A tree of any depth and size may be visited: nothing recurses.
 *
 * @param enter - called before what is below a node
 * @param leave - called after it; not of a node that was skipped or stopped at
 */
export function visit(root: AnyNode, enter: Visitor, leave: Visitor = {}): void {
  const waiting: Step[] = [{ node: root, parent: null, isLeft: false }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { node, parent, isLeft } = step;
    // Of a union of functions, by kind, the one for this node's kind.
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

/** What was added last is to be taken from the end, in the text's order. */
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
