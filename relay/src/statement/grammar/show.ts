import type { Describe, Show, ShowScope } from '../tree/admin.ts';
import type { Words } from '../tree/names.ts';
import { call } from './call.ts';
import { dataType } from './data-type.ts';
import { numberLiteral, stringLiteral } from './literals.ts';
import { objectName, stageReference, wordsOf } from './names.ts';
import { peekObjectType } from './object-type.ts';
import { dottedWords, options } from './options.ts';
import {
  type Parser,
  areWords,
  eatOneOf,
  eatWord,
  eatWords,
  endOf,
  expectOneOf,
  expectWord,
  isAnyWord,
  isName,
  isSymbol,
  isWord,
  optionalItems,
  refuse,
  startOf,
} from './parser.ts';

/** `SHOW [TERSE] what [HISTORY] [LIKE 'x'] [IN ...] [STARTS WITH 'x'] [LIMIT n [FROM 'x']]`. */
export function show(p: Parser): Show {
  const start = startOf(p);
  expectWord(p, 'SHOW');
  const flags: Words[] = [];
  if (isWord(p, 'TERSE')) flags.push(wordsOf(p, 1));
  const what = shown(p);
  if (isWord(p, 'HISTORY')) flags.push(wordsOf(p, 1));
  let like = null;
  let startsWith = null;
  let limit = null;
  let from = null;
  const scopes: ShowScope[] = [];
  for (;;) {
    if (like === null && eatWord(p, 'LIKE')) like = stringLiteral(p);
    else if (isWord(p, 'WITH') && isWord(p, 'PRIVILEGES', 1)) flags.push(...privilegeWords(p));
    else if (startsWith === null && eatWords(p, 'STARTS', 'WITH')) startsWith = stringLiteral(p);
    else if (limit === null && eatWord(p, 'LIMIT')) {
      limit = numberLiteral(p);
      if (eatWord(p, 'FROM')) from = stringLiteral(p);
    } else if (isScope(p)) scopes.push(scope(p));
    else if (areWords(p, 'ROOT', 'ONLY') || (isWord(p, 'VERSION') && isName(p, 1))) flags.push(wordsOf(p, 2));
    else break;
  }
  return { kind: 'show', start, end: endOf(p), what, like, scopes, startsWith, limit, from, flags };
}

/** The words that say what is listed. */
function shown(p: Parser): Words {
  let count = 0;
  while (isAnyWord(p, count) && !endsShown(p, count)) count++;
  if (count === 0) refuse(p, 'what to show');
  return dottedWords(p, count);
}

function endsShown(p: Parser, ahead: number): boolean {
  switch (p.keywords[p.at + ahead] as string) {
    case 'BY':
    case 'FOR':
    case 'HISTORY':
    case 'IN':
    case 'LIKE':
    case 'LIMIT':
    case 'OF':
    case 'ON':
    case 'STARTS':
    case 'TO':
    case 'WITH':
      return true;
    default:
      return false;
  }
}

function privilegeWords(p: Parser): Words[] {
  const found = [wordsOf(p, 2)];
  for (;;) {
    found.push(wordsOf(p, 1));
    if (!isSymbol(p, ',')) return found;
    p.at++;
  }
}

const PREPOSITIONS = ['IN', 'ON', 'TO', 'OF', 'FOR', 'BY'] as const;

function isScope(p: Parser): boolean {
  return PREPOSITIONS.some((each) => isWord(p, each));
}

/** `IN ACCOUNT`, `IN SCHEMA s`, `ON TABLE t`, `TO ROLE r`, `IN d.s`. */
function scope(p: Parser): ShowScope {
  const start = startOf(p);
  const preposition = expectOneOf(p, ...PREPOSITIONS);
  const type = scopeType(p);
  const objectType = type === 0 ? null : wordsOf(p, type);
  let name = null;
  if (isSymbol(p, 'stage')) name = stageReference(p);
  else if (isName(p) && !isEndWord(p)) name = objectName(p);
  else if (objectType === null) refuse(p, 'a name', 'a type of object');
  const signature = isSymbol(p, '(') ? optionalItems(p, dataType) : null;
  return { kind: 'show_scope', start, end: endOf(p), preposition, objectType, name, signature };
}

/** How many words name a type here; none when the word is a name of its own: `IN tag.s`. */
function scopeType(p: Parser): number {
  if (isSymbol(p, '.', 1)) return 0;
  if (areWords(p, 'REPLICATION', 'ACCOUNTS') || areWords(p, 'DATA', 'EXCHANGE')) return 2;
  if (isWord(p, 'CLASS') || isWord(p, 'METRIC') || isWord(p, 'ORGANIZATION') || isWord(p, 'EXCHANGE'))
    return 1;
  return peekObjectType(p)?.words.length ?? 0;
}

function isEndWord(p: Parser): boolean {
  return isWord(p, 'LIMIT') || areWords(p, 'ROOT', 'ONLY') || (isWord(p, 'STARTS') && isWord(p, 'WITH', 1));
}

/** `DESCRIBE TABLE t`, `DESC FUNCTION f(INT)`, `DESCRIBE RESULT LAST_QUERY_ID()`. */
export function describe(p: Parser): Describe {
  const start = startOf(p);
  eatOneOf(p, 'DESCRIBE', 'DESC');
  const spelled = isSymbol(p, '.', 1) ? null : peekObjectType(p);
  const objectType = spelled?.type ?? null;
  p.at += spelled?.words.length ?? 0;
  if (objectType === 'search_optimization') expectWord(p, 'ON');
  const name = describedName(p, objectType);
  const signature = isSymbol(p, '(') ? optionalItems(p, dataType) : null;
  const rest = options(p);
  return { kind: 'describe', start, end: endOf(p), objectType, name, signature, options: rest };
}

function describedName(p: Parser, objectType: Describe['objectType']): Describe['name'] {
  if (isSymbol(p, 'string')) return stringLiteral(p);
  if (isSymbol(p, 'number')) return numberLiteral(p);
  if (isSymbol(p, 'stage')) return stageReference(p);
  if (objectType === 'session' && !isName(p)) return null;
  const name = objectName(p);
  return objectType === 'result' && isSymbol(p, '(') ? call(p, name) : name;
}
