import { parse } from './parse.ts';
import type { Tokens } from './tokens.ts';
import type * as Tree from './tree/index.ts';
import { walk } from './tree/walk.ts';

/**
 * A statement with `?` in place of each value that may differ in similar statements: values that a column is compared
 * with in a condition, and values that a column is set to. All other constants stay, because another one may change
 * what the statement does: `LEFT(IBAN, 0)`, `IFF(1 = 0, ...)`, `ORDER BY 1`. Comments and white space are removed, and
 * names and keywords are normalised. Null if the text is not exactly one statement, has a bind or a variable elsewhere,
 * or is longer than 16 Ki characters. Linear in the length of the text.
 */
export function skeletonOf(sql: string): string | null {
  if (sql.length > LONGEST) return null;
  const parsed = parse(sql);
  if (parsed.outcome !== 'parsed') return null;
  const { statement, tokens, firstToken, endToken } = parsed;
  const places = placesOf(statement);
  const parts: string[] = [];
  for (let index = firstToken; index < endToken; index += 1) {
    const at = tokens.starts[index]!;
    if (places.kept.has(at)) return null;
    parts.push(places.values.has(at) && tokens.kinds[index] !== 'variable' ? '?' : partOf(tokens, index));
    // A bind of several tokens, such as `:name`, is one value.
    const end = places.values.get(at) ?? 0;
    while (index + 1 < endToken && tokens.starts[index + 1]! < end) index += 1;
  }
  return parts.join(' ');
}

const LONGEST = 16 * 1024;

function partOf({ text, kinds, starts, ends }: Tokens, index: number): string {
  const own = text.slice(starts[index], ends[index]);
  return kinds[index] === 'word' || kinds[index] === 'variable' ? own.toUpperCase() : own;
}

interface Places {
  /** The start and the end of each value that may differ. */
  readonly values: ReadonlyMap<number, number>;
  /** The places of binds and variables whose values determine what the statement does. */
  readonly kept: ReadonlySet<number>;
}

function placesOf(statement: Tree.Statement): Places {
  const values = new Map<number, number>();
  const given: Tree.AnyNode[] = [];
  for (const node of walk(statement)) {
    if (node.kind === 'bind' || node.kind === 'variable') given.push(node);
    for (const value of valuesIn(node))
      for (const constant of constantsIn(value)) values.set(constant.start, constant.end);
  }
  return { values, kept: new Set(given.map(({ start }) => start).filter((start) => !values.has(start))) };
}

/** The expressions in a node that are assigned to columns, or compared with columns in its conditions. */
function valuesIn(node: Tree.AnyNode): readonly Tree.Expression[] {
  switch (node.kind) {
    case 'select':
      return [node.where, node.having, node.qualify].flatMap(comparedIn);
    case 'update':
    case 'delete':
      return comparedIn(node.where);
    case 'join':
    case 'merge':
      return comparedIn(node.on);
    case 'merge_clause':
    case 'insert_branch':
      return comparedIn(node.condition);
    case 'assignment':
      return [node.value];
    case 'merge_insert':
      return node.values;
    case 'insert_target':
      return node.values ?? [];
    case 'values':
      return node.rows.flatMap(({ items }) => items);
    default:
      return [];
  }
}

/** What columns are compared with in a condition, through AND, OR and NOT. */
function comparedIn(condition: Tree.Expression | null): readonly Tree.Expression[] {
  const found: Tree.Expression[] = [];
  const pending = condition === null ? [] : [condition];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    switch (one.kind) {
      case 'logical':
        pending.push(...one.operands);
        break;
      case 'not':
        pending.push(one.operand);
        break;
      case 'paren':
        pending.push(one.inner);
        break;
      case 'comparison':
      case 'distinct_from':
        if (namesColumn(one.left)) found.push(one.right);
        if (namesColumn(one.right)) found.push(one.left);
        break;
      case 'between':
        if (namesColumn(one.operand)) found.push(one.low, one.high);
        break;
      case 'in_list':
        if (namesColumn(one.operand)) found.push(...one.list);
        break;
      case 'like':
        if (namesColumn(one.operand)) found.push(...one.patterns);
        break;
      default:
        break;
    }
  }
  return found;
}

/** Whether an expression is a plain value: `'x'`, `-1`, `?`, `DATE '2024-01-01'`, `'x'::DATE`. */
function constantsIn(value: Tree.Expression): readonly Tree.AnyNode[] {
  switch (value.kind) {
    case 'string':
    case 'number':
    case 'bind':
    case 'variable':
      return [value];
    case 'typed_literal':
      return [value.value];
    case 'paren':
      return constantsIn(value.inner);
    case 'unary':
    case 'cast':
      return constantsIn(value.operand);
    default:
      return [];
  }
}

function namesColumn(expression: Tree.Expression): boolean {
  for (const { kind } of walk(expression)) if (kind === 'column') return true;
  return false;
}
