import type { Kysely } from 'kysely';
import {
  carriedTags,
  sameTag,
  type ColumnTag,
  type Policy,
  type TaggedColumn,
  type TagLookup,
} from '../policy/index.ts';
import { keyOfObject, type ObjectName, type Understanding } from '@sluice/snowflake-sql';

/** Which columns are sensitive beside what the policy file says: what flows carried along, and imports. */
export interface Classification {
  /** Always as of the last change that is durable. */
  readonly tags: TagLookup;
  /** The same of all columns of an object that have any; columns that it no longer has are among them. */
  taggedColumns(object: ObjectName): readonly TaggedColumn[];
  /**
   * Gives every column that the statement writes the tags of what flows into it, those of its inner
   * statements too. Durable when it resolves: to be called before the statement runs, so that no crash loses
   * a tag; a statement that then fails leaves a tag too many, which masks too much and shows nothing.
   */
  carry(meaning: Understanding, policy: Policy): Promise<void>;
  /** Adds imported tags. Nothing is ever taken away: a shorter import must not unmask. */
  add(tagged: readonly TaggedColumn[]): Promise<void>;
}

/** Reads what is stored; the tables are those of `classificationMigrations`. */
export async function openClassification(database: Kysely<unknown>): Promise<Classification> {
  const db = database as Kysely<ClassificationTables>;
  const known: Known = new Map();
  const stored = await db.selectFrom('column_tag').selectAll().execute();
  for (const row of stored) remember(known, fromRow(row));

  const tags: TagLookup = {
    tagsOf: ({ object, column }) => known.get(keyOfObject(object))?.get(column) ?? [],
  };

  async function store(tagged: readonly TaggedColumn[], origin: Row['origin']): Promise<void> {
    const fresh = tagged.filter(({ column, tag }) => !tags.tagsOf(column).some((have) => sameTag(have, tag)));
    for (let from = 0; from < fresh.length; from += ROWS_AT_ONCE) {
      await db
        .insertInto('column_tag')
        .values(fresh.slice(from, from + ROWS_AT_ONCE).map((entry) => toRow(entry, origin)))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    for (const entry of fresh) remember(known, entry);
  }

  return {
    tags,
    taggedColumns: (object) =>
      [...(known.get(keyOfObject(object)) ?? [])].flatMap(([column, found]) =>
        found.map((tag) => ({ column: { object, column }, tag })),
      ),
    carry: (meaning, policy) => store(carriedTags(policy, tags, meaning), 'flow'),
    add: (tagged) => store(tagged, 'import'),
  };
}

/** A database takes so many parameters, and a statement may write to more columns. */
const ROWS_AT_ONCE = 1_000;

interface ClassificationTables {
  readonly column_tag: Row;
}

interface Row {
  readonly database: string;
  readonly schema: string;
  readonly object: string;
  readonly column_name: string;
  readonly tag: string;
  /** JSON of the path's steps, or empty for the whole column. */
  readonly path: string;
  readonly origin: 'flow' | 'import';
}

function toRow({ column, tag }: TaggedColumn, origin: Row['origin']): Row {
  return {
    database: column.object.database,
    schema: column.object.schema,
    object: column.object.name,
    column_name: column.column,
    tag: tag.tag,
    path: tag.path === undefined ? '' : JSON.stringify(tag.path),
    origin,
  };
}

function fromRow(row: Row): TaggedColumn {
  return {
    column: {
      object: { database: row.database, schema: row.schema, name: row.object },
      column: row.column_name,
    },
    tag: row.path === '' ? { tag: row.tag } : { tag: row.tag, path: JSON.parse(row.path) as string[] },
  };
}

/** By object, then by column. */
type Known = Map<string, Map<string, readonly ColumnTag[]>>;

function remember(known: Known, { column, tag }: TaggedColumn): void {
  const key = keyOfObject(column.object);
  const columns = known.get(key) ?? new Map<string, readonly ColumnTag[]>();
  columns.set(column.column, [...(columns.get(column.column) ?? []), tag]);
  known.set(key, columns);
}
