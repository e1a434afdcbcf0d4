/**
 * A strict, lossless parser and analysis for Snowflake SQL: what is not understood is refused, and every token of what
 * is understood is part of the tree.
 *
 * - `parse` parses one statement, `split` a text with several; `children`, `walk` and `visit` traverse their trees.
 * - `namesIn` lists the names in a text, so that the objects can be loaded; `analyze` then tells what its statements
 *   read and write, and what each of their outputs is computed from.
 * - Further entry points: `/editor` for diagnostics while SQL is being written, `/analysis` for programs that analyse
 *   many statements, `/execution` for programs that run bound statements.
 *
 * @module
 */
export { parse, split } from './parse.ts';
export type { ParsedScript, ParsedStatement } from './parse.ts';
export type { ParseFailure } from './failure.ts';
export type { SourceRange } from './source-range.ts';
export type { StatementFamily, StatementKind, StatementName } from './kinds.ts';

export type * as Tree from './tree/index.ts';
export { children } from './tree/children.ts';
export { visit, type Visitor, walk } from './tree/walk.ts';
export { countPlaces } from './tree/places.ts';
export { isTemporaryCreate } from './tree/temporary.ts';

export { tokenize, type Tokenized } from './tokenizer.ts';
export type { TokenKind, Tokens } from './tokens.ts';
export { commentsIn, commentsOf, type NodeComments, type SourceComment } from './comments.ts';

export { analyze } from './analyze.ts';
export { type NamedObject, type Names, namesIn, objectsNamed, type WrittenName } from './names-in.ts';
export { loadedCatalog, wholeCatalog } from './catalog.ts';
export type * from './catalog.ts';
export type * from './understanding.ts';
export type { Family } from './functions/index.ts';
export type { ColumnRef, ObjectName } from './object-name.ts';
export { quotedIdentifier, stringLiteral } from './sql-text.ts';
export {
  catalogName,
  formatColumn,
  formatIdentifier,
  formatObjectName,
  isInSchema,
  isOfOwnNames,
  schemaNamed,
  keyOfObject,
} from './object-name.ts';
