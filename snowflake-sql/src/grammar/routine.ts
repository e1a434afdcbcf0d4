import type { ColumnDefinition, Parameter, Returns } from '../tree/ddl.ts';
import type { Words } from '../tree/names.ts';
import type { Option } from '../tree/options.ts';
import type { Body } from '../tree/statements.ts';
import type { Keyword } from '../keywords.ts';
import { dataType } from './data-type.ts';
import { startsQuery } from './lookahead.ts';
import { anyIdentifier, wordsOf } from './names.ts';
import { isOption, option, singleOptionAfter } from './options.ts';
import {
  type Parser,
  areWords,
  eatWord,
  endOf,
  expectWord,
  isSymbol,
  isWord,
  optionalItems,
  refuse,
  startOf,
  textOf,
} from './parser.ts';

/** The parameters of a routine or policy: `(a INT, b VARCHAR DEFAULT 'x')`. */
export function parameters(p: Parser): Parameter[] {
  return optionalItems(p, parameter);
}

function parameter(p: Parser): Parameter {
  const start = startOf(p);
  const before = mode(p, false);
  const name = anyIdentifier(p);
  const flags = before ?? mode(p, true);
  const columns = isWord(p, 'TABLE') ? tableColumns(p) : null;
  const type = columns === null ? dataType(p) : null;
  const more = areWords(p, 'NOT', 'NULL') ? [wordsOf(p, 2)] : [];
  const defaultValue = eatWord(p, 'DEFAULT') ? p.grammar.expression(p) : null;
  return {
    kind: 'parameter',
    start,
    end: endOf(p),
    name,
    type,
    columns: columns ?? [],
    defaultValue,
    flags: flags === null ? more : [flags, ...more],
  };
}

/** `IN`, `OUT`, ... as a mode rather than a name: before the name and its type, or between the two. */
function mode(p: Parser, named: boolean): Words | null {
  const following = p.kinds[p.at + 1];
  if (following !== 'word' && following !== 'quoted') return null;
  if (!named && p.kinds[p.at + 2] !== 'word') return null;
  return MODES.some((each) => isWord(p, each)) ? wordsOf(p, 1) : null;
}

const MODES = ['IN', 'OUT', 'INOUT', 'INPUT', 'OUTPUT'] as const;

/** `TABLE (a INT, b INT)`. */
function tableColumns(p: Parser): ColumnDefinition[] {
  expectWord(p, 'TABLE');
  return optionalItems(p, tableColumn);
}

function tableColumn(p: Parser): ColumnDefinition {
  const start = startOf(p);
  // The columns of a table argument may have only types.
  const typeOnly = isSymbol(p, ',', 1) || isSymbol(p, ')', 1) || isSymbol(p, '(', 1);
  const name = typeOnly ? anonymous(p) : anyIdentifier(p);
  const type = dataType(p);
  const flags = areWords(p, 'NOT', 'NULL') ? [wordsOf(p, 2)] : [];
  return {
    kind: 'column_definition',
    start,
    end: endOf(p),
    name,
    type,
    defaultValue: null,
    computed: null,
    check: null,
    references: null,
    policies: [],
    tags: [],
    options: [],
    flags,
  };
}

/** The name of a column without a name: empty, with an empty range. */
function anonymous(p: Parser): ColumnDefinition['name'] {
  const at = startOf(p);
  return { kind: 'identifier', start: at, end: at, name: '', quoted: false };
}

/** `RETURNS type [NOT NULL]`, `RETURNS TABLE (...)`. */
export function returns(p: Parser): Returns {
  const start = startOf(p);
  expectWord(p, 'RETURNS');
  const table = isWord(p, 'TABLE');
  const columns = table ? tableColumns(p) : [];
  if (!table && isFlag(p)) refuse(p, 'a type');
  const type = table ? null : dataType(p);
  const flags = areWords(p, 'NOT', 'NULL') ? [wordsOf(p, 2)] : isWord(p, 'NULL') ? [wordsOf(p, 1)] : [];
  return { kind: 'returns', start, end: endOf(p), table, type, columns, flags };
}

/** Whether an attribute or option of the routine, rather than a type, is next. */
function isFlag(p: Parser): boolean {
  return ROUTINE_FLAGS.some((phrase) => areWords(p, ...phrase)) || isWord(p, 'LANGUAGE') || isOption(p);
}

/** The options between a routine's RETURNS and its AS, and its language (SQL when none is given). */
export function routineOptions(p: Parser): { options: (Option | Words)[]; language: string } {
  const found: (Option | Words)[] = [];
  let language = 'SQL';
  for (;;) {
    if (isWord(p, 'LANGUAGE')) {
      const named = languageOption(p);
      language = named.language;
      found.push(named.option);
      continue;
    }
    const next = routineFlag(p) ?? (isOption(p) ? option(p) : null);
    if (next === null) return { options: found, language };
    found.push(next);
  }
}

/** `LANGUAGE SQL`. */
export function languageOption(p: Parser): { option: Option; language: string } {
  const name = wordsOf(p, 1);
  const language = textOf(p).toUpperCase();
  if (!LANGUAGES.has(language)) refuse(p, ...[...LANGUAGES].map((each) => `\`${each}\``));
  return { option: singleOptionAfter(p, name), language };
}

const LANGUAGES: ReadonlySet<string> = new Set(['SQL', 'JAVASCRIPT', 'JAVA', 'PYTHON', 'SCALA']);

/** An attribute of a routine, such as how it handles nulls; null when none is next. */
export function routineFlag(p: Parser): Words | null {
  for (const phrase of ROUTINE_FLAGS) {
    if (areWords(p, ...phrase)) return wordsOf(p, phrase.length);
  }
  return null;
}

const ROUTINE_FLAGS: readonly (readonly Keyword[])[] = [
  ['STRICT'],
  ['IMMUTABLE'],
  ['VOLATILE'],
  ['MEMOIZABLE'],
  ['CALLED', 'ON', 'NULL', 'INPUT'],
  ['RETURNS', 'NULL', 'ON', 'NULL', 'INPUT'],
  ['EXECUTE', 'AS', 'OWNER'],
  ['EXECUTE', 'AS', 'CALLER'],
  ['EXECUTE', 'AS', 'RESTRICTED', 'CALLER'],
  ['NOT', 'NULL'],
  ['COPY', 'GRANTS'],
];

/** The body after AS: a literal, or a statement or expression without quotes. */
export function routineBody(p: Parser, language: string, sql: 'statements' | 'function body'): Body {
  if (isSymbol(p, 'string') || isSymbol(p, 'dollars')) {
    return p.grammar.embedded(p, language === 'SQL' ? sql : { foreign: language });
  }
  if (startsQuery(p) || isWord(p, 'BEGIN') || isWord(p, 'DECLARE')) return p.grammar.statement(p);
  return p.grammar.expression(p);
}
