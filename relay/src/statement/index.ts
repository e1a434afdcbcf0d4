export type { SourceRange } from './source-range.ts';
export type { ColumnRef, ObjectName } from './object-name.ts';
export { formatColumn, formatIdentifier, formatObjectName } from './object-name.ts';
export type { StatementFamily, StatementKind, StatementName } from './kinds.ts';
export type { ParseFailure } from './failure.ts';
export { parse, splitStatements } from './parse.ts';
export type { ParsedScript, ParsedStatement } from './parse.ts';
export type * from './understanding.ts';
export type * from './catalog.ts';
