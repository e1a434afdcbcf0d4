import type { ParsedStatement } from './parse.ts';
import type { SourceRange } from './source-range.ts';

/**
 * The tokens of a statement that its tree does not hold: none, unless the grammar has a fault.
 *
 * A token that carries meaning of its own (a name, a literal, a variable, a stage) must lie in a leaf; keywords
 * and operators may be the own syntax of any node. Nodes must lie inside their parents, side by side. What stands
 * inside an embedded literal is accounted for by the literal.
 * @returns the ranges, in order
 */
export function unaccounted(parsed: ParsedStatement): readonly SourceRange[] {
  const { tokens, firstToken, endToken } = parsed;
  const leaves = new Set<number>();
  const faults: SourceRange[] = [];
  const indexOf = new Map(tokens.starts.map((start, index) => [start, index]));
  const pending: unknown[] = [parsed.statement];
  while (pending.length > 0) {
    const node = pending.pop();
    if (!isNode(node)) continue;
    const children = childrenOf(node);
    if (LEAVES.has(node.kind)) {
      for (
        let index = indexOf.get(node.start) ?? endToken;
        index < endToken && tokens.starts[index]! < node.end;
        index++
      ) {
        leaves.add(index);
      }
    }
    let end = node.start;
    for (const child of children.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      if (child.start < end || child.end > node.end) faults.push({ start: child.start, end: child.end });
      end = child.end;
      pending.push(child);
    }
  }
  for (let index = firstToken; index < endToken; index++) {
    const kind = tokens.kinds[index]!;
    const carriesMeaning = MEANINGFUL.has(kind) || (kind === 'word' && tokens.keywords[index] === '');
    if (carriesMeaning && !leaves.has(index))
      faults.push({ start: tokens.starts[index]!, end: tokens.ends[index]! });
  }
  return faults;
}

const LEAVES: ReadonlySet<string> = new Set([
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

const MEANINGFUL: ReadonlySet<string> = new Set([
  'quoted',
  'string',
  'dollars',
  'number',
  'variable',
  'position',
  'stage',
  'url',
]);

interface AnyNode extends SourceRange {
  readonly kind: string;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'start' in value;
}

/** The nodes directly below; of an embedded literal only the literal, whose content is a text of its own. */
function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (node.kind === 'embedded' && field === 'content') continue;
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) children.push(...value.filter(isNode));
  }
  return children;
}
