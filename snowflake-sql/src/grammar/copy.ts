import type {
  CopyFiles,
  CopyIntoLocation,
  CopyIntoTable,
  CopyStatement,
  Get,
  ListFiles,
  LocalFile,
  Location,
  Put,
  RemoveFiles,
} from '../tree/copy.ts';
import type { StringLiteral } from '../tree/names.ts';
import type { Query } from '../tree/query.ts';
import { bind, stringLiteral } from './literals.ts';
import { startsQuery } from './lookahead.ts';
import { columnName, objectName, stageReference } from './names.ts';
import { options } from './options.ts';
import {
  type Parser,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isSymbol,
  parenthesizedList,
  refuse,
  startOf,
  textOf,
} from './parser.ts';

/** `COPY INTO ...`: a load when the target is a table, an unload when it is a location; or `COPY FILES INTO ...`. */
export function copy(p: Parser): CopyStatement {
  const start = startOf(p);
  expectWord(p, 'COPY');
  if (eatWord(p, 'FILES')) return copyFiles(p, start);
  expectWord(p, 'INTO');
  return isLocation(p) ? copyIntoLocation(p, start) : copyIntoTable(p, start);
}

function copyIntoTable(p: Parser, start: number): CopyIntoTable {
  const target = objectName(p);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  const source = eatWord(p, 'FROM') ? locationOrQuery(p) : null;
  const rest = options(p);
  return { kind: 'copy_into_table', start, end: endOf(p), target, columns, source, options: rest };
}

function copyIntoLocation(p: Parser, start: number): CopyIntoLocation {
  const target = location(p);
  expectWord(p, 'FROM');
  const source = isSymbol(p, '(') ? parenthesizedQuery(p) : objectName(p);
  const before = options(p);
  const partitionBy = eatWords(p, 'PARTITION', 'BY') ? p.grammar.expression(p) : null;
  const rest = [...before, ...options(p)];
  return { kind: 'copy_into_location', start, end: endOf(p), target, source, partitionBy, options: rest };
}

function copyFiles(p: Parser, start: number): CopyFiles {
  expectWord(p, 'INTO');
  const target = location(p);
  expectWord(p, 'FROM');
  const source = locationOrQuery(p);
  const rest = options(p);
  return { kind: 'copy_files', start, end: endOf(p), target, source, options: rest };
}

function isLocation(p: Parser): boolean {
  return isSymbol(p, 'stage') || isSymbol(p, 'string') || isSymbol(p, 'dollars');
}

export function location(p: Parser): Location {
  if (isSymbol(p, '?') || isSymbol(p, ':')) return bind(p);
  return isSymbol(p, 'stage')
    ? stageReference(p)
    : isLocation(p)
      ? stringLiteral(p)
      : refuse(p, 'a stage', 'a URL');
}

function locationOrQuery(p: Parser): Location | Query {
  return isSymbol(p, '(') ? parenthesizedQuery(p) : location(p);
}

function parenthesizedQuery(p: Parser): Query {
  expectSymbol(p, '(');
  if (!startsQuery(p) && !isSymbol(p, '(')) refuse(p, 'a query');
  const query = p.grammar.query(p);
  expectSymbol(p, ')');
  return query;
}

export function put(p: Parser): Put {
  const start = startOf(p);
  expectWord(p, 'PUT');
  const file = localFile(p);
  const stage = location(p);
  const rest = options(p);
  return { kind: 'put', start, end: endOf(p), file, stage, options: rest };
}

export function get(p: Parser): Get {
  const start = startOf(p);
  expectWord(p, 'GET');
  const stage = location(p);
  const file = localFile(p);
  const rest = options(p);
  return { kind: 'get', start, end: endOf(p), stage, file, options: rest };
}

function localFile(p: Parser): LocalFile | StringLiteral {
  if (isSymbol(p, 'string')) return stringLiteral(p);
  if (!isSymbol(p, 'url')) refuse(p, 'a path such as `file:///tmp/data.csv`');
  const start = startOf(p);
  const url = textOf(p);
  p.at++;
  return { kind: 'local_file', start, end: endOf(p), url };
}

/** `LIST @stage`, `LS @stage`. */
export function listFiles(p: Parser): ListFiles {
  const start = startOf(p);
  p.at++;
  const where = location(p);
  const rest = options(p);
  return { kind: 'list', start, end: endOf(p), location: where, options: rest };
}

/** `REMOVE @stage`, `RM @stage`. */
export function removeFiles(p: Parser): RemoveFiles {
  const start = startOf(p);
  p.at++;
  const where = location(p);
  const rest = options(p);
  return { kind: 'remove', start, end: endOf(p), location: where, options: rest };
}
