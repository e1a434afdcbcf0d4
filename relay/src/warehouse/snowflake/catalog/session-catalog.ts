import {
  formatObjectName,
  isOfOwnNames,
  keyOfObject,
  type LoadedObject,
  type NamedObject,
  type ObjectName,
  type UsedObject,
} from '@sluice/snowflake-sql';
import { LRUCache } from 'lru-cache';
import type { WarehouseCatalog } from '../../catalog.ts';
import type { Ask } from '../ask.ts';
import { type GovernanceAsked, readGovernance } from './governance.ts';
import { listingsOf } from './listings.ts';
import { readFunctions } from './read-functions.ts';
import { type KnownObjects, readObjects } from './read-objects.ts';

/** What sessions of one account tell each other of its objects. */
export interface SharedCatalog {
  readonly known: KnownObjects;
  /** What was found under a name lately, by role and name: a role sees what it was granted. Null: nothing is kept. */
  readonly lately: LRUCache<string, LoadedObject> | null;
  /** What is asked of tags and masking policies. */
  readonly governance: GovernanceAsked;
}

/** @param keptForMs - how long what was found under a name is believed without asking again; 0: never. */
export function createSharedCatalog(
  keptForMs: number,
  now: () => number,
  governance: GovernanceAsked,
): SharedCatalog {
  const perf = { now };
  return {
    governance,
    known: new LRUCache({ max: 20_000 }),
    lately: keptForMs === 0 ? null : new LRUCache({ max: 50_000, ttl: keptForMs, ttlResolution: 0, perf }),
  };
}

export interface SessionCatalog extends WarehouseCatalog {
  /** The versions of objects at this moment, whatever is remembered: of those that there are, by `keyOfObject`. */
  versions(objects: readonly UsedObject[]): Promise<ReadonlyMap<string, string>>;
  /** What was found under these names is asked for anew. */
  forget(names: readonly ObjectName[]): void;
}

/** What one session sees. */
export function sessionCatalog(
  ask: Ask,
  shared: SharedCatalog,
  session: {
    /** The session's role. */
    role(): string | null;
    /** Full names of the session's temporary tables and views, which nobody else sees. */
    temporary(): ReadonlySet<string>;
  },
): SessionCatalog {
  /** Names that were found to be functions: whoever asks about versions does not say. */
  const functions = new Set<string>();
  const keyOf = (name: ObjectName) => JSON.stringify([session.role(), keyOfObject(name)]);
  const isShared = (name: ObjectName) => !session.temporary().has(formatObjectName(name));

  const read = async (
    names: readonly Pick<NamedObject, 'name' | 'type'>[],
  ): Promise<readonly LoadedObject[]> => {
    const isFunction = ({ name, type }: Pick<NamedObject, 'name' | 'type'>) =>
      type === 'function' || functions.has(keyOfObject(name));
    // Stages and file formats: nothing on them is let through.
    const unknown = names
      .filter(({ name }) => isOfOwnNames(name))
      .map(({ name }) => ({ name, object: null }));
    const others = names.filter((one) => !isFunction(one) && !isOfOwnNames(one.name)).map(({ name }) => name);
    const called = names.filter(isFunction).map(({ name }) => name);
    const found = [...(await readObjects(ask, others, shared.known)), ...(await readFunctions(ask, called))];
    for (const { name, object } of found) if (object?.type === 'function') functions.add(keyOfObject(name));
    return [...found, ...unknown];
  };

  return {
    ...listingsOf(ask),
    governs: shared.governance.tags !== 'off' || shared.governance.policies !== 'off',
    async load(named) {
      const wanted = new Map(named.map((one) => [keyOfObject(one.name), one]));
      const remembered = [...wanted.values()].flatMap(({ name }) => {
        const lately = isShared(name) ? shared.lately?.get(keyOf(name)) : undefined;
        return lately === undefined ? [] : [lately];
      });
      for (const { name } of remembered) wanted.delete(keyOfObject(name));
      const objects = await read([...wanted.values()]);
      // A temporary table is the session's own: what flows into it has its tags from there.
      const found = [
        ...(await readGovernance(
          ask,
          shared.governance,
          objects.filter(({ name }) => isShared(name)),
        )),
        ...objects.filter(({ name }) => !isShared(name)),
      ];
      for (const entry of found)
        if (isShared(entry.name) && entry.governance !== 'unknown')
          shared.lately?.set(keyOf(entry.name), entry);
      return [...remembered, ...found];
    },
    async versions(objects) {
      const found = await read(objects.map(({ name }) => ({ name, type: 'table' as const })));
      return new Map(
        found.flatMap(({ name, object }) =>
          object === null ? [] : [[keyOfObject(name), object.version] as const],
        ),
      );
    },
    forget(names) {
      const gone = new Set(names.map(keyOfObject));
      // Of every role: whoever saw it as it was.
      for (const [key, { name }] of shared.lately?.entries() ?? [])
        if (gone.has(keyOfObject(name))) shared.lately?.delete(key);
    },
  };
}
