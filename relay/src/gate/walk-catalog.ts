import type { ObjectName } from '@sluice/snowflake-sql';
import type { ListedObject, Page, SchemaName, WarehouseSession } from '../warehouse/index.ts';
import { orGiveUp } from './give-up.ts';

/** What of a warehouse's catalog is gone through, schema by schema. */
export interface Walk {
  readonly catalog: Pick<WarehouseSession['catalog'], 'databases' | 'schemas' | 'objects'>;
  /** Of a database, and of one of its schemas. */
  isKnown(place: { readonly database: string; readonly schema: string | null }): boolean;
  /** As `Page.names`. */
  namesIn(place: SchemaName): Page['names'];
}

export interface ObjectsAfter {
  /** The last one of the page before, and with the name '' the last schema that it looked through. */
  readonly after: ObjectName | null;
  readonly most: number;
}

/** Schemas that are looked through for one page: a warehouse may have thousands that hold nothing of theirs. */
const MOST_SCHEMAS = 100;

/** A page of the tables and views, in order. It may hold none while there are more. */
export async function objectsAfter(
  { catalog, isKnown, namesIn }: Walk,
  { after, most }: ObjectsAfter,
  signal: AbortSignal,
): Promise<{ readonly found: readonly ListedObject[]; readonly next: ObjectName | null }> {
  const found: ListedObject[] = [];
  let schemas = 0;
  for (const place of await placesFrom({ catalog, isKnown }, after, signal)) {
    const names = namesIn(place);
    const isGoingOn = place.database === after?.database && place.schema === after.schema;
    const page = { after: isGoingOn ? after.name : null, most: most + 1 - found.length, names };
    found.push(...(await orGiveUp(catalog.objects(place, page), signal)));
    if (found.length > most) return { found: found.slice(0, most), next: found[most - 1]!.name };
    schemas += 1;
    if (schemas === MOST_SCHEMAS) return { found, next: { ...place, name: LAST } };
  }
  return { found, next: null };
}

/** Behind every name. */
const LAST = '\u{10ffff}';

/** Schemas that they may know of, from where the page before ended. */
async function placesFrom(
  { catalog, isKnown }: Pick<Walk, 'catalog' | 'isKnown'>,
  after: ObjectName | null,
  signal: AbortSignal,
): Promise<readonly SchemaName[]> {
  const databases = (await orGiveUp(catalog.databases(), signal)).filter(
    (database) => (after === null || database >= after.database) && isKnown({ database, schema: null }),
  );
  const places: SchemaName[] = [];
  for (const database of databases) {
    if (places.length > MOST_SCHEMAS) break;
    for (const schema of await orGiveUp(catalog.schemas(database), signal)) {
      const isBefore = after !== null && database === after.database && schema < after.schema;
      if (!isBefore && isKnown({ database, schema })) places.push({ database, schema });
    }
  }
  return places;
}
