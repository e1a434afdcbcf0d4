import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import type { BoundObject } from '../approval/index.ts';
import { type TaggedColumn, type TagLookup } from '../policy/index.ts';
import {
  type Catalog,
  catalogName,
  formatObjectName,
  keyOfObject,
  type ObjectName,
  type Understood,
} from '@sluice/snowflake-sql';

/**
 * The objects that a statement uses, inner statements' too, with a fingerprint of each; sorted, none twice. A
 * fingerprint is of the object's version, and of the tags that its columns carry once the statement has run: what the
 * statement itself carries there makes it no other statement the next time.
 *
 * @param carried - the tags that the statement's own flows give.
 */
export function boundObjects(
  understanding: Understood,
  catalog: Catalog,
  tags: TagLookup,
  carried: readonly TaggedColumn[],
): readonly BoundObject[] {
  const found = new Map<string, BoundObject>();
  const byObject = Map.groupBy(carried, ({ column }) => keyOfObject(column.object));
  const fingerprints = new Map<string, string>();
  const fingerprintOf = (type: string, name: ObjectName) => {
    const object = catalogName(type, name);
    const key = keyOfObject(object);
    const known = fingerprints.get(key);
    if (known !== undefined) return known;
    const made = fingerprint(object, catalog, tags, byObject.get(key) ?? []);
    fingerprints.set(key, made);
    return made;
  };
  const collect = (statement: Understood) => {
    for (const { type, name, access } of statement.objects) {
      const object = { type, name: formatObjectName(name), access, fingerprint: fingerprintOf(type, name) };
      found.set(`${object.name} ${type} ${access}`, object);
    }
    for (const inner of statement.inner) if (inner.understood) collect(inner);
  };
  collect(understanding);
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

function fingerprint(
  name: ObjectName,
  catalog: Catalog,
  tags: TagLookup,
  carried: readonly TaggedColumn[],
): string {
  const object = catalog.find(name) ?? null;
  const columns = object === null || !('columns' in object) ? [] : object.columns;
  const tagged = columns.flatMap((column) =>
    tags.tagsOf({ object: name, column: column.name }).map((tag) => canonicalJson([column.name, tag])),
  );
  const given = carried.map(({ column, tag }) => canonicalJson([column.column, tag]));
  const all = [...new Set([...tagged, ...given])].sort();
  return createHash('sha256')
    .update(canonicalJson([object?.version ?? null, all]))
    .digest('hex');
}
