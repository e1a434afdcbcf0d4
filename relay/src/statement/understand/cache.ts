import type { Catalog, ResolutionContext } from '../catalog.ts';
import type { Understanding } from '../understanding.ts';
import { understand } from './understand.ts';

/** Texts kept, and the longest one that is: agents repeat short statements. */
const MOST_TEXTS = 2_000;
const LONGEST_TEXT = 20_000;

/**
 * `understand`, answering repeated texts from memory. A text's meaning depends on the catalog's version and on
 * what of the session is in the key; variables and earlier results are not, so texts that name them are not kept.
 */
export function createUnderstander(): typeof understand {
  const known = new Map<string, readonly Understanding[]>();
  return (sql, catalog, context) => {
    if (sql.length > LONGEST_TEXT || dependsOnSession(sql)) return understand(sql, catalog, context);
    const key = keyOf(sql, catalog, context);
    const hit = known.get(key);
    if (hit !== undefined) {
      known.delete(key);
      known.set(key, hit);
      return hit;
    }
    const made = understand(sql, catalog, context);
    known.set(key, made);
    const [oldest] = known.keys();
    if (known.size > MOST_TEXTS && oldest !== undefined) known.delete(oldest);
    return made;
  };
}

function keyOf(sql: string, { version }: Catalog, { database, schema }: ResolutionContext): string {
  return JSON.stringify([version, database ?? null, schema ?? null, sql]);
}

/** More texts than need be: a `$` in a literal costs only time. */
function dependsOnSession(sql: string): boolean {
  return sql.includes('$') || /result_scan/i.test(sql);
}
