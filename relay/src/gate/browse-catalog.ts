import { formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import {
  type DecisionContext,
  knownNamesIn,
  mayKnowOf,
  mayKnowOfPlace,
  type Policy,
} from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type { ListedObject, Page, SchemaName, WarehouseSession } from '../warehouse/index.ts';
import { contextOf } from './assess-statement.ts';
import { browseObject, type BrowsedObject } from './browse-object.ts';
import { confirmRequester } from './confirm-requester.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import type { SessionContext } from './session-context.ts';

/**
 * The catalog as one person may know it, in one session. What no rule lets them do anything with is not there: all
 * methods but the first reject with `object_unknown`, whether it is missing or not theirs to know of. Each look is recorded.
 */
export interface CatalogBrowser {
  databases(): Promise<readonly string[]>;
  schemas(database: string): Promise<readonly string[]>;
  /** As many as were asked for while there are any: the names alone tell where the next page begins. */
  objects(schema: SchemaName, page: Omit<Page, 'names'>): Promise<ObjectsPage>;
  /** @throws `session_changed` when it changed while it was looked at. */
  object(name: ObjectName, id: string): Promise<BrowsedObject>;
}

export interface ObjectsPage {
  readonly objects: readonly ListedObject[];
  readonly next: string | null;
}

export function browseCatalog(
  parts: GateParts,
  session: Session,
  context: SessionContext,
  signal: AbortSignal,
): CatalogBrowser {
  const look = async (at: string): Promise<Seen> => {
    confirmRequester(parts, session);
    const { recorder, limits } = parts;
    limits.checkRecord(session.identity.id);
    const event: EventBody = { type: 'notice', what: 'catalog', detail: { at } };
    limits.record(session.identity.id, Buffer.byteLength(JSON.stringify(event)));
    await recorder.append(session.id, event);
    const { catalog, surroundings } = await orGiveUp(context.warehouse(), signal);
    const request = { session, sql: '', breakGlass: null };
    const policy = parts.policy();
    return { catalog, policy, deciding: contextOf(parts, policy, request, context, surroundings.state) };
  };

  return {
    databases: async () => await databasesOf(await look('')),
    async schemas(database) {
      return await schemasOf(await look(formatObjectName({ database, schema: '', name: '' })), database);
    },
    async objects(schema, page) {
      const seen = await look(formatObjectName({ ...schema, name: '' }));
      if (!(await schemasOf(seen, schema.database)).includes(schema.schema)) throw unknown();
      return await pageOf(seen, schema, page, signal);
    },
    async object(name, id) {
      const { catalog, policy, deciding } = await look(formatObjectName(name));
      if (!mayKnowOf(policy, deciding, name)) throw unknown();
      const object = await browseObject(
        parts,
        { session, context, catalog, policy, deciding },
        name,
        id,
        signal,
      );
      if (object === null) throw unknown();
      return object;
    },
  };
}

interface Seen {
  readonly catalog: WarehouseSession['catalog'];
  readonly policy: Policy;
  readonly deciding: DecisionContext;
}

async function databasesOf({ catalog, policy, deciding }: Seen): Promise<readonly string[]> {
  const all = await catalog.databases();
  return all.filter((database) => mayKnowOfPlace(policy, deciding, { database, schema: null }));
}

async function schemasOf(seen: Seen, database: string): Promise<readonly string[]> {
  if (!(await databasesOf(seen)).includes(database)) throw unknown();
  const all = await seen.catalog.schemas(database);
  return all.filter((schema) => mayKnowOfPlace(seen.policy, seen.deciding, { database, schema }));
}

/**
 * One question, for what they may know of alone. Were the rest looked through here, a page that ended early, or took
 * longer, would tell how many objects there are that are not theirs to know of, and a place among those would tell a name.
 */
async function pageOf(
  { catalog, policy, deciding }: Seen,
  schema: SchemaName,
  { after, most }: Omit<Page, 'names'>,
  signal: AbortSignal,
): Promise<ObjectsPage> {
  const names = knownNamesIn(policy, deciding, schema);
  const found = await orGiveUp(catalog.objects(schema, { after, most: most + 1, names }), signal);
  const known = found.filter(({ name }) => mayKnowOf(policy, deciding, name));
  return { objects: known.slice(0, most), next: known.length > most ? known[most - 1]!.name.name : null };
}

/** The same of what is not there and of what is not theirs to know of. */
function unknown(): SluiceError {
  return new SluiceError('object_unknown', 'there is no such object, or it is not yours to see', {
    advice: 'look at the list; names are as they are stored, in upper case unless they were quoted',
  });
}
