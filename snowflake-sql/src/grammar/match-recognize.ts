import type { Identifier, NumberLiteral } from '../tree/names.ts';
import type { MatchDefinition, MatchRecognize, MatchSubset, Relation, SelectItem } from '../tree/query.ts';
import { identifier } from './names.ts';
import { numberLiteral } from './literals.ts';
import { orderBy } from './order-by.ts';
import { selectItem } from './select-item.ts';
import {
  type Parser,
  descend,
  eatOneOf,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  expectWords,
  isName,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  refuse,
  startOf,
  symbol,
} from './parser.ts';

/** `MATCH_RECOGNIZE (...)` around the relation it follows. */
export function matchRecognize(p: Parser, input: Relation, start: number): MatchRecognize {
  expectWord(p, 'MATCH_RECOGNIZE');
  expectSymbol(p, '(');
  const partitionBy = eatWords(p, 'PARTITION', 'BY') ? list(p, p.grammar.expression) : [];
  const order = isWord(p, 'ORDER') ? orderBy(p) : null;
  const measures: SelectItem[] = eatWord(p, 'MEASURES') ? list(p, selectItem) : [];
  const allRows = rowsPerMatch(p);
  const skipTo = afterMatch(p);
  const parts: PatternParts = { pattern: [], repeats: [] };
  expectWord(p, 'PATTERN');
  expectSymbol(p, '(');
  patternTerms(p, parts);
  expectSymbol(p, ')');
  const subsets = eatWord(p, 'SUBSET') ? list(p, subset) : [];
  const define = eatWord(p, 'DEFINE') ? list(p, definition) : [];
  expectSymbol(p, ')');
  return {
    kind: 'match_recognize',
    start,
    end: endOf(p),
    input,
    partitionBy,
    orderBy: order,
    measures,
    allRows,
    ...parts,
    skipTo,
    subsets,
    define,
    alias: null,
    sample: null,
  };
}

/** The symbols and numbers of a pattern, collected as it is parsed. */
interface PatternParts {
  readonly pattern: Identifier[];
  readonly repeats: NumberLiteral[];
}

/** `ONE ROW PER MATCH`, `ALL ROWS PER MATCH SHOW EMPTY MATCHES`. */
function rowsPerMatch(p: Parser): boolean {
  if (eatWords(p, 'ONE', 'ROW', 'PER', 'MATCH')) return false;
  if (!isWord(p, 'ALL')) return false;
  expectWords(p, 'ALL', 'ROWS', 'PER', 'MATCH');
  if (eatWord(p, 'SHOW') || eatWord(p, 'OMIT')) expectWords(p, 'EMPTY', 'MATCHES');
  else if (eatWord(p, 'WITH')) expectWords(p, 'UNMATCHED', 'ROWS');
  return true;
}

/** `AFTER MATCH SKIP PAST LAST ROW`, `... TO NEXT ROW`, `... TO [FIRST|LAST] symbol`. */
function afterMatch(p: Parser): Identifier | null {
  if (!isWord(p, 'AFTER')) return null;
  expectWords(p, 'AFTER', 'MATCH', 'SKIP');
  if (eatWord(p, 'PAST')) {
    expectWords(p, 'LAST', 'ROW');
    return null;
  }
  expectWord(p, 'TO');
  if (eatWords(p, 'NEXT', 'ROW')) return null;
  if (isName(p, 1)) eatOneOf(p, 'FIRST', 'LAST');
  return identifier(p);
}

/** Symbols, groups and `|`, each with its quantifier, up to a closing parenthesis or brace. */
function patternTerms(p: Parser, parts: PatternParts): void {
  do {
    eatSymbol(p, '^');
    while (patternTerm(p, parts)) quantifier(p, parts);
    eatSymbol(p, '$');
  } while (eatSymbol(p, '|'));
}

function patternTerm(p: Parser, parts: PatternParts): boolean {
  if (isWord(p, 'PERMUTE') && isSymbol(p, '(', 1)) {
    p.at += 2;
    do patternTerms(p, parts);
    while (eatSymbol(p, ','));
    expectSymbol(p, ')');
    return true;
  }
  if (isName(p)) {
    parts.pattern.push(identifier(p));
    return true;
  }
  const exclusion = isSymbol(p, '{') && isSymbol(p, '-', 1);
  if (!exclusion && !isSymbol(p, '(')) return false;
  descend(p);
  p.at += exclusion ? 2 : 1;
  patternTerms(p, parts);
  if (exclusion) expectSymbol(p, '-');
  expectSymbol(p, exclusion ? '}' : ')');
  p.depth--;
  return true;
}

/** `*`, `+`, `?`, `{n}`, `{n,m}`, and `?` after any of them. */
function quantifier(p: Parser, parts: PatternParts): void {
  const kind = symbol(p);
  if (kind === '*' || kind === '+' || kind === '?') {
    p.at++;
  } else if (kind === '{' && !isSymbol(p, '-', 1)) {
    p.at++;
    if (isSymbol(p, 'number')) parts.repeats.push(numberLiteral(p));
    else if (!isSymbol(p, ',')) refuse(p, 'a number');
    if (eatSymbol(p, ',') && isSymbol(p, 'number')) parts.repeats.push(numberLiteral(p));
    expectSymbol(p, '}');
  } else {
    return;
  }
  eatSymbol(p, '?');
}

function subset(p: Parser): MatchSubset {
  const name = identifier(p);
  expectSymbol(p, '=');
  const symbols = parenthesizedList(p, identifier);
  return { kind: 'match_subset', start: name.start, end: endOf(p), name, symbols };
}

function definition(p: Parser): MatchDefinition {
  const start = startOf(p);
  const defined = identifier(p);
  expectWord(p, 'AS');
  const condition = p.grammar.expression(p);
  return { kind: 'match_definition', start, end: condition.end, symbol: defined, condition };
}
