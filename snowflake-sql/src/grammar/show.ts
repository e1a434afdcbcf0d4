import type { Describe, Show, ShowScope } from '../tree/admin.ts';
import type { Words } from '../tree/names.ts';
import { call } from './call.ts';
import { numberLiteral, stringLiteral } from './literals.ts';
import { objectName, stageReference, wordsOf } from './names.ts';
import { PLURALS, isClassName, peekObjectType, signature } from './object-type.ts';
import { dottedWords, options, refuseRepeats } from './options.ts';
import { privilegeWords } from './privileges.ts';
import {
  type Parser,
  Refusal,
  areWords,
  eatOneOf,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectOneOf,
  expectWord,
  isAnyWord,
  isName,
  isSymbol,
  isWord,
  refuse,
  startOf,
  textOfToken,
} from './parser.ts';

/** `SHOW [TERSE] what [HISTORY] [LIKE 'x'] [IN ...] [STARTS WITH 'x'] [LIMIT n [FROM 'x']]`. */
export function show(p: Parser): Show {
  const start = startOf(p);
  expectWord(p, 'SHOW');
  const flags: Words[] = [];
  if (isWord(p, 'TERSE')) flags.push(wordsOf(p, 1));
  const what = shown(p);
  if (flags.length === 0 && what.text === 'USERS' && isWord(p, 'TERSE')) flags.push(wordsOf(p, 1));
  if (isWord(p, 'HISTORY')) flags.push(wordsOf(p, 1));
  let like = null;
  let startsWith = null;
  let limit = null;
  let from = null;
  const scopes: ShowScope[] = [];
  for (;;) {
    if (like === null && eatWord(p, 'LIKE')) like = stringLiteral(p);
    else if (areWords(p, 'WITH', 'PRIVILEGES')) flags.push(...privileges(p));
    else if (startsWith === null && eatWords(p, 'STARTS', 'WITH')) startsWith = stringLiteral(p);
    else if (limit === null && eatWord(p, 'LIMIT')) {
      limit = numberLiteral(p);
      if (eatWord(p, 'FROM')) from = stringLiteral(p);
    } else if (scopes.length === 0 && isScope(p)) scopes.push(scope(p, what.text));
    else if (areWords(p, 'ROOT', 'ONLY') || (isWord(p, 'VERSION') && isName(p, 1))) flags.push(wordsOf(p, 2));
    else break;
  }
  refuseRepeats(flags);
  return { kind: 'show', start, end: endOf(p), what, like, scopes, startsWith, limit, from, flags };
}

/** The words for what is listed: plurals of types of object, and the other things that Snowflake lists. */
function shown(p: Parser): Words {
  if (isClassName(p)) return dottedWords(p, 1);
  let count = 0;
  let text = '';
  for (let words = 1; words <= LONGEST && isAnyWord(p, words - 1); words++) {
    const next = textOfToken(p, words - 1).toUpperCase();
    text = words === 1 ? next : `${text} ${next}`;
    if (PLURALS.has(text) || OTHERS.has(text)) count = words;
  }
  if (count === 0) refuse(p, 'the kind of object to show');
  return wordsOf(p, count);
}

/** What SHOW can list other than plurals of types of object. */
const OTHERS: ReadonlySet<string> = new Set(
  `
  BACKUPS
  BUDGETS
  CALLER GRANTS
  CHANNELS
  CLASSES
  COMPUTE POOL INSTANCES
  COMPUTE POOL INSTANCE FAMILIES
  CUSTOM_CLASSIFIERS
  DATA EXCHANGES
  DATASET VERSIONS
  DELEGATED AUTHORIZATIONS
  ENDPOINTS
  ENTITIES
  EVENT SHARES
  EXPORTED KEYS
  FUTURE GRANTS
  GIT BRANCHES
  GIT TAGS
  GLOBAL ACCOUNTS
  GRANTS
  IMAGES
  IMPORTED KEYS
  LIMITS
  LINEAGE
  LOCKS
  METRICS
  OBJECTS
  ORGANIZATION USER GROUPS
  PARAMETERS
  POLICIES
  PRIMARY KEYS
  PRIVILEGES
  REFERENCES
  REGIONS
  RELEASE CHANNELS
  RELEASE DIRECTIVES
  REPLICATION ACCOUNTS
  REPLICATION DATABASES
  RUNS
  SEMANTIC DIMENSIONS
  SEMANTIC FACTS
  SEMANTIC METRICS
  SERVICE CONTAINERS
  SERVICE INSTANCES
  SERVICE VOLUMES
  SHARED CONTENT
  SPCS VERSIONS
  SPECIFICATIONS
  TRUST CENTER FINDINGS
  UNIQUE KEYS
  USER FUNCTIONS
  USER PATS
  USER PROCEDURES
  USER PROGRAMMATIC ACCESS TOKENS
  USER WORKLOAD IDENTITY AUTHENTICATION METHODS
  VARIABLES
  VERSIONS
  `
    .trim()
    .split(/\n\s*/),
);

/** The maximum number of words in one of them. */
const LONGEST = Math.max(...[...PLURALS, ...OTHERS].map((each) => each.split(' ').length));

/** `WITH PRIVILEGES USAGE, MODIFY`. */
function privileges(p: Parser): Words[] {
  const found = [wordsOf(p, 2)];
  do {
    const count = privilegeWords(p);
    if (count === 0) refuse(p, 'a privilege');
    found.push(wordsOf(p, count));
  } while (eatSymbol(p, ','));
  return found;
}

const PREPOSITIONS = ['IN', 'ON', 'TO', 'OF', 'FOR', 'BY'] as const;

function isScope(p: Parser): boolean {
  return PREPOSITIONS.some((each) => isWord(p, each));
}

/** `IN ACCOUNT`, `IN SCHEMA s`, `ON TABLE t`, `TO ROLE r`, `IN d.s`. */
function scope(p: Parser, what: string): ShowScope {
  const start = startOf(p);
  const preposition = expectOneOf(p, ...PREPOSITIONS);
  const spelled = isSymbol(p, '.', 1) ? null : (peekObjectType(p)?.type ?? null);
  const type = scopeType(p);
  const objectType = type === 0 ? null : wordsOf(p, type);
  let name = null;
  if (isSymbol(p, 'stage')) name = stageReference(p);
  else if (isName(p) && !isEndWord(p)) name = objectName(p);
  else if (objectType === null) refuse(p, 'a name', 'an object type');
  checkScope(p, what, { preposition, objectType, name });
  const types = name === null ? null : signature(p, spelled);
  return { kind: 'show_scope', start, end: endOf(p), preposition, objectType, name, signature: types };
}

/** Only IN may take just a name, or just a type, which then means the current schema or database. */
function checkScope(
  p: Parser,
  what: string,
  { preposition, objectType, name }: Pick<ShowScope, 'preposition' | 'objectType' | 'name'>,
): void {
  const isAccount = objectType?.text === 'ACCOUNT';
  const isWhole = isAccount || objectType?.text === 'SESSION';
  if (isWhole && name !== null && !what.endsWith('GROUPS'))
    throw new Refusal(name, 'ACCOUNT and SESSION take no name here', []);
  if (isWhole) return;
  const ofGrants = what.endsWith('GRANTS');
  if ((preposition !== 'IN' || ofGrants) && name === null) refuse(p, 'a name');
  if (what === 'GRANTS' && preposition === 'IN' && objectType?.text !== 'APPLICATION') {
    throw new Refusal(objectType ?? name!, 'expected `APPLICATION`', ['`APPLICATION`']);
  }
  const mayBeBare = preposition === 'IN' && what !== 'PARAMETERS' && !ofGrants;
  if (objectType === null && !mayBeBare)
    throw new Refusal(name!, 'expected an object type', ['an object type']);
}

/** How many words name a type here; 0 when the word is part of a name: `IN tag.s`. */
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
  const types = signature(p, objectType);
  // The only option is `TYPE = COLUMNS | STAGE` for a table.
  const rest = isWord(p, 'TYPE') ? options(p) : [];
  return { kind: 'describe', start, end: endOf(p), objectType, name, signature: types, options: rest };
}

function describedName(p: Parser, objectType: Describe['objectType']): Describe['name'] {
  if (isSymbol(p, 'string')) return stringLiteral(p);
  if (isSymbol(p, 'number')) return numberLiteral(p);
  if (isSymbol(p, 'stage')) return stageReference(p);
  if (objectType === 'session' && !isName(p)) return null;
  const name = objectName(p);
  return objectType === 'result' && isSymbol(p, '(') ? call(p, name) : name;
}
