import type { Grant, GrantObject, Grantee, GranteeType, Privilege, Revoke } from '../tree/admin.ts';
import type { Name, Words } from '../tree/names.ts';
import { anyIdentifier, columnName, objectName, words } from './names.ts';
import { nameAndSignature, peekObjectType } from './object-type.ts';
import { dottedWords, wordsOf } from './options.ts';
import {
  type Parser,
  areWords,
  eatSymbol,
  eatWord,
  endOf,
  expectWord,
  isAnyWord,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  refuse,
  startOf,
} from './parser.ts';

/** `GRANT privileges ON object TO grantee`, `GRANT ROLE r TO ...`. */
export function grant(p: Parser): Grant {
  const start = startOf(p);
  expectWord(p, 'GRANT');
  const roles = isRoleGrant(p) ? [grantee(p)] : [];
  const privileges = roles.length > 0 ? [] : list(p, privilege);
  const on = roles.length === 0 && eatWord(p, 'ON') ? grantObject(p) : null;
  expectWord(p, 'TO');
  const to = list(p, grantee);
  const flags: Words[] = [];
  if (areWords(p, 'WITH', 'GRANT', 'OPTION')) flags.push(wordsOf(p, 3));
  if (areWords(p, 'COPY', 'CURRENT', 'GRANTS') || areWords(p, 'REVOKE', 'CURRENT', 'GRANTS'))
    flags.push(wordsOf(p, 3));
  return { kind: 'grant', start, end: endOf(p), privileges, roles, on, to, flags };
}

/** `REVOKE [GRANT OPTION FOR] privileges ON object FROM grantee [CASCADE|RESTRICT]`. */
export function revoke(p: Parser): Revoke {
  const start = startOf(p);
  expectWord(p, 'REVOKE');
  const flags: Words[] = [];
  if (areWords(p, 'GRANT', 'OPTION', 'FOR')) flags.push(words(p, 'GRANT', 'OPTION', 'FOR'));
  const roles = isRoleGrant(p) ? [grantee(p)] : [];
  const privileges = roles.length > 0 ? [] : list(p, privilege);
  const on = roles.length === 0 && eatWord(p, 'ON') ? grantObject(p) : null;
  expectWord(p, 'FROM');
  const from = list(p, grantee);
  if (isWord(p, 'CASCADE') || isWord(p, 'RESTRICT')) flags.push(wordsOf(p, 1));
  return { kind: 'revoke', start, end: endOf(p), privileges, roles, on, from, flags };
}

function isRoleGrant(p: Parser): boolean {
  if (isWord(p, 'ROLE')) return true;
  return ROLE_TYPES.some(([first, second]) => areWords(p, first, second));
}

const ROLE_TYPES = [
  ['DATABASE', 'ROLE', 'database_role'],
  ['APPLICATION', 'ROLE', 'application_role'],
  ['SERVICE', 'ROLE', 'service_role'],
  ['INSTANCE', 'ROLE', 'instance_role'],
] as const;

function grantee(p: Parser): Grantee {
  const start = startOf(p);
  const type = granteeType(p);
  const name = objectName(p);
  const member = eatSymbol(p, '!') ? anyIdentifier(p) : null;
  return { kind: 'grantee', start, end: endOf(p), type, name, member };
}

/** A bare name is a role, for compatibility with old scripts. */
function granteeType(p: Parser): GranteeType {
  for (const [first, second, type] of ROLE_TYPES) {
    if (areWords(p, first, second)) {
      p.at += 2;
      return type;
    }
  }
  if (areWords(p, 'APPLICATION', 'PACKAGE')) {
    p.at += 2;
    return 'application_package';
  }
  if (!isAnyWord(p, 1) && !isSymbol(p, 'quoted', 1)) return 'role';
  if (eatWord(p, 'USER')) return 'user';
  if (eatWord(p, 'SHARE')) return 'share';
  if (eatWord(p, 'APPLICATION')) return 'application';
  eatWord(p, 'ROLE');
  return 'role';
}

/** `SELECT`, `CREATE TABLE`, `ALL PRIVILEGES`, `SELECT (a, b)`. */
function privilege(p: Parser): Privilege {
  const start = startOf(p);
  let count = 0;
  while (
    isAnyWord(p, count) &&
    !isWord(p, 'ON', count) &&
    !isWord(p, 'TO', count) &&
    !isWord(p, 'FROM', count)
  )
    count++;
  if (count === 0) refuse(p, 'a privilege');
  const found = dottedWords(p, count);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  return { kind: 'privilege', start, end: endOf(p), words: found, columns };
}

/** `TABLE t`, `ALL TABLES IN SCHEMA s`, `FUTURE VIEWS IN DATABASE d`, `ACCOUNT`. */
function grantObject(p: Parser): GrantObject {
  const start = startOf(p);
  if (isWord(p, 'ALL') || isWord(p, 'FUTURE')) {
    const quantity = isWord(p, 'ALL') ? 'all' : 'future';
    let count = 1;
    while (isAnyWord(p, count) && !isWord(p, 'IN', count)) count++;
    if (!isWord(p, 'IN', count)) refuse(p, 'types of objects and `IN`');
    const container = peekObjectType(p, count + 1)?.words.length ?? 0;
    const objectType = wordsOf(p, count + 1 + container);
    const names: Name[] = isWord(p, 'TO') || isWord(p, 'FROM') ? [] : [objectName(p)];
    return { kind: 'grant_object', start, end: endOf(p), objectType, quantity, names, signature: null };
  }
  const spelled = peekObjectType(p);
  if (spelled === null || isSymbol(p, '.', 1)) refuse(p, 'a type of object');
  const objectType = wordsOf(p, spelled.words.length);
  const names: Name[] = [];
  let signature = null;
  if (!isWord(p, 'TO') && !isWord(p, 'FROM')) {
    do {
      const found = nameAndSignature(p);
      names.push(found.name);
      signature = found.signature ?? signature;
    } while (eatSymbol(p, ','));
  }
  return { kind: 'grant_object', start, end: endOf(p), objectType, quantity: 'one', names, signature };
}
