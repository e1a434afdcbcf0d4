import type { Tree } from '../../../statement/index.ts';

/**
 * A tree is lossless, so a translation is a set of rewrites: a node that no rewrite is for passes as it was
 * written, with its children rendered in their places.
 */
export type Render = (node: AnyNode) => string;

/** A node's text in the other dialect, or undefined to leave it as it is written. */
export type Rewrite = (node: AnyNode, render: Render, source: string) => string | undefined;

export type AnyNode = Tree.Node<string>;

export function renderWith(source: string, rewrite: Rewrite): Render {
  const render: Render = (node) => rewrite(node, render, source) ?? asWritten(node);

  function asWritten(node: AnyNode): string {
    let text = '';
    let at = node.start;
    for (const child of childrenOf(node)) {
      text += withoutComments(source.slice(at, child.start)) + render(child);
      at = child.end;
    }
    return text + withoutComments(source.slice(at, node.end));
  }
  return render;
}

/**
 * Comments stay behind: what stands in one is nobody's to read. Between nodes there are no literals, and a
 * comment that two readers could end at different places does not parse.
 */
function withoutComments(syntax: string): string {
  return syntax.replaceAll(/\/\*[^]*?\*\/|--[^\n]*|\/\/[^\n]*/g, ' ');
}

/** A node's children in the order of the source. */
export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .toSorted((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'start' in value;
}
