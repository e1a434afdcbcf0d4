import type { LoadedObject, NamedObject, ObjectName } from '@sluice/snowflake-sql';

/**
 * What a warehouse session can be asked of its objects: those of some names, or a page of those of a schema. Never all
 * of them: an account has a million.
 */
export interface WarehouseCatalog {
  /**
   * Whether the warehouse has tags and masking policies of its own, which `load` tells of each object (`governance`). Tags of
   * what cannot be loaded are then not known.
   */
  readonly governs?: boolean;
  /**
   * What the session sees under these names now, as of one moment: one answer for each different name, in any order. A
   * temporary table of the session hides whatever else has its full name. Asks the warehouse in batches, so many at a
   * time, however many names there are; whoever calls says how many that may be (`loadNamed`).
   */
  load(names: readonly Pick<NamedObject, 'name' | 'type'>[]): Promise<readonly LoadedObject[]>;
  /** Names of databases, in order. */
  databases(): Promise<readonly string[]>;
  /** Names of the schemas of a database, in order; of one that is not there, none. */
  schemas(database: string): Promise<readonly string[]>;
  /**
   * The tables and views of a schema whose names are asked for, in the order of their names, from the one behind `after`
   * on; the session's temporary tables among them.
   */
  objects(schema: SchemaName, page: Page): Promise<readonly ListedObject[]>;
}

export interface SchemaName {
  readonly database: string;
  readonly schema: string;
}

export interface Page {
  /** The last name of the page before; null for the first page. */
  readonly after: string | null;
  readonly most: number;
  /** Each the texts between which any characters may stand: `['T', '']` is T and whatever follows. */
  readonly names: readonly (readonly string[])[];
}

export interface ListedObject {
  readonly name: ObjectName;
  readonly type: 'table' | 'view';
}
