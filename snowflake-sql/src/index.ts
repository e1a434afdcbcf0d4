/**
 * Snowflake SQL, read strictly: what is not understood is refused, and of what is, every token has its place in the tree.
 *
 * - `parse` reads one statement, `split` a text of several; `children`, `walk` and `visit` go through their trees.
 * - `namesIn` tells what a text names, so that it can be looked up; `analyze` what its statements mean then: what they
 *   read and write, and what each of their outputs is made of.
 * - Beside this: `/editor` for what an editor shows while SQL is written, `/analysis` for who analyses many statements,
 *   `/execution` for who runs what was bound.
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
export { formatColumn, formatIdentifier, formatObjectName, keyOfObject } from './object-name.ts';
