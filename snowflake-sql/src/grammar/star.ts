import type { Star, StarRename, StarReplace } from '../tree/query.ts';
import { columnName, columnReference, identifier } from './names.ts';
import { stringLiteral } from './literals.ts';
import {
  type Parser,
  eatSymbol,
  eatWord,
  endOf,
  expectWord,
  isName,
  isSymbol,
  parenthesizedList,
  startOf,
} from './parser.ts';

/** Whether `*` or `t.*` is next. */
export function isStar(p: Parser): boolean {
  let ahead = 0;
  while (p.kinds[p.at + ahead + 1] === '.' && isName(p, ahead)) {
    ahead += isSymbol(p, '.', ahead + 2) ? 3 : 2;
    if (ahead > 8) return false;
  }
  return isSymbol(p, '*', ahead);
}

/** `*`, `t.*`, and the columns it excludes, replaces or renames. */
export function star(p: Parser): Star {
  const start = startOf(p);
  const qualifier = isSymbol(p, '*') ? null : starQualifier(p);
  p.at++;
  const ilike = isSymbol(p, 'string', 1) && eatWord(p, 'ILIKE') ? stringLiteral(p) : null;
  const exclude = eatWord(p, 'EXCLUDE') ? oneOrMore(p, columnReference) : [];
  const replace = isSymbol(p, '(', 1) && eatWord(p, 'REPLACE') ? parenthesizedList(p, starReplace) : [];
  const rename = eatWord(p, 'RENAME') ? oneOrMore(p, starRename) : [];
  return { kind: 'star', start, end: endOf(p), qualifier, ilike, exclude, replace, rename };
}

function starQualifier(p: Parser): Star['qualifier'] {
  const start = startOf(p);
  const parts = [identifier(p)];
  let publicSchema = false;
  for (;;) {
    const end = endOf(p);
    p.at++;
    if (eatSymbol(p, '.')) publicSchema = true;
    if (isSymbol(p, '*')) return { kind: 'qualified_name', start, end, parts, publicSchema };
    parts.push(identifier(p));
  }
}

function oneOrMore<T>(p: Parser, item: (p: Parser) => T): T[] {
  return isSymbol(p, '(') ? parenthesizedList(p, item) : [item(p)];
}

function starReplace(p: Parser): StarReplace {
  const start = startOf(p);
  const expression = p.grammar.expression(p);
  expectWord(p, 'AS');
  const column = columnName(p);
  return { kind: 'star_replace', start, end: column.end, expression, column };
}

function starRename(p: Parser): StarRename {
  const start = startOf(p);
  const from = columnReference(p);
  expectWord(p, 'AS');
  const to = columnName(p);
  return { kind: 'star_rename', start, end: to.end, from, to };
}
