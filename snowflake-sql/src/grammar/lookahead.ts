import { type Parser, isSymbol, word } from './parser.ts';

/** Whether a query starts at the token `ahead` of the current one. It does not look inside parentheses. */
export function startsQuery(p: Parser, ahead = 0): boolean {
  switch (p.keywords[p.at + ahead] as string) {
    case 'SELECT':
    case 'WITH':
    case 'VALUES':
      return true;
    default:
      return false;
  }
}

/**
 * Whether a set operator or trailing clause of a query is next. Then what was parsed in parentheses is the first part
 * of a query.
 */
export function continuesQuery(p: Parser): boolean {
  switch (word(p)) {
    case 'UNION':
    case 'INTERSECT':
    case 'EXCEPT':
    case 'MINUS':
    case 'ORDER':
    case 'LIMIT':
    case 'OFFSET':
    case 'FETCH':
      return true;
    default:
      return false;
  }
}

/**
 * Whether `(a, b INT) ->` is next. It looks ahead only over names, types and commas, so each list is scanned once.
 */
export function startsLambda(p: Parser): boolean {
  let ahead = 1;
  if (isSymbol(p, ')', ahead)) return isSymbol(p, '->', ahead + 1);
  let nested = 0;
  for (; ; ahead++) {
    switch (p.kinds[p.at + ahead] as string) {
      case 'word':
      case 'quoted':
      case ',':
      case 'number':
        break;
      case '(':
        // Only a type's own parameters: `NUMBER(10, 2)`.
        if (nested === 1 || p.kinds[p.at + ahead - 1] !== 'word' || ahead === 1) return false;
        nested++;
        break;
      case ')':
        if (nested === 0) return isSymbol(p, '->', ahead + 1);
        nested--;
        break;
      default:
        return false;
    }
  }
}
