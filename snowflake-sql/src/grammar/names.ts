import type {
  Bind,
  DynamicName,
  Identifier,
  Name,
  QualifiedName,
  SessionVariable,
  StageReference,
  StringLiteral,
  Words,
} from '../tree/names.ts';
import type { ColumnReference } from '../tree/query.ts';
import type { Keyword } from '../keywords.ts';
import { bind, sessionVariable, stringLiteral } from './literals.ts';
import {
  type Parser,
  eatSymbol,
  eatWord,
  endOf,
  expectSymbol,
  isColumnName,
  isName,
  isSymbol,
  isWord,
  refuse,
  refuseBecause,
  startOf,
  symbol,
  takeAnyWord,
  textOf,
} from './parser.ts';

/** A name that is not reserved. */
export function identifier(p: Parser): Identifier {
  if (!isName(p)) refuse(p, 'a name');
  return takeIdentifier(p);
}

/** The name of a column, or of a column's alias. */
export function columnName(p: Parser): Identifier {
  if (!isColumnName(p)) refuse(p, 'a column name');
  return takeIdentifier(p);
}

/** A name where Snowflake also accepts reserved words: after a dot, or as a field. */
export function anyIdentifier(p: Parser): Identifier {
  const kind = symbol(p);
  if (kind !== 'word' && kind !== 'quoted') refuse(p, 'a name');
  return takeIdentifier(p);
}

/** Snowflake's limit on the length of an identifier, in characters, without quotes. */
const LONGEST = 255;

function takeIdentifier(p: Parser): Identifier {
  const { text, starts, ends } = p.tokens;
  const start = starts[p.at]!;
  const end = ends[p.at]!;
  const keyword = p.keywords[p.at]!;
  const quoted = p.kinds[p.at] === 'quoted';
  const name = quoted
    ? unquote(text, start, end)
    : keyword === ''
      ? text.slice(start, end).toUpperCase()
      : keyword;
  // The limit is in characters; some are two UTF-16 code units, which `length` counts.
  if (name.length > LONGEST && Array.from(name).length > LONGEST)
    refuseBecause(p, `a name has at most ${LONGEST} characters`);
  p.at++;
  return { kind: 'identifier', start, end, name, quoted };
}

function unquote(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
}

/** `a`, `a.b`, `a.b.c`, `a..c`. */
export function qualifiedName(p: Parser, most = 3): QualifiedName {
  const start = startOf(p);
  const parts = [identifier(p)];
  let publicSchema = false;
  while (isSymbol(p, '.')) {
    if (parts.length === most)
      refuseBecause(p, `a name has at most ${most} ${most === 1 ? 'part' : 'parts'} here`);
    p.at++;
    if (parts.length === 1 && most >= 3 && eatSymbol(p, '.')) publicSchema = true;
    else if (publicSchema) refuseBecause(p, 'a name with an empty schema has two parts');
    parts.push(anyIdentifier(p));
  }
  return { kind: 'qualified_name', start, end: endOf(p), parts, publicSchema };
}

/** A name, or `IDENTIFIER(...)`. */
export function objectName(p: Parser, most = 3): Name {
  return isDynamicName(p) ? dynamicName(p) : qualifiedName(p, most);
}

export function isDynamicName(p: Parser): boolean {
  return isWord(p, 'IDENTIFIER') && isSymbol(p, '(', 1);
}

/** `IDENTIFIER('...')`, `IDENTIFIER($v)`, `IDENTIFIER(:v)`, `IDENTIFIER(v)`. */
export function dynamicName(p: Parser): DynamicName {
  const start = startOf(p);
  p.at++;
  expectSymbol(p, '(');
  const argument = nameArgument(p);
  expectSymbol(p, ')');
  return { kind: 'dynamic_name', start, end: endOf(p), via: 'IDENTIFIER', argument };
}

/** A value that may name an object. */
export function nameArgument(p: Parser): StringLiteral | SessionVariable | Bind | Identifier {
  switch (symbol(p)) {
    case 'string':
    case 'dollars':
      return stringLiteral(p);
    case 'variable':
      return sessionVariable(p);
    case ':':
    case '?':
      return bind(p);
    default:
      return isName(p) ? identifier(p) : refuse(p, 'a string', 'a variable', 'a bind');
  }
}

/** A column, optionally qualified by its table's name. */
export function columnReference(p: Parser): ColumnReference {
  const name = isSymbol(p, '.', 1) ? qualifiedName(p, 4) : null;
  if (name === null) {
    const only = columnName(p);
    return { kind: 'column', start: only.start, end: only.end, parts: [only], publicSchema: false };
  }
  return {
    kind: 'column',
    start: name.start,
    end: name.end,
    parts: name.parts,
    publicSchema: name.publicSchema,
  };
}

/** The next `count` words, whatever they spell. */
export function wordsOf(p: Parser, count: number): Words {
  const start = startOf(p);
  let text = takeAnyWord(p);
  for (let i = 1; i < count; i++) text += ` ${takeAnyWord(p)}`;
  return { kind: 'words', start, end: endOf(p), text };
}

/** Exactly these keywords, as one node. */
export function words(p: Parser, ...expected: readonly Keyword[]): Words {
  const start = startOf(p);
  for (const keyword of expected) if (!eatWord(p, keyword)) refuse(p, `\`${keyword}\``);
  return { kind: 'words', start, end: endOf(p), text: expected.join(' ') };
}

/**
 * The parts of a stage token: `@~/p` is a user stage, `@db.s.%t/p` a table stage, `@db.s.n/p` a named stage.
 * Dots up to the first slash belong to the name.
 */
export function stageReference(p: Parser): StageReference {
  if (symbol(p) !== 'stage') refuse(p, 'a stage');
  const text = textOf(p);
  const start = startOf(p);
  p.at++;
  const end = endOf(p);
  if (text.startsWith('@~')) {
    if (text.length > 2 && text[2] !== '/') return refuseStage(p);
    return { kind: 'stage', start, end, name: null, type: 'user', path: text.slice(2) };
  }
  const parts: Identifier[] = [];
  let type: 'named' | 'table' = 'named';
  let publicSchema = false;
  let at = 1;
  for (;;) {
    if (text[at] === '%') {
      type = 'table';
      at++;
    }
    const part = stageNamePart(text, at, start);
    if (part === null) return refuseStage(p);
    parts.push(part);
    at = part.end - start;
    if (text[at] !== '.' || type === 'table' || parts.length === 3) break;
    at++;
    if (text[at] === '.' && parts.length === 1) {
      publicSchema = true;
      at++;
    }
  }
  if (at < text.length && text[at] !== '/') return refuseStage(p);
  const last = parts.at(-1)!;
  const name: QualifiedName = {
    kind: 'qualified_name',
    start: parts[0]!.start,
    end: last.end,
    parts,
    publicSchema,
  };
  return { kind: 'stage', start, end, name, type, path: text.slice(at) };
}

function refuseStage(p: Parser): never {
  p.at--;
  return refuse(p, 'a stage such as `@name/path`, `@%table` or `@~`');
}

/** The name in a stage token at `at`, with its range in the source; null when there is none. */
function stageNamePart(text: string, at: number, offset: number): Identifier | null {
  const quoted = text[at] === '"';
  let end = at;
  if (quoted) {
    do end = text.indexOf('"', end + 1) + 1;
    while (text[end] === '"');
  } else {
    while (end < text.length && /[\w$]/.test(text[end]!)) end++;
    if (end === at || /\d/.test(text[at]!)) return null;
  }
  const name = quoted ? unquote(text, at, end) : text.slice(at, end).toUpperCase();
  return { kind: 'identifier', start: offset + at, end: offset + end, name, quoted };
}
