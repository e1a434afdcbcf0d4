import type { Family } from './functions/index.ts';
import { isInSchema, keyOfObject, type ObjectName, schemaNamed } from './object-name.ts';
import type { ColumnSource, ObjectType, OutputColumn } from './understanding.ts';

/**
 * The known objects of the warehouse: those loaded for a text, or all that exist. Analysis is pure: the same text with
 * the same objects in the same session context always has the same meaning.
 */
export interface Catalog {
  /**
   * The object with exactly this (stored) name; null if there is none; undefined if it was not loaded. A statement with
   * a name that was not loaded is not understood (`not_loaded`): the name is not taken for one that does not exist.
   */
  find(name: ObjectName): CatalogObject | null | undefined;
}

export type CatalogObject =
  CatalogRelation | CatalogFunction | CatalogStage | CatalogFileFormat | CatalogSchema;

/** What has columns, and can be read by its name. */
export type CatalogRelation = CatalogTable | CatalogView;

interface CatalogEntry {
  readonly name: ObjectName;
  /**
   * Opaque. It changes whenever the object is replaced or anything stated about it here changes, and no earlier version
   * is ever used again. Objects with equal versions are the same object.
   */
  readonly version: string;
}

export interface CatalogTable extends CatalogEntry {
  readonly type: 'table';
  readonly columns: readonly CatalogColumn[];
  /**
   * The names of columns that no two rows have alike, none of them NULL: a primary key that the warehouse enforces, not
   * one that is only declared. Absent if there is none.
   */
  readonly key?: readonly string[];
  /** A temporary table of the session, which hides another table with the same name. */
  readonly temporary?: true;
}

export interface CatalogView extends CatalogEntry {
  readonly type: 'view';
  readonly columns: readonly CatalogColumn[];
  /** The view's query, resolved in the view's own database and schema; absent if it may not be read. */
  readonly definition?: string;
  /** A temporary view of the session, which hides what else has the same name. */
  readonly temporary?: true;
}

export interface CatalogFunction extends CatalogEntry {
  readonly type: 'function';
  readonly returnsTable: boolean;
}

/** Files under one name. It is found by `catalogName`, as a table may have the same name. */
export interface CatalogStage extends CatalogEntry {
  readonly type: 'stage';
  readonly format: FormatOptions;
  /** What was unloaded into it, with the columns that it comes from; what people have put there comes from none. */
  readonly contents: readonly { readonly name: string; readonly sources: readonly ColumnSource[] }[];
}

export interface CatalogFileFormat extends CatalogEntry {
  readonly type: 'file_format';
  readonly format: FormatOptions;
}

/** What goes with a schema when it is dropped. It is found by `catalogName`, as a table may have the same name. */
export interface CatalogSchema extends CatalogEntry {
  readonly type: 'schema';
  readonly contents: readonly SchemaContent[];
}

export interface SchemaContent {
  readonly type: ObjectType;
  readonly name: ObjectName;
}

/** The options of a file format by their names, in upper case: as they are written, with words in upper case. */
export type FormatOptions = Readonly<Record<string, FormatValue>>;

export type FormatValue = string | number | boolean | readonly string[] | null;

/** A name and the object that was found under it. Plain data. */
export interface LoadedObject {
  readonly name: ObjectName;
  readonly object: CatalogObject | null;
  /**
   * What the warehouse itself says of the object's columns beside their types: it changes without the object's version.
   * `unknown` where it could not be asked; absent where it has nothing of the kind.
   */
  readonly governance?: readonly ColumnGovernance[] | 'unknown';
}

/** Of one column that the warehouse has tags or a masking policy on. */
export interface ColumnGovernance {
  readonly column: string;
  readonly tags: readonly { readonly name: string; readonly value: string }[];
  /** Full names of the policies by which the warehouse itself masks it. */
  readonly maskedBy: readonly string[];
}

/** A catalog of the loaded objects; any other name is unknown. */
export function loadedCatalog(loaded: Iterable<LoadedObject>): Catalog {
  const objects = new Map<string, CatalogObject | null>();
  for (const { name, object } of loaded) objects.set(keyOfObject(name), object);
  return { find: (name) => objects.get(keyOfObject(name)) };
}

/** A catalog of all objects: any other name does not exist. */
export function wholeCatalog(objects: Iterable<CatalogObject>): Catalog {
  const byName = new Map<string, CatalogObject>();
  for (const object of objects) byName.set(keyOfObject(object.name), object);
  return {
    find(name) {
      const schema = schemaNamed(name);
      return schema === null
        ? (byName.get(keyOfObject(name)) ?? null)
        : schemaOf(schema, [...byName.values()]);
    },
  };
}

function schemaOf(name: ObjectName, all: readonly CatalogObject[]): CatalogSchema {
  const inside = all.filter((one) => isInSchema(one.name, name));
  const contents = inside.map((one) => ({ type: one.type, name: one.name }));
  return { type: 'schema', name, contents, version: JSON.stringify(inside.map(({ version }) => version)) };
}

/** An object that a statement's meaning depends on. Plain data. */
export interface UsedObject {
  readonly name: ObjectName;
  /** Null: the object does not exist. */
  readonly version: string | null;
}

export interface CatalogColumn {
  readonly name: string;
  /** Snowflake's type as written in DDL: `NUMBER(38,0)`, `VARCHAR(16777216)`, `VARIANT`. */
  readonly type: string;
  /** Whether it may be NULL; absent if that is not known. */
  readonly nullable?: boolean;
}

/** A time is given as one of a type, anything else as one of a family. */
export type BindType = Exclude<Family, 'time'> | TimeType;

export type TimeType = 'DATE' | 'TIME' | 'TIMESTAMP_LTZ' | 'TIMESTAMP_NTZ' | 'TIMESTAMP_TZ';

/** The parts of a session that the meaning of a statement depends on. */
export interface ResolutionContext {
  readonly database?: string;
  readonly schema?: string;
  /** The origins of session variables (`$name`, in upper case). */
  readonly variables: Pick<ReadonlyMap<string, VariableOrigin>, 'get'>;
  /** The outputs of this session's earlier statements by query id, newest last: for RESULT_SCAN and LAST_QUERY_ID. */
  readonly results: Pick<ReadonlyMap<string, EarlierResult>, 'get' | 'keys'>;
  /** As what binds are given, by position from `1` or by name; absent if not known. */
  readonly binds?: ReadonlyMap<string, BindType>;
  /** The values of those that are one text, so that IDENTIFIER(?) can be resolved. */
  readonly bindTexts?: Pick<ReadonlyMap<string, string>, 'get'>;
  /**
   * If it returns false, the object cannot be named, though views may still read it. Absent: all objects can be named.
   */
  readonly mayName?: (name: ObjectName) => boolean;
}

export interface VariableOrigin {
  /** The text, if the variable was set from a literal, so that IDENTIFIER($name) can be resolved. */
  readonly literal?: string;
  readonly sources: readonly ColumnSource[];
  /** The statement that set it: an approval for one value does not cover another. */
  readonly setBy?: string;
}

export interface EarlierResult {
  readonly outputs: readonly OutputColumn[];
  /** Of each output, as `CatalogColumn` has it; absent if not known. */
  readonly types?: readonly string[];
}
