import type { Grant, GrantObject, Grantee, GranteeType, Privilege, Revoke } from '../tree/admin.ts';
import type { Name, Words } from '../tree/names.ts';
import { anyIdentifier, columnName, isDynamicName, objectName, words, wordsOf } from './names.ts';
import { isClassName, peekObjectType, peekPluralType, signature } from './object-type.ts';
import { dottedWords } from './options.ts';
import { privilegeWords } from './privileges.ts';
import {
  type Parser,
  areWords,
  eatSymbol,
  eatWord,
  endOf,
  expectWord,
  isName,
  isSymbol,
  isWord,
  list,
  once,
  parenthesizedList,
  refuse,
  startOf,
} from './parser.ts';

/** `GRANT privileges ON object TO grantee`, `GRANT ROLE r TO ...`. */
export function grant(p: Parser): Grant {
  const start = startOf(p);
  expectWord(p, 'GRANT');
  const { roles, privileges, on } = granted(p);
  expectWord(p, 'TO');
  const to = list(p, grantee);
  const flags: Words[] = [];
  if (on !== null) {
    if (areWords(p, 'WITH', 'GRANT', 'OPTION')) flags.push(wordsOf(p, 3));
    if (areWords(p, 'COPY', 'CURRENT', 'GRANTS') || areWords(p, 'REVOKE', 'CURRENT', 'GRANTS'))
      flags.push(wordsOf(p, 3));
  }
  return { kind: 'grant', start, end: endOf(p), privileges, roles, on, to, flags };
}

/** `REVOKE [GRANT OPTION FOR] privileges ON object FROM grantee [CASCADE|RESTRICT]`. */
export function revoke(p: Parser): Revoke {
  const start = startOf(p);
  expectWord(p, 'REVOKE');
  const flags: Words[] = [];
  if (areWords(p, 'GRANT', 'OPTION', 'FOR')) flags.push(words(p, 'GRANT', 'OPTION', 'FOR'));
  const { roles, privileges, on } = granted(p);
  expectWord(p, 'FROM');
  const from = list(p, grantee);
  if (on !== null && (isWord(p, 'CASCADE') || isWord(p, 'RESTRICT'))) flags.push(wordsOf(p, 1));
  return { kind: 'revoke', start, end: endOf(p), privileges, roles, on, from, flags };
}

/** A role, or privileges with the object they are on. */
function granted(p: Parser): Pick<Grant, 'roles' | 'privileges' | 'on'> {
  if (isRoleGrant(p)) return { roles: [grantedRole(p)], privileges: [], on: null };
  const privileges = list(p, privilege);
  expectWord(p, 'ON');
  return { roles: [], privileges, on: grantObject(p, privileges) };
}

function isRoleGrant(p: Parser): boolean {
  if (isWord(p, 'ROLE') || isClassName(p)) return true;
  return ROLE_TYPES.some(([first, second]) => areWords(p, first, second));
}

const ROLE_TYPES = [
  ['DATABASE', 'ROLE', 'database_role'],
  ['APPLICATION', 'ROLE', 'application_role'],
  ['SERVICE', 'ROLE', 'service_role'],
  ['INSTANCE', 'ROLE', 'instance_role'],
] as const;

/** A role; a role of an instance may be preceded by the instance's class: `SNOWFLAKE.CORE.BUDGET ROLE b!VIEWER`. */
function grantedRole(p: Parser): Grantee {
  if (!isClassName(p)) return grantee(p);
  const start = startOf(p);
  const ofClass = dottedWords(p, 1);
  expectWord(p, 'ROLE');
  const name = objectName(p);
  if (!eatSymbol(p, '!')) refuse(p, '`!`');
  const member = anyIdentifier(p);
  return { kind: 'grantee', start, end: endOf(p), type: 'instance_role', ofClass, name, member };
}

function grantee(p: Parser): Grantee {
  const start = startOf(p);
  const type = granteeType(p);
  const name = objectName(p, type === 'role' || type === 'user' ? 1 : 3);
  const mayHaveMember = type === 'service_role' || type === 'instance_role' || type === 'application_role';
  const member = mayHaveMember && eatSymbol(p, '!') ? anyIdentifier(p) : null;
  return { kind: 'grantee', start, end: endOf(p), type, ofClass: null, name, member };
}

/** The type of a grantee. A name without a type is a role, for compatibility with old scripts. */
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
  if (areWords(p, 'SHARE', 'IN', 'APPLICATION', 'PACKAGE')) {
    p.at += 4;
    return 'share_in_application_package';
  }
  // These words are never a role's name: in `TO ROLE`, the name is missing.
  if (eatWord(p, 'USER')) return 'user';
  if (eatWord(p, 'SHARE')) return 'share';
  if (eatWord(p, 'APPLICATION')) return 'application';
  eatWord(p, 'ROLE');
  return 'role';
}

/** `SELECT`, `CREATE TABLE`, `ALL PRIVILEGES`, `SELECT (a, b)`. */
function privilege(p: Parser): Privilege {
  const start = startOf(p);
  const count = privilegeWords(p);
  if (count === 0) refuse(p, 'a privilege');
  const found = isWord(p, 'CREATE') ? dottedWords(p, count) : wordsOf(p, count);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  return { kind: 'privilege', start, end: endOf(p), words: found, columns };
}

/** `TABLE t`, `t`, `ALL TABLES IN SCHEMA s`, `FUTURE VIEWS IN DATABASE d`, `ACCOUNT`. */
function grantObject(p: Parser, privileges: readonly Privilege[]): GrantObject {
  if (isWord(p, 'ALL') || isWord(p, 'FUTURE')) return manyObjects(p);
  const start = startOf(p);
  const spelled = isSymbol(p, '.', 1) ? null : peekObjectType(p);
  const mayBeTable = privileges.every(({ words: { text } }) => OF_TABLES.has(text));
  if (spelled === null && !(mayBeTable && (isName(p) || isDynamicName(p)))) refuse(p, 'an object type');
  const objectType = spelled === null ? impliedTable(p) : wordsOf(p, spelled.words.length);
  const names: Name[] = [];
  let types = null;
  if (spelled?.type !== 'account') {
    do {
      once(p, types);
      names.push(objectName(p));
      // In a grant to a share, a function is given by name only.
      if (isSymbol(p, '(')) types = signature(p, spelled?.type ?? null);
    } while (eatSymbol(p, ','));
  }
  return { kind: 'grant_object', start, end: endOf(p), objectType, quantity: 'one', names, signature: types };
}

/** Privileges on tables, for which the word TABLE may be omitted. */
const OF_TABLES: ReadonlySet<string> = new Set([
  'ALL',
  'ALL PRIVILEGES',
  'DELETE',
  'EVOLVE SCHEMA',
  'INSERT',
  'OWNERSHIP',
  'REBUILD',
  'REFERENCES',
  'SELECT',
  'TRUNCATE',
  'UPDATE',
]);

/** `ON t` means `ON TABLE t`: a node for the implied word, with an empty range. */
function impliedTable(p: Parser): Words {
  const at = startOf(p);
  return { kind: 'words', start: at, end: at, text: 'TABLE' };
}

/** `ALL TABLES IN SCHEMA s`, `FUTURE SCHEMAS IN DATABASE d`, `ALL TABLES IN ACCOUNT`. */
function manyObjects(p: Parser): GrantObject {
  const start = startOf(p);
  const quantity = isWord(p, 'ALL') ? 'all' : 'future';
  const type = peekPluralType(p, 1);
  if (type === 0) {
    p.at++;
    refuse(p, 'object types');
  }
  if (!isWord(p, 'IN', 1 + type)) {
    p.at += 1 + type;
    refuse(p, '`IN`');
  }
  const container = containerWords(p, 2 + type);
  const isAccount = isWord(p, 'ACCOUNT', 2 + type);
  const objectType = wordsOf(p, 2 + type + container);
  const names: Name[] = isAccount ? [] : [objectName(p)];
  return { kind: 'grant_object', start, end: endOf(p), objectType, quantity, names, signature: null };
}

/** How many words name the type of the objects' container. */
function containerWords(p: Parser, ahead: number): number {
  if (isWord(p, 'APPLICATION', ahead) && isWord(p, 'PACKAGE', ahead + 1)) return 2;
  if (CONTAINERS.some((each) => isWord(p, each, ahead)) && !isSymbol(p, '.', ahead + 1)) return 1;
  p.at += ahead;
  return refuse(p, ...CONTAINERS.map((each) => `\`${each}\``));
}

const CONTAINERS = ['SCHEMA', 'DATABASE', 'ACCOUNT', 'APPLICATION', 'SERVICE'] as const;
