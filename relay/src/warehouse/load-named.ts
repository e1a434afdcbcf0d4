import {
  catalogName,
  keyOfObject,
  type LoadedObject,
  type NamedObject,
  type Names,
  objectsNamed,
  type ResolutionContext,
} from '@sluice/snowflake-sql';
import type { WarehouseCatalog } from './catalog.ts';

/** What of the catalog a text's meaning can depend on, and what else the views behind it name. Plain data. */
export interface LoadedNames {
  readonly objects: readonly LoadedObject[];
  /** Of the text and of the views. */
  readonly variables: ReadonlySet<string>;
  readonly results: ReadonlySet<string | number>;
  /** Characters of the views' texts. */
  readonly viewCharacters: number;
}

/** Names in all, and views behind views. Nobody's statement has more; the warehouse is asked once for each level. */
const MOST_NAMES = 5_000;
const DEEPEST_VIEW = 32;

/** The same names; null where they are more than anybody could mean, which are not worth handing around. */
export function unlessTooMany(names: Names): Names | null {
  const { objects, variables, results, resultBinds } = names;
  const lists = [objects, variables, results, resultBinds];
  return lists.reduce((sum, { length }) => sum + length, 0) > MOST_NAMES ? null : names;
}

/**
 * Loads what a text names, then what the views among that name, each in its own schema, until nothing new is named; a
 * view that comes back to itself ends there. Of a schema that goes, all that is in it is loaded too. Null when that is too much.
 *
 * @param namesOf - what a view's text names; null when nobody could read it in time.
 */
export async function loadNamed(
  names: Names,
  session: ResolutionContext,
  catalog: Pick<WarehouseCatalog, 'load'>,
  namesOf: (definition: string) => Names | null | Promise<Names | null>,
): Promise<LoadedNames | null> {
  const loaded = new Map<string, LoadedObject>();
  const variables = new Set(names.variables);
  const results = new Set(names.results);
  for (const bind of names.resultBinds) results.add(session.bindTexts?.get(bind) ?? '');
  let viewCharacters = 0;
  let wanted = [...objectsNamed(names, session)];
  for (let depth = 0; wanted.length > 0; depth += 1) {
    const fresh = new Map<string, NamedObject>();
    for (const named of wanted) {
      const key = keyOfObject(named.name);
      if (!loaded.has(key)) fresh.set(key, named);
    }
    if (loaded.size + fresh.size > MOST_NAMES || (depth > DEEPEST_VIEW && fresh.size > 0)) return null;
    wanted = [];
    const found = fresh.size === 0 ? [] : await catalog.load([...fresh.values()]);
    for (const entry of found) {
      loaded.set(keyOfObject(entry.name), entry);
      const { object } = entry;
      if (object?.type === 'schema')
        wanted.push(...object.contents.map(({ type, name }) => ({ type, name: catalogName(type, name) })));
      if (object?.type !== 'view' || object.definition === undefined) continue;
      viewCharacters += object.definition.length;
      const inside = await namesOf(object.definition);
      if (inside === null) return null;
      const { database, schema } = object.name;
      wanted.push(...objectsNamed(inside, { ...session, database, schema }));
      for (const name of inside.variables) variables.add(name);
      for (const result of inside.results) results.add(result);
    }
  }
  return { objects: [...loaded.values()], variables, results, viewCharacters };
}
