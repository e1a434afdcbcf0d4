import type { Identifier } from '../tree/names.ts';
import type { SetVariables, Transaction, UnsetVariables, Use } from '../tree/admin.ts';
import type { Statement } from '../tree/statements.ts';
import { comment, drop, undrop } from './drop.ts';
import { describe, show } from './show.ts';
import { grant, revoke } from './grant.ts';
import { anyIdentifier, identifier, objectName } from './names.ts';
import {
  type Parser,
  Refusal,
  eatOneOf,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isSymbol,
  list,
  parenthesizedList,
  startOf,
  word,
} from './parser.ts';

/** A statement that changes the session, permissions or whole objects; null when none is next. */
export function adminStatement(p: Parser): Statement | null {
  switch (word(p)) {
    case 'USE':
      return use(p);
    case 'SET':
      return setVariables(p);
    case 'UNSET':
      return unsetVariables(p);
    case 'START':
    case 'COMMIT':
    case 'ROLLBACK':
      return transaction(p);
    case 'SHOW':
      return show(p);
    case 'DESCRIBE':
    case 'DESC':
      return describe(p);
    case 'GRANT':
      return grant(p);
    case 'REVOKE':
      return revoke(p);
    case 'COMMENT':
      return comment(p);
    case 'DROP':
      return drop(p);
    case 'UNDROP':
      return undrop(p);
    default:
      return null;
  }
}

function use(p: Parser): Use {
  const start = startOf(p);
  p.at++;
  if (eatWords(p, 'SECONDARY', 'ROLES')) {
    const roles = eatOneOf(p, 'ALL', 'NONE') ?? list(p, identifier);
    return { kind: 'use', start, end: endOf(p), what: 'secondary_roles', name: null, roles };
  }
  const what = useTarget(p);
  const name = objectName(p);
  return { kind: 'use', start, end: name.end, what, name, roles: [] };
}

/** `USE d` means the database, `USE d.s` the schema. */
function useTarget(p: Parser): Use['what'] {
  if (isSymbol(p, '.', 1)) return 'schema';
  switch (eatOneOf(p, 'ROLE', 'WAREHOUSE', 'DATABASE', 'SCHEMA', 'CATALOG')) {
    case 'ROLE':
      return 'role';
    case 'WAREHOUSE':
      return 'warehouse';
    case 'SCHEMA':
      return 'schema';
    case 'CATALOG':
      return 'catalog';
    case 'DATABASE':
    case null:
    default:
      return 'database';
  }
}

/** `SET a = 1`, `SET (a, b) = (1, 2)`. */
function setVariables(p: Parser): SetVariables {
  const start = startOf(p);
  p.at++;
  const several = isSymbol(p, '(');
  const names: Identifier[] = several ? parenthesizedList(p, anyIdentifier) : [anyIdentifier(p)];
  expectSymbol(p, '=');
  const value = p.grammar.expression(p);
  const values = several && value.kind === 'row' ? value.items : [value];
  if (several && value.kind !== 'subquery' && values.length !== names.length) {
    throw new Refusal(value, `expected ${names.length} values, found ${values.length}`, []);
  }
  return { kind: 'set_variables', start, end: endOf(p), names, values };
}

function unsetVariables(p: Parser): UnsetVariables {
  const start = startOf(p);
  p.at++;
  const names: Identifier[] = isSymbol(p, '(') ? parenthesizedList(p, anyIdentifier) : [anyIdentifier(p)];
  return { kind: 'unset_variables', start, end: endOf(p), names };
}

/** `BEGIN [WORK|TRANSACTION] [NAME n]`, `START TRANSACTION [NAME n]`, `COMMIT [WORK]`, `ROLLBACK [WORK]`. */
export function transaction(p: Parser): Transaction {
  const start = startOf(p);
  if (eatWord(p, 'COMMIT')) return ended(p, start, 'commit');
  if (eatWord(p, 'ROLLBACK')) return ended(p, start, 'rollback');
  if (eatWord(p, 'START')) {
    expectWord(p, 'TRANSACTION');
  } else {
    expectWord(p, 'BEGIN');
    eatOneOf(p, 'WORK', 'TRANSACTION');
  }
  const name = eatWord(p, 'NAME') ? identifier(p) : null;
  return { kind: 'transaction', start, end: endOf(p), action: 'begin', name };
}

function ended(p: Parser, start: number, action: 'commit' | 'rollback'): Transaction {
  eatWord(p, 'WORK');
  return { kind: 'transaction', start, end: endOf(p), action, name: null };
}
