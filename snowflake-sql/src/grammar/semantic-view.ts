import type { SourceObject } from '../tree/ddl.ts';
import type { Words } from '../tree/names.ts';
import type { CreateBuilding } from './create-building.ts';
import { anyIdentifier, columnReference, objectName, wordsOf } from './names.ts';
import { singleOptionAfter } from './options.ts';
import {
  type Parser,
  areWords,
  eatSymbol,
  eatWord,
  expectSymbol,
  expectWord,
  isSymbol,
  isWord,
  parenthesizedList,
  startOf,
} from './parser.ts';

/** `TABLES (...) RELATIONSHIPS (...) FACTS (...) DIMENSIONS (...) METRICS (...)`. */
export function semanticViewClauses(p: Parser, node: CreateBuilding): void {
  for (;;) {
    if (isWord(p, 'TABLES')) each(p, node, logicalTable);
    else if (isWord(p, 'RELATIONSHIPS')) each(p, node, relationship);
    else if (isWord(p, 'FACTS') || isWord(p, 'DIMENSIONS') || isWord(p, 'METRICS'))
      each(p, node, semanticExpression);
    else return;
  }
}

function each(p: Parser, node: CreateBuilding, item: (p: Parser, node: CreateBuilding) => void): void {
  node.flags.push(wordsOf(p, 1));
  expectSymbol(p, '(');
  do item(p, node);
  while (eatSymbol(p, ','));
  expectSymbol(p, ')');
}

/** `[alias AS] table [PRIMARY KEY (a)] [UNIQUE (b)] ...`. */
function logicalTable(p: Parser, node: CreateBuilding): void {
  const start = startOf(p);
  const alias = isWord(p, 'AS', 1) ? anyIdentifier(p) : null;
  if (alias !== null) expectWord(p, 'AS');
  const name = objectName(p);
  const role: Words = { kind: 'words', start, end: alias?.end ?? start, text: alias?.name ?? '' };
  const source: SourceObject = { kind: 'source_object', start, end: name.end, role, name, travel: null };
  node.sources.push(source);
  for (;;) {
    if (areWords(p, 'PRIMARY', 'KEY')) p.at += 2;
    else if (isWord(p, 'UNIQUE')) p.at++;
    else if (annotation(p, node)) continue;
    else return;
    node.expressions.push(...parenthesizedList(p, columnReference));
  }
}

/** `[name AS] alias (a) REFERENCES alias [(b)]`. */
function relationship(p: Parser, node: CreateBuilding): void {
  if (isWord(p, 'AS', 1)) {
    node.expressions.push(columnReference(p));
    expectWord(p, 'AS');
  }
  node.expressions.push(columnReference(p), ...parenthesizedList(p, columnReference));
  expectWord(p, 'REFERENCES');
  node.expressions.push(columnReference(p));
  if (isSymbol(p, '(')) node.expressions.push(...parenthesizedList(p, columnReference));
}

/** `[PUBLIC|PRIVATE] alias.name AS expression ...`. */
function semanticExpression(p: Parser, node: CreateBuilding): void {
  if (!isSymbol(p, '.', 1) && !isWord(p, 'AS', 1)) node.flags.push(wordsOf(p, 1));
  node.expressions.push(columnReference(p));
  expectWord(p, 'AS');
  node.expressions.push(p.grammar.expression(p));
  while (annotation(p, node));
}

/** `WITH SYNONYMS [=] ('a')`, `COMMENT = 'x'`; false when neither is next. */
function annotation(p: Parser, node: CreateBuilding): boolean {
  if (eatWord(p, 'WITH')) {
    if (!isWord(p, 'SYNONYMS')) expectWord(p, 'SYNONYMS');
  } else if (!isWord(p, 'SYNONYMS') && !isWord(p, 'COMMENT')) {
    return false;
  }
  const name = wordsOf(p, 1);
  eatSymbol(p, '=');
  node.options.push(singleOptionAfter(p, name));
  return true;
}
