import {
  carriedTags,
  sameTag,
  type ColumnTag,
  type Policy,
  type TaggedColumn,
  type TagLookup,
  withTags,
} from '../policy/index.ts';
import { keyOfObject, type ObjectName, type Understanding } from '@sluice/snowflake-sql';
import type { EventBody } from '@sluice/contract';
import type { RelayNotices } from '../relay-notices.ts';
import type { Change, ChangeFeed, Transaction } from '../unit-of-work.ts';

/** Which columns are sensitive beside what the policy file says: what flows carried along, and imports. */
export interface Classification<Tx extends TagsTransaction = TagsTransaction> {
  /** Always as of the last change that is durable. */
  readonly tags: TagLookup;
  /** The same of all columns of an object that have any; columns that it no longer has are among them. */
  taggedColumns(object: ObjectName): readonly TaggedColumn[];
  /**
   * Gives every column that the statement writes the tags of what flows into it, those of its inner
   * statements too. In the transaction that lets the statement run, so that no crash loses
   * a tag; a statement that then fails leaves a tag too many, which masks too much and shows nothing.
   *
   * @param told - tags that the warehouse itself has on what it reads: they flow on as others do.
   */
  carry(tx: Tx, meaning: Understanding, policy: Policy, told?: readonly TaggedColumn[]): Promise<void>;
  /** Adds imported tags. Nothing is ever taken away: a shorter import must not unmask. */
  add(tx: Tx, tagged: readonly TaggedColumn[]): Promise<void>;
}

/** What it needs of a store. */
export interface TagsReader {
  list(): Promise<readonly TaggedColumn[]>;
}

export interface TagsStore extends TagsReader {
  /** Those that are there already stay. */
  add(tagged: readonly TaggedColumn[], origin: 'flow' | 'import'): Promise<void>;
}

export type TagsTransaction = Pick<Transaction, 'onEnd' | 'tell'> & { readonly tags: TagsStore };

export type RecordedTagsTransaction = TagsTransaction & {
  /** `session`: a session's id. */
  record(session: string, body: EventBody): Promise<unknown>;
};

/**
 * The classification of a relay: it follows from the record, too, so that a tag whose row somebody takes away stays. What an
 * earlier version, or an import, has put into the database alone goes on the record.
 */
export async function openRecordedClassification(options: {
  readonly store: ClassificationStore & {
    transaction<T>(work: (tx: RecordedTagsTransaction) => Promise<T>): Promise<T>;
  };
  readonly relaySession: string;
  readonly notices: RelayNotices;
}): Promise<Classification<RecordedTagsTransaction>> {
  const { store, relaySession, notices } = options;
  const recorded = () =>
    notices
      .of('columns_tagged')
      .flatMap(({ detail: { columns = '[]' } }) => JSON.parse(columns) as readonly TaggedColumn[]);
  const record = async (tx: RecordedTagsTransaction, tagged: readonly TaggedColumn[], origin: string) => {
    for (let at = 0; at < tagged.length; at += AT_ONCE) {
      const columns = JSON.stringify(tagged.slice(at, at + AT_ONCE));
      const detail = { origin, columns };
      await tx.record(relaySession, { type: 'notice', what: 'columns_tagged', detail });
    }
  };
  const list = async () => {
    await notices.read();
    return [...(await store.tags.list()), ...recorded()];
  };
  const onRecord = new Set(recorded().map(textOf));
  const missing = (await store.tags.list()).filter((tagged) => !onRecord.has(textOf(tagged)));
  if (missing.length > 0) await store.transaction((tx) => record(tx, missing, 'earlier'));
  return await classificationOf({ ...store, tags: { list } }, record);
}

/** Tags in one event. */
const AT_ONCE = 200;

function textOf({ column: { object, column }, tag }: TaggedColumn): string {
  return JSON.stringify([object.database, object.schema, object.name, column, tag.tag, tag.path ?? null]);
}

export interface ClassificationStore {
  readonly tags: TagsReader;
  readonly changes: ChangeFeed;
}

/** Reads what is stored, and follows what any relay adds to it; for programs that write no record. */
export async function openClassification(store: ClassificationStore): Promise<Classification> {
  return await classificationOf(store, async () => {});
}

async function classificationOf<Tx extends TagsTransaction>(
  store: ClassificationStore,
  record: (tx: Tx, tagged: readonly TaggedColumn[], origin: 'flow' | 'import') => Promise<void>,
): Promise<Classification<Tx>> {
  const known: Known = new Map();
  const tags: TagLookup = {
    tagsOf: ({ object, column }) => known.get(keyOfObject(object))?.get(column) ?? [],
  };
  const isNew = ({ column, tag }: TaggedColumn) => !tags.tagsOf(column).some((have) => sameTag(have, tag));
  const remember = (tagged: readonly TaggedColumn[]) => {
    for (const entry of tagged) {
      if (!isNew(entry)) continue;
      const { object, column } = entry.column;
      const columns = known.get(keyOfObject(object)) ?? new Map<string, readonly ColumnTag[]>();
      columns.set(column, [...(columns.get(column) ?? []), entry.tag]);
      known.set(keyOfObject(object), columns);
    }
  };
  store.changes.follow('tag', async (change: Change | null) => {
    remember(change === null ? await store.tags.list() : [JSON.parse(change.key) as TaggedColumn]);
  });
  remember(await store.tags.list());

  const add = async (tx: Tx, tagged: readonly TaggedColumn[], origin: 'flow' | 'import') => {
    const fresh = tagged.filter(isNew);
    if (fresh.length === 0) return;
    await tx.tags.add(fresh, origin);
    await record(tx, fresh, origin);
    for (const { column, tag } of fresh) tx.tell({ topic: 'tag', key: JSON.stringify({ column, tag }) });
    tx.onEnd((durable) => durable && remember(fresh));
  };

  return {
    tags,
    taggedColumns: (object) =>
      [...(known.get(keyOfObject(object)) ?? [])].flatMap(([column, found]) =>
        found.map((tag) => ({ column: { object, column }, tag })),
      ),
    carry: (tx, meaning, policy, told = []) =>
      add(tx, carriedTags(policy, withTags(tags, told), meaning), 'flow'),
    add: (tx, tagged) => add(tx, tagged, 'import'),
  };
}

/** By object, then by column. */
type Known = Map<string, Map<string, readonly ColumnTag[]>>;
