import type { DdlObjectType } from '../object-types.ts';
import type { Words } from '../tree/names.ts';
import type { Create } from '../tree/statements.ts';
import { argument } from './call.ts';
import type { CreateBuilding } from './create-building.ts';
import { checkCreate, checkModifiers } from './create-checks.ts';
import { createClause } from './create-clause.ts';
import { tableElements } from './column.ts';
import { stringLiteral } from './literals.ts';
import { objectName, wordsOf } from './names.ts';
import { isClassName, mostParts, objectType, peekObjectType } from './object-type.ts';
import { dottedWords } from './options.ts';
import { parameters, returns } from './routine.ts';
import { semanticViewClauses } from './semantic-view.ts';
import {
  type Parser,
  areWords,
  eatWord,
  eatWords,
  endOf,
  expectWord,
  isName,
  isSymbol,
  isWord,
  optionalItems,
  parenthesizedList,
  refuse,
  startOf,
} from './parser.ts';

/** `CREATE [OR REPLACE] [modifiers] type [IF NOT EXISTS] name ...`. */
export function create(p: Parser): Create {
  const start = startOf(p);
  const or = createVerb(p);
  const modifiers: Words[] = [];
  while (isModifier(p)) modifiers.push(wordsOf(p, 1));
  const isInstance = isClassName(p);
  if (isInstance) modifiers.push(dottedWords(p, 1));
  if (!isInstance && NEVER_CREATED.has(peekObjectType(p)?.type ?? '')) refuse(p, 'an object type');
  const type = isInstance ? 'instance' : objectType(p);
  checkModifiers(type, modifiers);
  const ifNotExists = eatWords(p, 'IF', 'NOT', 'EXISTS');
  const node: CreateBuilding = {
    kind: 'create',
    start,
    end: start,
    objectType: type,
    or,
    modifiers,
    ifNotExists,
    name: createdName(p, type),
    parameters: [],
    returns: null,
    columns: [],
    constraints: [],
    clone: null,
    sources: [],
    condition: null,
    query: null,
    body: null,
    options: [],
    tags: [],
    policies: [],
    expressions: [],
    flags: [],
  };
  // Some types take IF NOT EXISTS after the name.
  if (!ifNotExists) node.ifNotExists = eatWords(p, 'IF', 'NOT', 'EXISTS');
  head(p, node);
  const seen = new Set<string>();
  while (createClause(p, node, seen));
  checkCreate(p, node);
  node.end = endOf(p);
  return node;
}

/** Types that are created under a more specific name, or not at all. */
const NEVER_CREATED: ReadonlySet<string> = new Set([
  'available_listing',
  'column',
  'instance',
  'integration',
  'package',
  'result',
  'search_optimization',
  'session',
  'transaction',
]);

function createVerb(p: Parser): Create['or'] {
  if (eatWord(p, 'DEFINE')) return 'DEFINE';
  expectWord(p, 'CREATE');
  if (eatWords(p, 'OR', 'REPLACE')) return 'REPLACE';
  return eatWords(p, 'OR', 'ALTER') ? 'ALTER' : null;
}

const MODIFIERS = [
  'SECURE',
  'TEMP',
  'TEMPORARY',
  'TRANSIENT',
  'VOLATILE',
  'LOCAL',
  'GLOBAL',
  'SCOPED',
  'RECURSIVE',
  'AGGREGATE',
  'READ',
  'ONLY',
  'INTERACTIVE',
  'DYNAMIC',
  'ICEBERG',
  'ORGANIZATION',
  'EXTERNAL',
  'VERSIONED',
] as const;

/** Whether a modifier, rather than a part of the type, is next. */
function isModifier(p: Parser): boolean {
  return peekObjectType(p) === null && MODIFIERS.some((each) => isWord(p, each));
}

function createdName(p: Parser, type: DdlObjectType): Create['name'] {
  if (isSymbol(p, 'string')) return stringLiteral(p);
  if (isName(p)) return objectName(p, mostParts(type));
  // A service may omit its name here; any other object must have one.
  return type === 'service' ? null : refuse(p, 'a name');
}

/** The part between the name and the clauses, which depends on the type. */
function head(p: Parser, node: CreateBuilding): void {
  switch (node.objectType as string) {
    case 'function':
    case 'procedure':
    case 'external_function':
    case 'data_metric_function':
      node.parameters = parameters(p);
      if (areWords(p, 'COPY', 'GRANTS')) node.flags.push(wordsOf(p, 2));
      node.returns = returns(p);
      return;
    case 'index':
      expectWord(p, 'ON');
      node.sources.push(indexedTable(p));
      node.expressions.push(...parenthesizedList(p, p.grammar.expression));
      return;
    case 'instance':
      node.expressions.push(...optionalItems(p, argument));
      return;
    case 'semantic_view':
      semanticViewClauses(p, node);
      return;
    default:
      if (!isSymbol(p, '(')) return;
      if (!node.objectType.endsWith('table') && !node.objectType.endsWith('view')) return;
      Object.assign(node, tableElements(p));
  }
}

function indexedTable(p: Parser): CreateBuilding['sources'][number] {
  const role: Words = { kind: 'words', start: p.tokens.starts[p.at - 1]!, end: endOf(p), text: 'ON' };
  const name = objectName(p);
  return { kind: 'source_object', start: role.start, end: name.end, role, name, travel: null };
}
