import type {
  Bind,
  BooleanLiteral,
  NullLiteral,
  NumberLiteral,
  Position,
  SessionVariable,
  StringLiteral,
} from '../tree/names.ts';
import {
  type Parser,
  eatSymbol,
  endOf,
  isAnyWord,
  isSymbol,
  refuse,
  startOf,
  symbol,
  textOf,
} from './parser.ts';

/** `'...'` or `$$...$$`. */
export function stringLiteral(p: Parser): StringLiteral {
  const kind = symbol(p);
  if (kind !== 'string' && kind !== 'dollars') refuse(p, 'a string');
  const start = startOf(p);
  const end = p.tokens.ends[p.at]!;
  p.at++;
  if (kind === 'dollars') {
    return { kind: 'string', start, end, value: p.tokens.text.slice(start + 2, end - 2), quote: '$$' };
  }
  const inner = p.tokens.text.slice(start + 1, end - 1);
  return { kind: 'string', start, end, value: readEscapes(inner), quote: "'" };
}

/** The value of the text between single quotes. */
function readEscapes(inner: string): string {
  if (!inner.includes('\\') && !inner.includes("'")) return inner;
  return inner.replace(ESCAPE, (whole, octal?: string, hex?: string, unicode?: string) => {
    if (whole === "''") return "'";
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
    return SINGLE_ESCAPES[whole[1]!] ?? whole.slice(1);
  });
}

const ESCAPE = /''|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|[^])/g;

const SINGLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

export function numberLiteral(p: Parser): NumberLiteral {
  if (symbol(p) !== 'number') refuse(p, 'a number');
  const start = startOf(p);
  const text = textOf(p);
  p.at++;
  return { kind: 'number', start, end: endOf(p), text };
}

/** The current keyword, which the caller has checked to be TRUE or FALSE. */
export function booleanLiteral(p: Parser, value: boolean): BooleanLiteral {
  const start = startOf(p);
  p.at++;
  return { kind: 'boolean', start, end: endOf(p), value };
}

export function nullLiteral(p: Parser): NullLiteral {
  const start = startOf(p);
  p.at++;
  return { kind: 'null', start, end: endOf(p) };
}

/** `$name`. */
export function sessionVariable(p: Parser): SessionVariable {
  if (symbol(p) !== 'variable') refuse(p, 'a session variable');
  const start = startOf(p);
  const name = textOf(p).slice(1).toUpperCase();
  p.at++;
  return { kind: 'variable', start, end: endOf(p), name };
}

/** `$1`, after its qualifier, if any. */
export function position(p: Parser, qualifier: Position['qualifier'] = null): Position {
  const start = qualifier === null ? startOf(p) : qualifier.start;
  const index = Number(textOf(p).slice(1));
  if (index < 1 || index > 100_000) refuse(p, 'a column position from `$1`');
  p.at++;
  return { kind: 'position', start, end: endOf(p), qualifier, index };
}

/** `?`, `:1`, `:name`. */
export function bind(p: Parser): Bind {
  const start = startOf(p);
  if (eatSymbol(p, '?')) return { kind: 'bind', start, end: endOf(p), name: '?' };
  if (!isSymbol(p, ':')) refuse(p, 'a bind');
  p.at++;
  const quoted = isSymbol(p, 'quoted');
  if (!quoted && !isAnyWord(p) && !isSymbol(p, 'number')) refuse(p, 'a bind name');
  const text = textOf(p);
  if (isSymbol(p, 'number') && !/^\d+$/.test(text)) refuse(p, 'a bind number');
  p.at++;
  return { kind: 'bind', start, end: endOf(p), name: quoted ? text.slice(1, -1) : text.toUpperCase() };
}
