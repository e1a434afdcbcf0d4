import { type CatalogColumn, formatColumn, formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import {
  type ColumnTag,
  type DecisionContext,
  knownNamesIn,
  mayKnowOf,
  mayKnowOfPlace,
  type Policy,
  sameTag,
  sensitivityOf,
} from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type { ListedObject, Page, SchemaName, WarehouseSession } from '../warehouse/index.ts';
import { assessStatement, contextOf, type StatementAssessment } from './assess-statement.ts';
import { confirmRequester } from './confirm-requester.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import { decisionEvent } from './record-intent.ts';
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

export interface BrowsedObject {
  readonly type: 'table' | 'view';
  /** On `SELECT *` of it. */
  readonly decision: Extract<EventBody, { type: 'decision' }>;
  readonly columns: readonly BrowsedColumn[];
}

export interface BrowsedColumn extends CatalogColumn {
  readonly tags: readonly ColumnTag[];
  readonly mask: { readonly method: string; readonly because: string } | null;
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
      const [found] = await orGiveUp(catalog.load([{ name, type: 'table' }]), signal);
      const object = found?.object ?? null;
      if (object === null || object.type === 'function') throw unknown();
      const sql = `SELECT * FROM ${[name.database, name.schema, name.name].map(quotedName).join('.')}`;
      const request = { session, sql, binds: {}, queryId: id, requestId: id, describeOnly: false };
      const called = { ...request, prompt: null, breakGlass: null };
      const assessment = await assessStatement(parts, called, context, signal);
      const decision = decisionEvent(called, assessment.decision);
      const { understanding } = assessment;
      if (understanding.understood && !areOf(object.columns, understanding.outputs)) throw changed();
      const columns = object.columns.map((column, output): BrowsedColumn => {
        const mask = decision.masks.find((one) => one.output === output);
        return {
          ...column,
          tags: tagsOf(policy, deciding, assessment, name, column, output),
          mask: mask === undefined ? null : { method: mask.method, because: mask.because },
        };
      });
      return { type: object.type, decision, columns };
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

/** Those of all that the column is made of: what the decision looks at. Of what is not understood, its own. */
function tagsOf(
  policy: Policy,
  { tags }: DecisionContext,
  { understanding }: StatementAssessment,
  object: ObjectName,
  { name }: CatalogColumn,
  output: number,
): readonly ColumnTag[] {
  const sources = understanding.understood
    ? understanding.outputs[output]!.sources
    : [{ column: { object, column: name } }];
  const found: ColumnTag[] = [];
  for (const source of sources) {
    for (const tag of sensitivityOf(policy, tags, source)) {
      // A column that has a mask of its own, and no tag, goes by its name there.
      const isTag = tag.tag !== formatColumn(source.column);
      if (isTag && !found.some((one) => sameTag(one, tag))) found.push(tag);
    }
  }
  return found;
}

function areOf(columns: readonly CatalogColumn[], outputs: readonly { readonly name: string }[]): boolean {
  return (
    columns.length === outputs.length && columns.every(({ name }, index) => outputs[index]!.name === name)
  );
}

/** Whatever it is: a name may be a word of SQL's. */
function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The same of what is not there and of what is not theirs to know of. */
function unknown(): SluiceError {
  return new SluiceError('object_unknown', 'there is no such object, or it is not yours to see', {
    advice: 'look at the list; names are as they are stored, in upper case unless they were quoted',
  });
}

function changed(): SluiceError {
  return new SluiceError('session_changed', 'it has changed while it was looked at', {
    advice: 'ask again',
  });
}
