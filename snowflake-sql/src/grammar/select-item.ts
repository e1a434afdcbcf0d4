import type { Identifier } from '../tree/names.ts';
import type { SelectItem, Star } from '../tree/query.ts';
import { mayBeImplicitAlias } from '../keywords.ts';
import { columnName, identifier } from './names.ts';
import { isStar, star } from './star.ts';
import { type Parser, eatWord, endOf, symbol, word } from './parser.ts';

export function selectItemOrStar(p: Parser): SelectItem | Star {
  return isStar(p) ? star(p) : selectItem(p);
}

/** An expression and its alias, with or without AS. */
export function selectItem(p: Parser): SelectItem {
  const expression = p.grammar.expression(p);
  const alias = aliasClause(p);
  return { kind: 'select_item', start: expression.start, end: endOf(p), expression, alias };
}

function aliasClause(p: Parser): Identifier | null {
  if (eatWord(p, 'AS')) return columnName(p);
  const kind = symbol(p);
  if (kind === 'quoted') return identifier(p);
  if (kind !== 'word') return null;
  const keyword = word(p);
  return keyword === '' || mayBeImplicitAlias(keyword) ? identifier(p) : null;
}
