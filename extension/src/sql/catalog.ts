import { type CatalogObjectView, isRelayError, type RelayClient } from '@sluice/contract';
import { keyOfObject, type ObjectName } from '@sluice/snowflake-sql';

/** What the relay says of its objects to whoever is signed in. */
export type CatalogSource = Pick<RelayClient['catalog'], 'databases' | 'schemas' | 'objects' | 'object'>;

/**
 * The relay's catalog as the person may know it, kept for a while: each look at it is on the record, and an editor looks at every
 * keystroke. Rejects as the client does; what was not answered is asked again.
 */
export interface CatalogMemory {
  databases(): Promise<readonly string[]>;
  schemas(database: string): Promise<readonly string[]>;
  objects(database: string, schema: string): Promise<readonly ListedObject[]>;
  /** Null: there is none, or it is not theirs to know of. */
  object(name: ObjectName): Promise<CatalogObjectView | null>;
  forget(): void;
}

export interface ListedObject {
  readonly name: string;
  readonly type: 'table' | 'view';
}

export function createCatalogMemory(source: CatalogSource, now: () => number): CatalogMemory {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  const once = async <Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const known = kept.get(key);
    if (known !== undefined && now() - known.at < KEPT_MS) return (await known.answer) as Answer;
    const answer = ask();
    kept.delete(key);
    kept.set(key, { at: now(), answer });
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    try {
      return await answer;
    } catch (error) {
      if (kept.get(key)?.answer === answer) kept.delete(key);
      throw error;
    }
  };
  return {
    databases: async () => await once('databases', async () => (await source.databases()).databases),
    schemas: async (database) =>
      await once(
        JSON.stringify(['schemas', database]),
        async () => (await unlessUnknown(source.schemas({ query: { database } })))?.schemas ?? [],
      ),
    objects: async (database, schema) =>
      await once(JSON.stringify(['objects', database, schema]), () => listed(source, database, schema)),
    object: async (name) =>
      await once(`object ${keyOfObject(name)}`, () => unlessUnknown(source.object({ query: name }))),
    forget: () => kept.clear(),
  };
}

/** Long enough to write a query in; what a policy lets people see rarely changes sooner. */
const KEPT_MS = 5 * 60_000;
const MOST = 2_000;
/** Of one schema: more are not read through in a list. */
const MOST_PAGES = 5;

async function listed(
  source: CatalogSource,
  database: string,
  schema: string,
): Promise<readonly ListedObject[]> {
  const found: ListedObject[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await unlessUnknown(source.objects({ query: { database, schema, after, limit: 1_000 } }));
    found.push(...(answer?.objects ?? []));
    if (answer === null || answer.next === null) break;
    after = answer.next;
  }
  return found;
}

async function unlessUnknown<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (isRelayError(error) && error.code === 'object_unknown') return null;
    throw error;
  }
}
