import { isName, storedName, type Tokens } from './words-at.ts';

/** What stands in the FROM of the query around a place, as far as its tokens tell: the query need not parse. */
export interface Scope {
  /** Innermost query first. */
  readonly relations: readonly ScopedRelation[];
  /** Of the WITH before them. */
  readonly ctes: readonly ScopedQuery[];
}

export interface ScopedRelation {
  /** By which its columns are named, as stored. */
  readonly name: string;
  /** A table, view or CTE by the parts of its name; or the text of a query in parentheses. */
  readonly of: { readonly parts: readonly string[] } | { readonly query: string };
}

export interface ScopedQuery {
  readonly name: string;
  /** The text from WITH up to the end of its query: with a SELECT from it added, that is a statement. */
  readonly until: string;
}

/** @param before how many tokens stand before the place; those behind it count as well. */
export function scopeAt(tokens: Tokens, before: number): Scope {
  const pairs = parenthesesIn(tokens);
  const relations: ScopedRelation[] = [];
  const ctes: ScopedQuery[] = [];
  let [from, to] = [-1, tokens.kinds.length - 1];
  // From the whole statement to the innermost parentheses around the place.
  const levels: (readonly [number, number])[] = [[from, to]];
  for (;;) {
    const inner = [...pairs].find(
      ([open, close]) =>
        open > from && close <= to && open < before && before <= close && (open !== from || close !== to),
    );
    if (inner === undefined) break;
    [from, to] = inner;
    levels.push([from, to]);
  }
  for (const [open, close] of levels.toReversed()) {
    const own = ownTokens(tokens, pairs, open, close);
    ctes.push(...ctesIn(tokens, pairs, own));
    relations.push(...relationsIn(tokens, pairs, segmentAt(tokens, own, before)));
  }
  return { relations, ctes };
}

/** Each `(` with its `)`; what is not closed yet goes to the end. In the order of the text. */
function parenthesesIn({ kinds }: Tokens): ReadonlyMap<number, number> {
  const open: number[] = [];
  const pairs = new Map<number, number>();
  kinds.forEach((kind, at) => {
    if (kind === '(') {
      open.push(at);
      pairs.set(at, kinds.length - 1);
    } else if (kind === ')') {
      const begun = open.pop();
      if (begun !== undefined) pairs.set(begun, at);
    }
  });
  return pairs;
}

/** The tokens of one query that are in no parentheses inside it; of those, the opening ones stand for all. */
function ownTokens(
  { kinds }: Tokens,
  pairs: ReadonlyMap<number, number>,
  open: number,
  close: number,
): readonly number[] {
  const own: number[] = [];
  for (let at = open + 1; at < close && kinds[at] !== 'end'; at = (pairs.get(at) ?? at) + 1) own.push(at);
  return own;
}

/** Of a set operation, the query that the place is in. */
function segmentAt({ keywords }: Tokens, own: readonly number[], before: number): readonly number[] {
  const parts: number[][] = [[]];
  for (const at of own) {
    if (SET_OPERATORS.has(keywords[at]!)) parts.push([]);
    parts.at(-1)!.push(at);
  }
  return parts.findLast(([first = 0]) => first < before) ?? parts[0]!;
}

const SET_OPERATORS: ReadonlySet<string> = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'MINUS']);
const BEFORE_RELATION: ReadonlySet<string> = new Set(['FROM', 'JOIN', 'UPDATE', 'INTO', 'USING']);
const AFTER_RELATIONS: ReadonlySet<string> = new Set([
  'WHERE',
  'GROUP',
  'HAVING',
  'QUALIFY',
  'ORDER',
  'LIMIT',
  'SET',
  'ON',
  'WHEN',
  'VALUES',
  'SELECT',
  'FETCH',
]);

function relationsIn(
  tokens: Tokens,
  pairs: ReadonlyMap<number, number>,
  own: readonly number[],
): readonly ScopedRelation[] {
  const { kinds, keywords } = tokens;
  const found: ScopedRelation[] = [];
  let isList = false;
  for (let place = 0; place < own.length; place += 1) {
    const at = own[place]!;
    const keyword = keywords[at]!;
    if (AFTER_RELATIONS.has(keyword)) isList = false;
    const begins = BEFORE_RELATION.has(keyword) || (isList && kinds[at] === ',');
    if (!begins) continue;
    isList = true;
    let next = place + 1;
    while (['LATERAL', 'TABLE', 'OVERWRITE'].includes(keywords[own[next] ?? -1] ?? '')) next += 1;
    const relation = relationAt(tokens, pairs, own, next);
    if (relation !== null) found.push(relation);
  }
  return found;
}

function relationAt(
  tokens: Tokens,
  pairs: ReadonlyMap<number, number>,
  own: readonly number[],
  place: number,
): ScopedRelation | null {
  const { text, kinds, starts } = tokens;
  const first = own[place];
  if (first === undefined) return null;
  if (kinds[first] === '(') {
    const query = text.slice(starts[first]! + 1, starts[pairs.get(first)!]);
    const name = aliasAt(tokens, own, place + 1);
    return name === null ? null : { name, of: { query } };
  }
  if (!isName(tokens, first)) return null;
  const parts = [storedName(tokens, first)];
  let last = place;
  while (kinds[own[last + 1] ?? -1] === '.' && isName(tokens, own[last + 2] ?? -1)) {
    last += 2;
    parts.push(storedName(tokens, own[last]!));
  }
  // A table function, whose columns are not known here.
  const isTarget = tokens.keywords[own[place - 1] ?? -1] === 'INTO';
  if (kinds[own[last + 1] ?? -1] === '(' && !isTarget) return null;
  return { name: aliasAt(tokens, own, last + 1) ?? parts.at(-1)!, of: { parts } };
}

function aliasAt(tokens: Tokens, own: readonly number[], place: number): string | null {
  const at = own[place];
  if (at === undefined) return null;
  if (tokens.keywords[at] === 'AS') {
    const next = own[place + 1];
    return next !== undefined && isName(tokens, next) ? storedName(tokens, next) : null;
  }
  return isName(tokens, at) && !NEVER_ALIAS.has(tokens.keywords[at]!) ? storedName(tokens, at) : null;
}

const NEVER_ALIAS: ReadonlySet<string> = new Set([
  ...AFTER_RELATIONS,
  ...SET_OPERATORS,
  ...BEFORE_RELATION,
  'LEFT',
  'RIGHT',
  'FULL',
  'INNER',
  'CROSS',
  'NATURAL',
  'ASOF',
  'LATERAL',
  'OUTER',
  'SAMPLE',
  'TABLESAMPLE',
  'PIVOT',
  'UNPIVOT',
  'MATCH_RECOGNIZE',
  'MATCH_CONDITION',
  'AT',
  'BEFORE',
  'CHANGES',
  'START',
  'CONNECT',
  'WINDOW',
  'TABLE',
  'AND',
  'OR',
  'THEN',
]);

function ctesIn(
  tokens: Tokens,
  pairs: ReadonlyMap<number, number>,
  own: readonly number[],
): readonly ScopedQuery[] {
  const { text, kinds, keywords, starts, ends } = tokens;
  const found: ScopedQuery[] = [];
  const begin = own.findIndex((at) => keywords[at] === 'WITH');
  if (begin < 0) return found;
  let place = begin + 1;
  if (keywords[own[place] ?? -1] === 'RECURSIVE') place += 1;
  for (;;) {
    const at = own[place];
    if (at === undefined || !isName(tokens, at)) return found;
    const name = storedName(tokens, at);
    place += 1;
    if (kinds[own[place] ?? -1] === '(' && keywords[own[place + 1] ?? -1] === 'AS') place += 1;
    if (keywords[own[place] ?? -1] !== 'AS') return found;
    const open = own[place + 1];
    const close = open === undefined ? undefined : pairs.get(open);
    if (open === undefined || close === undefined || kinds[close] !== ')') return found;
    found.push({ name, until: text.slice(starts[own[begin]!], ends[close]) });
    place += 2;
    if (kinds[own[place] ?? -1] !== ',') return found;
    place += 1;
  }
}
