import type { Family } from './functions/index.ts';
import { keyOfObject, type ObjectName } from './object-name.ts';
import type { ColumnSource, OutputColumn } from './understanding.ts';

/**
 * What is known of the warehouse's objects: what was loaded for a text, or all that there is. Pure: the same text
 * over the same objects, in the same session context, always has the same meaning.
 */
export interface Catalog {
  /**
   * The object of exactly this (stored) name; null: there is none; undefined: nobody looked. What is not known to be
   * there or not makes a statement not understood (`not_loaded`), never one about an object that does not exist.
   */
  find(name: ObjectName): CatalogObject | null | undefined;
}

export type CatalogObject = CatalogTable | CatalogView | CatalogFunction;

interface CatalogEntry {
  readonly name: ObjectName;
  /**
   * Another one whenever the object is another one, or anything that is said of it here has changed, and never one
   * that it had before. Opaque. That two objects have the same says that they are the same.
   */
  readonly version: string;
}

export interface CatalogTable extends CatalogEntry {
  readonly type: 'table';
  readonly columns: readonly CatalogColumn[];
  /** The session's own: it hides one of the same name, which may be alike and hold other rows. */
  readonly temporary?: true;
}

export interface CatalogView extends CatalogEntry {
  readonly type: 'view';
  readonly columns: readonly CatalogColumn[];
  /** The query behind it, resolved in the view's own database and schema; absent when it may not be read. */
  readonly definition?: string;
}

export interface CatalogFunction extends CatalogEntry {
  readonly type: 'function';
  readonly returnsTable: boolean;
}

/** One name, and what was found under it. Plain data. */
export interface LoadedObject {
  readonly name: ObjectName;
  readonly object: CatalogObject | null;
}

/** A catalog of what was loaded: of any other name nobody knows. */
export function loadedCatalog(loaded: Iterable<LoadedObject>): Catalog {
  const objects = new Map<string, CatalogObject | null>();
  for (const { name, object } of loaded) objects.set(keyOfObject(name), object);
  return { find: (name) => objects.get(keyOfObject(name)) };
}

/** A catalog of all that there is: any other name means nothing. */
export function wholeCatalog(objects: Iterable<CatalogObject>): Catalog {
  const byName = new Map<string, CatalogObject>();
  for (const object of objects) byName.set(keyOfObject(object.name), object);
  return { find: (name) => byName.get(keyOfObject(name)) ?? null };
}

/** An object that a statement's meaning depends on. Plain data. */
export interface UsedObject {
  readonly name: ObjectName;
  /** Null: that there is none. */
  readonly version: string | null;
}

export interface CatalogColumn {
  readonly name: string;
  /** Snowflake's type as written in DDL: `NUMBER(38,0)`, `VARCHAR(16777216)`, `VARIANT`. */
  readonly type: string;
  /** Whether it may hold NULL; absent where that is not known. */
  readonly nullable?: boolean;
}

/** What of a session a statement's meaning depends on. */
export interface ResolutionContext {
  readonly database?: string;
  readonly schema?: string;
  /** What session variables (`$name`, upper-cased) were set from. */
  readonly variables: Pick<ReadonlyMap<string, VariableOrigin>, 'get'>;
  /** The outputs of this session's earlier statements by query id, newest last: for RESULT_SCAN and LAST_QUERY_ID. */
  readonly results: Pick<ReadonlyMap<string, EarlierResult>, 'get' | 'keys'>;
  /** What kinds of values are bound, by place from `1` or by name; absent where that is not known. */
  readonly binds?: ReadonlyMap<string, Family>;
  /** Objects of which it is false are not there for whoever names them, though views may read them. Absent: all are. */
  readonly mayName?: (name: ObjectName) => boolean;
}

export interface VariableOrigin {
  /** The literal text when the variable was set from a literal, so that IDENTIFIER($name) can be resolved. */
  readonly literal?: string;
  readonly sources: readonly ColumnSource[];
  /** The statement that set it: whoever approved one value has not approved another. */
  readonly setBy?: string;
}

export interface EarlierResult {
  readonly outputs: readonly OutputColumn[];
}
