import type { ParsedStatement } from './parse.ts';
import type { SourceRange } from './source-range.ts';
import type { AnyNode, NodeKind } from './tree/any-node.ts';
import type { TokenKind } from './tokens.ts';
import { children } from './tree/children.ts';

/**
 * The tokens of a statement that its tree does not contain: none, unless the grammar has a defect.
 *
 * A token with a meaning of its own (a name, a literal, a variable, a stage) must be part of a leaf; keywords and
 * operators may be syntax of any node. Nodes must lie within their parents and must not overlap. The content of an
 * embedded literal is accounted for by the literal.
 * @returns the ranges, in order
 */
export function unaccounted(parsed: ParsedStatement): readonly SourceRange[] {
  const { tokens, firstToken, endToken } = parsed;
  /** For each token, from the statement's first: whether a leaf contains it. */
  const held = new Uint8Array(endToken - firstToken);
  const faults: SourceRange[] = [];
  const pending: AnyNode[] = [parsed.statement];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (LEAVES.has(node.kind)) {
      let index = firstAt(tokens.starts, node.start, firstToken, endToken);
      for (; index < endToken && tokens.starts[index]! < node.end; index++) held[index - firstToken] = 1;
    }
    let end = node.start;
    for (const child of childrenOf(node)) {
      if (child.start < end || child.end > node.end) faults.push({ start: child.start, end: child.end });
      end = child.end;
      pending.push(child);
    }
  }
  for (let index = firstToken; index < endToken; index++) {
    const kind = tokens.kinds[index]!;
    const carriesMeaning = MEANINGFUL.has(kind) || (kind === 'word' && tokens.keywords[index] === '');
    if (carriesMeaning && held[index - firstToken] === 0)
      faults.push({ start: tokens.starts[index]!, end: tokens.ends[index]! });
  }
  return faults;
}

const LEAVES: ReadonlySet<NodeKind> = new Set<NodeKind>([
  'bind',
  'data_type',
  'flow_result',
  'identifier',
  'local_file',
  'number',
  'path_field',
  'position',
  'stage',
  'string',
  'variable',
  'words',
]);

const MEANINGFUL: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'quoted',
  'string',
  'dollars',
  'number',
  'variable',
  'position',
  'stage',
  'url',
]);

/** The child nodes. An embedded literal has none here: its content is a separate text. */
function childrenOf(node: AnyNode): readonly AnyNode[] {
  return node.kind === 'embedded' ? [node.literal] : children(node);
}

/** The first token at or after an offset. */
function firstAt(starts: ArrayLike<number>, offset: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
