import { parse, tokenize, type Tree, walk } from '@sluice/snowflake-sql';
import { knownFunctions } from '@sluice/snowflake-sql/editor';
import type { Fix, FixEdit } from './fixes.ts';
import type { Span } from './script.ts';
import { nameAt } from './words-at.ts';
import { SQL_WORDS } from './words.ts';

const WORDS = SQL_WORDS.fixes;

type Parsed = Extract<ReturnType<typeof parse>, { outcome: 'parsed' }>;
type Tokens = Parsed['tokens'];

/**
 * Forms of one statement that do without what it was refused for at a place, as the relay's advice has them. They are
 * candidates: whether one passes, only the relay can say.
 */
export function rewritesAt(sql: string, place: Span): readonly Fix[] {
  const parsed = parse(sql);
  if (parsed.outcome === 'refused') return [];
  const { tokens } = parsed;
  const fixes: Fix[] = [];
  for (const node of walk(parsed.statement)) {
    if (node.end <= place.start || place.end <= node.start) continue;
    switch (node.kind) {
      case 'select':
        fixes.push(...conditionFixes(tokens, node, place));
        if (node.distinct) fixes.push(...distinctFix(tokens, node));
        break;
      case 'delete':
      case 'update':
        if (node.where?.kind === 'logical') fixes.push(...conjunctFix(node.where, place));
        break;
      case 'order_by':
        fixes.push(...itemFix(tokens, node, node.items, place, WORDS.dropOrder));
        break;
      case 'set_operation':
        fixes.push(...unionFix(tokens, node));
        break;
      case 'group_by':
        fixes.push(...groupFixes(sql, tokens, node, place));
        break;
      case 'like':
      case 'comparison':
      case 'between':
      case 'in_list':
        if (touches(node, place)) fixes.push(...comparingFixes(sql, node));
        break;
      case 'cast':
        if (touches(node, place)) fixes.push(...castFix(sql, tokens, node));
        break;
      case 'call':
        if (touches(node, place)) fixes.push(...callFix(sql, node));
        break;
      default:
    }
  }
  const different = new Map(fixes.map((fix) => [JSON.stringify(fix.edits), fix]));
  return [...different.values()].slice(0, MOST);
}

/** Each is asked about. */
const MOST = 8;

function touches(node: Span, place: Span): boolean {
  return (
    node.start <= place.start &&
    place.end <= node.end &&
    node.end - node.start <= (place.end - place.start) * 2 + 80
  );
}

function holds(node: Span, place: Span): boolean {
  return node.start <= place.start && place.end <= node.end;
}

function one(title: string, ...edits: readonly FixEdit[]): readonly Fix[] {
  return [{ title, edits }];
}

function conditionFixes(
  tokens: Tokens,
  { where, having, qualify }: Tree.Select,
  place: Span,
): readonly Fix[] {
  return [where, having, qualify].flatMap((condition) => {
    if (condition === null || !holds(condition, place)) return [];
    if (condition.kind === 'logical') return conjunctFix(condition, place);
    const keyword = tokens.starts.findLastIndex((start) => start < condition.start);
    const start = keyword < 1 ? 0 : tokens.ends[keyword - 1]!;
    return one(WORDS.dropCondition, { start, end: condition.end, text: '' });
  });
}

/** One of several conditions that all have to hold. */
function conjunctFix({ operator, operands }: Tree.Logical, place: Span): readonly Fix[] {
  const at = operands.findIndex((operand) => holds(operand, place));
  if (operator !== 'AND' || at < 0) return [];
  const [before, after] = [operands[at - 1], operands[at + 1]];
  if (before !== undefined)
    return one(WORDS.dropCondition, { start: before.end, end: operands[at]!.end, text: '' });
  return after === undefined
    ? []
    : one(WORDS.dropCondition, { start: operands[at]!.start, end: after.start, text: '' });
}

function distinctFix(tokens: Tokens, select: Tree.Select): readonly Fix[] {
  const at = tokens.starts.findIndex(
    (start, token) => start >= select.start && tokens.keywords[token] === 'DISTINCT',
  );
  if (at < 1) return [];
  return one(WORDS.dropDistinct, { start: tokens.ends[at - 1]!, end: tokens.ends[at]!, text: '' });
}

function itemFix(
  tokens: Tokens,
  list: Span,
  items: readonly Span[],
  place: Span,
  title: string,
): readonly Fix[] {
  const at = items.findIndex((item) => holds(item, place));
  if (at < 0) return [];
  const [before, after] = [items[at - 1], items[at + 1]];
  if (before !== undefined) return one(title, { start: before.end, end: items[at]!.end, text: '' });
  if (after !== undefined) return one(title, { start: items[at]!.start, end: after.start, text: '' });
  const first = tokens.starts.findIndex((start) => start >= list.start);
  return one(title, { start: first < 1 ? list.start : tokens.ends[first - 1]!, end: list.end, text: '' });
}

function unionFix(tokens: Tokens, { operators }: Tree.SetOperation): readonly Fix[] {
  const edits = operators.flatMap((operator) => {
    if (operator.operator !== 'UNION' || operator.all) return [];
    const at = tokens.starts.indexOf(operator.start);
    return at < 0 ? [] : [{ start: tokens.ends[at]!, end: tokens.ends[at]!, text: ' ALL' }];
  });
  return edits.length === 0 ? [] : one(WORDS.unionAll, ...edits);
}

function groupFixes(sql: string, tokens: Tokens, { items }: Tree.GroupBy, place: Span): readonly Fix[] {
  const item = items.find((one) => holds(one, place));
  if (item === undefined || item.kind === 'column') return [];
  const columns = [...walk(item)].filter((node) => node.kind === 'column');
  const [column] = columns;
  if (columns.length !== 1 || column === undefined) return [];
  // What is selected has to be what is grouped by.
  const written = sql.slice(item.start, item.end);
  const name = sql.slice(column.start, column.end);
  const same = tokens.starts.flatMap((start) => (sql.startsWith(written, start) ? [start] : []));
  return one(
    WORDS.groupByItself(name),
    ...same.map((start) => ({ start, end: start + written.length, text: name })),
  );
}

function comparingFixes(
  sql: string,
  node: Tree.Like | Tree.Comparison | Tree.Between | Tree.InList,
): readonly Fix[] {
  const sides = node.kind === 'comparison' ? [node.left, node.right] : [node.operand];
  const column = sides.find(({ kind }) => kind === 'column');
  if (column === undefined) return [];
  const name = sql.slice(column.start, column.end);
  const { start, end } = node;
  const fixes = [...one(WORDS.isNotNull(name), { start, end, text: `${name} IS NOT NULL` })];
  const [pattern] = node.kind === 'like' ? node.patterns : [];
  if (pattern?.kind === 'string' && !/[%_]/.test(pattern.value)) {
    const text = `${name} = ${sql.slice(pattern.start, pattern.end)}`;
    fixes.push(...one(WORDS.exactly(name), { start, end, text }));
  }
  return fixes;
}

function castFix(
  sql: string,
  tokens: Tokens,
  { style, operand, type, start, end }: Tree.Cast,
): readonly Fix[] {
  if (style === 'TRY_CAST') return [];
  const first = tokens.starts.indexOf(start);
  if (style === 'CAST' && tokens.keywords[first] === 'CAST')
    return one(WORDS.tryCast, { start, end: tokens.ends[first]!, text: 'TRY_CAST' });
  const text = `TRY_CAST(${sql.slice(operand.start, operand.end)} AS ${sql.slice(type.start, type.end)})`;
  return one(WORDS.tryCast, { start, end, text });
}

function callFix(sql: string, { name, bare }: Tree.Call): readonly Fix[] {
  const written = sql.slice(name.start, name.end);
  const safe = `TRY_${written.toUpperCase()}`;
  if (bare || !knownFunctions().some((known) => known.name === safe)) return [];
  const text = written === written.toLowerCase() ? safe.toLowerCase() : safe;
  return one(WORDS.tryFunction(text), { start: name.start, end: name.end, text });
}

/** Names that are a letter or two from what is written, for a name that is not there. */
export function nearNames(sql: string, offset: number, names: readonly string[]): readonly Fix[] {
  const path = nameAt(tokenize(sql).tokens, offset);
  if (path === null) return [];
  const written = sql.slice(path.start, path.end);
  const wanted = path.parts[path.at]!;
  return names
    .map((name) => ({ name, far: distance(wanted.toUpperCase(), name.toUpperCase()) }))
    .filter(({ far }) => far > 0 && far <= Math.max(1, Math.floor(wanted.length / 3)))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => {
      const isPlain = /^[A-Z_][A-Z0-9_$]*$/.test(name);
      const shown = isPlain ? name : `"${name.replaceAll('"', '""')}"`;
      const text = isPlain && written === written.toLowerCase() ? shown.toLowerCase() : shown;
      return { title: SQL_WORDS.replaceBy(text), edits: [{ start: path.start, end: path.end, text }] };
    });
}

/** Letters to change, add or leave out. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}
