import type { Clone, SourceObject } from '../tree/ddl.ts';
import type { Words } from '../tree/names.ts';
import type { SourceRange } from '../source-range.ts';
import type { Keyword } from '../keywords.ts';
import type { CreateBuilding } from './create-building.ts';
import { counter, tableElements } from './column.ts';
import { createBody } from './create-body.ts';
import { eatPolicy, eatTags } from './governance.ts';
import { stringLiteral } from './literals.ts';
import { objectName, stageReference, wordsOf } from './names.ts';
import { peekObjectType } from './object-type.ts';
import { isOption, option, optionAfter } from './options.ts';
import { languageOption, routineFlag } from './routine.ts';
import { triggers } from './triggers.ts';
import { timeTravel } from './time-travel.ts';
import {
  type Parser,
  Refusal,
  areWords,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isAnyWord,
  isSymbol,
  isWord,
  once,
  parenthesizedList,
  refuse,
  refuseBecause,
  startOf,
  word,
} from './parser.ts';

/** One clause of a CREATE after its name and columns; false when none is next. */
export function createClause(p: Parser, node: CreateBuilding, seen: Set<string>): boolean {
  if (isSymbol(p, ',') && isOption(p, 1)) p.at++;
  if (isSymbol(p, '(') && mayHaveColumns(node)) {
    Object.assign(node, tableElements(p));
    return true;
  }
  if (!isAnyWord(p)) return false;
  if (isOption(p)) {
    node.options.push(option(p));
    return true;
  }
  const policy = eatPolicy(p);
  if (policy !== null) {
    onlyOnce(seen, policy.policy, policy);
    node.policies.push(policy);
    return true;
  }
  const tags = eatTags(p);
  if (tags !== null) {
    onlyOnce(seen, 'TAG', tags[0]!);
    node.tags.push(...tags);
    return true;
  }
  const { start, end } = { start: p.tokens.starts[p.at]!, end: p.tokens.ends[p.at]! };
  const clause = CLAUSES.find((each) => isWord(p, each));
  if (!namedClause(p, node)) return flagClause(p, node);
  if (clause !== undefined) onlyOnce(seen, clause, { start, end });
  return true;
}

/** Clauses that a CREATE may give only once. They are tracked here, since the tree does not show a repeat. */
const CLAUSES = ['AFTER', 'CLUSTER', 'FINALIZE', 'FOR', 'FROM', 'IN', 'ON', 'PARTITION', 'PRIMARY'] as const;

function onlyOnce(seen: Set<string>, clause: string, range: SourceRange): void {
  if (seen.has(clause)) throw new Refusal(range, 'this clause is repeated', []);
  seen.add(clause);
}

/** Whether columns may still be declared. */
function mayHaveColumns({ objectType, query, body, columns, constraints }: CreateBuilding): boolean {
  if (query !== null || body !== null || columns.length > 0 || constraints.length > 0) return false;
  return objectType.endsWith('table') || objectType.endsWith('view');
}

function namedClause(p: Parser, node: CreateBuilding): boolean {
  switch (word(p)) {
    case 'AS':
      if (!areWords(p, 'AS', 'REPLICA', 'OF')) {
        once(p, node.query ?? node.body);
        createBody(p, node);
        return true;
      }
      node.sources.push(sourceObject(p, 3));
      return true;
    case 'CLONE':
    case 'LIKE':
      once(p, node.clone);
      node.clone = clone(p);
      return true;
    case 'USING':
      return templateClause(p, node);
    case 'CLUSTER':
    case 'INCLUDE':
    case 'PARTITION':
    case 'PRIMARY':
      return keyClause(p, node);
    case 'COMMENT':
    case 'ALLOWED_VALUES':
    case 'ATTRIBUTES':
    case 'CONTACT':
    case 'PROFILE':
    case 'IDENTIFIER':
    case 'INSTANCE':
    case 'PATCH':
    case 'SPECIFICATION':
    case 'VERSION':
      node.options.push(optionAfter(p, wordsOf(p, 1)));
      return true;
    case 'TABLES':
      if (!isSymbol(p, '(', 1)) return false;
      node.options.push(optionAfter(p, wordsOf(p, 1)));
      return true;
    case 'LANGUAGE':
      node.options.push(languageOption(p).option);
      return true;
    case 'START':
      node.options.push(counter(p, 'WITH'));
      return true;
    case 'INCREMENT':
      node.options.push(counter(p, 'BY'));
      return true;
    case 'TRIGGERS':
      node.options.push(...triggers(p));
      return true;
    case 'WHEN':
      once(p, node.condition);
      p.at++;
      node.condition = p.grammar.expression(p);
      return true;
    case 'IF':
      once(p, node.condition);
      p.at++;
      expectSymbol(p, '(');
      if (!isWord(p, 'EXISTS')) refuse(p, '`EXISTS`');
      node.condition = p.grammar.expression(p);
      expectSymbol(p, ')');
      return true;
    case 'THEN':
      once(p, node.body);
      p.at++;
      node.body = p.grammar.statement(p);
      return true;
    case 'AFTER':
    case 'FINALIZE':
      do node.sources.push(sourceObject(p, isSymbol(p, ',') ? 0 : 1));
      while (isSymbol(p, ',') && !isOption(p, 1));
      return true;
    default:
      return sourceClause(p, node);
  }
}

/** `ON TABLE t`, `FROM SHARE s`, `IN COMPUTE POOL p`, `FOR TABLE t`, and `ON column` of a search service. */
function sourceClause(p: Parser, node: CreateBuilding): boolean {
  if (areWords(p, 'FROZEN', 'WHERE') || areWords(p, 'IMMUTABLE', 'WHERE')) {
    p.at += 2;
    node.expressions.push(p.grammar.expression(p));
    return true;
  }
  if (areWords(p, 'REFRESH', 'USING')) {
    once(p, node.body);
    p.at += 2;
    expectSymbol(p, '(');
    node.body = p.grammar.statement(p);
    expectSymbol(p, ')');
    return true;
  }
  const isListing = node.objectType.endsWith('listing');
  if (isListing && (isWord(p, 'SHARE') || areWords(p, 'APPLICATION', 'PACKAGE'))) {
    node.sources.push(sourceObject(p, isWord(p, 'SHARE') ? 1 : 2));
    return true;
  }
  if (!isWord(p, 'ON') && !isWord(p, 'FROM') && !isWord(p, 'IN') && !isWord(p, 'FOR')) return false;
  const typed = isSymbol(p, '.', 2) ? 0 : (peekObjectType(p, 1)?.words.length ?? sourceWords(p));
  const mustSay = SAYS_ITS_SOURCE.has(node.objectType);
  if (mustSay && typed === 0) {
    p.at++;
    refuse(p, 'an object type');
  }
  node.sources.push(sourceObject(p, 1 + typed));
  return true;
}

/** Types whose source must be given with its kind: `FROM SHARE a.s`, `ON TABLE t`. */
const SAYS_ITS_SOURCE: ReadonlySet<string> = new Set(['database', 'stream']);

/** How many words give the kind of the source, for kinds that are not types of object. */
function sourceWords(p: Parser): number {
  for (const phrase of SOURCE_PHRASES)
    if (phrase.every((each, i) => isWord(p, each, i + 1))) return phrase.length;
  return 0;
}

const SOURCE_PHRASES: readonly (readonly Keyword[])[] = [
  ['SPECIFICATION'],
  ['SPECIFICATION_TEMPLATE'],
  ['LISTING'],
  ['SHARE'],
  ['BACKUP', 'SET'],
  ['SNAPSHOT', 'SET'],
];

function sourceObject(p: Parser, words: number): SourceObject {
  const start = startOf(p);
  if (words === 0) p.at++;
  const role: Words = words === 0 ? { kind: 'words', start, end: endOf(p), text: ',' } : wordsOf(p, words);
  eatSymbol(p, '=');
  const name = isSymbol(p, 'stage')
    ? stageReference(p)
    : isSymbol(p, 'string') || isSymbol(p, 'dollars')
      ? stringLiteral(p)
      : objectName(p);
  const travel = isSymbol(p, '(', 1) && (isWord(p, 'AT') || isWord(p, 'BEFORE')) ? timeTravel(p) : null;
  return { kind: 'source_object', start, end: endOf(p), role, name, travel };
}

function clone(p: Parser): Clone {
  const start = startOf(p);
  const how = eatWord(p, 'CLONE') ? 'clone' : 'like';
  if (how === 'like') expectWord(p, 'LIKE');
  const source = objectName(p);
  const travel = isWord(p, 'AT') || isWord(p, 'BEFORE') ? timeTravel(p) : null;
  return { kind: 'clone', start, end: endOf(p), how, source, travel };
}

/** `USING TEMPLATE (SELECT ...)`, `USING VERSION v`. */
function templateClause(p: Parser, node: CreateBuilding): boolean {
  if (!areWords(p, 'USING', 'TEMPLATE')) {
    // `FROM APPLICATION PACKAGE p USING VERSION v PATCH 1`.
    const isList = isSymbol(p, '(', 1);
    if (!isList) p.at++;
    node.options.push(optionAfter(p, wordsOf(p, 1)));
    return true;
  }
  once(p, node.clone);
  const start = startOf(p);
  p.at += 2;
  if (!isSymbol(p, '(')) refuse(p, '`(`');
  const source = p.grammar.expression(p);
  node.clone = { kind: 'clone', start, end: endOf(p), how: 'template', source, travel: null };
  return true;
}

/** `CLUSTER BY [LINEAR] (...)`, `PARTITION BY (...)`, `INCLUDE (...)` of an index, `PRIMARY KEY (...)`. */
function keyClause(p: Parser, node: CreateBuilding): boolean {
  const taken =
    eatWords(p, 'CLUSTER', 'BY') ||
    eatWords(p, 'PARTITION', 'BY') ||
    eatWords(p, 'PRIMARY', 'KEY') ||
    (isSymbol(p, '(', 1) && eatWord(p, 'INCLUDE'));
  // `INCLUDE INTERNAL STAGES` is a flag.
  if (!taken) return false;
  if (node.objectType === 'view') refuseBecause(p, 'a view cannot have clustering or keys');
  eatWord(p, 'LINEAR');
  node.expressions.push(...parenthesizedList(p, p.grammar.expression));
  return true;
}

function flagClause(p: Parser, node: CreateBuilding): boolean {
  if (areWords(p, 'USE', 'SECONDARY', 'ROLES')) {
    node.options.push(optionAfter(p, wordsOf(p, 3)));
    return true;
  }
  if (areWords(p, 'EXECUTE', 'AS', 'USER')) {
    node.sources.push(sourceObject(p, 3));
    return true;
  }
  if (
    isWord(p, 'WITH') &&
    (isOption(p, 1) || isWord(p, 'CONTACT', 1) || isWord(p, 'START', 1) || isWord(p, 'INCREMENT', 1))
  ) {
    p.at++;
    return true;
  }
  const flag = routineFlag(p) ?? phraseFlag(p);
  if (flag !== null) node.flags.push(flag);
  return flag !== null;
}

function phraseFlag(p: Parser): Words | null {
  for (const phrase of CREATE_FLAGS) if (areWords(p, ...phrase)) return wordsOf(p, phrase.length);
  return null;
}

const CREATE_FLAGS: readonly (readonly Keyword[])[] = [
  ['COPY', 'TAGS'],
  ['ORDER'],
  ['NOORDER'],
  ['READ', 'ONLY'],
  ['WITH', 'MANAGED', 'ACCESS'],
  ['REQUIRE', 'USER'],
  ['INCLUDE', 'INTERNAL', 'STAGES'],
  ['IGNORE', 'TABLES', 'WITH', 'INSUFFICIENT', 'DATA', 'RETENTION'],
  ['IGNORE', 'HYBRID', 'TABLES'],
];
