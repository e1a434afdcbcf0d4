import type { Bind, Identifier, Name, Node, StageReference, StringLiteral } from './names.ts';
import type { Option } from './options.ts';
import type { Expression, Query } from './query.ts';

export type CopyStatement =
  CopyIntoTable | CopyIntoLocation | CopyFiles | Put | Get | ListFiles | RemoveFiles;

/** A location of files: a stage, a URL (`'s3://...'`), a stage in quotes, or a bind with such a text. */
export type Location = StageReference | StringLiteral | Bind;

/** Loads files into a table. */
export interface CopyIntoTable extends Node<'copy_into_table'> {
  readonly target: Name;
  readonly columns: readonly Identifier[];
  /** A query over a stage when the load transforms the data; null for the table's own stage. */
  readonly source: Location | Query | null;
  readonly options: readonly Option[];
}

/** Unloads a table or a query into files. */
export interface CopyIntoLocation extends Node<'copy_into_location'> {
  readonly target: Location;
  readonly source: Name | Query;
  readonly partitionBy: Expression | null;
  readonly options: readonly Option[];
}

/** `COPY FILES INTO @a FROM @b`. */
export interface CopyFiles extends Node<'copy_files'> {
  readonly target: Location;
  readonly source: Location | Query;
  readonly options: readonly Option[];
}

/** Uploads local files. */
export interface Put extends Node<'put'> {
  readonly file: LocalFile | StringLiteral;
  readonly stage: Location;
  readonly options: readonly Option[];
}

/** Downloads staged files. */
export interface Get extends Node<'get'> {
  readonly stage: Location;
  readonly file: LocalFile | StringLiteral;
  readonly options: readonly Option[];
}

/** `file:///tmp/data.csv` without quotes. */
export interface LocalFile extends Node<'local_file'> {
  readonly url: string;
}

export interface ListFiles extends Node<'list'> {
  readonly location: Location;
  readonly options: readonly Option[];
}

export interface RemoveFiles extends Node<'remove'> {
  readonly location: Location;
  readonly options: readonly Option[];
}
