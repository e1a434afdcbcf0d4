import type { EventBody } from '@sluice/contract';
import {
  type CatalogColumn,
  formatColumn,
  formatObjectName,
  type ObjectName,
  quotedIdentifier,
} from '@sluice/snowflake-sql';
import { SluiceError } from '../errors.ts';
import {
  type ColumnTag,
  type DecisionContext,
  type Policy,
  sameTag,
  sensitivityOf,
  withTags,
} from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type { WarehouseSession } from '../warehouse/index.ts';
import { assessStatement, type AssessingParts, type StatementAssessment } from './assess-statement.ts';
import { orGiveUp } from './give-up.ts';
import { decisionEvent } from './record-intent.ts';
import type { SessionContext } from './session-context.ts';
import { type ShownMask, shownMasks } from './shown-columns.ts';
import type { CalledRequest } from './statement-request.ts';

export interface BrowsedObject {
  readonly type: 'table' | 'view';
  /** On `SELECT *` of it. */
  readonly decision: Extract<EventBody, { type: 'decision' }>;
  readonly columns: readonly BrowsedColumn[];
  /** Of a view that is understood, the tables and views that it reads, by their full names. */
  readonly reads: readonly string[];
}

export interface BrowsedColumn extends CatalogColumn {
  /** Full names of the policies by which the warehouse itself masks it, as far as it says so. */
  readonly maskedBy: readonly string[];
  readonly tags: readonly ColumnTag[];
  readonly mask: ShownMask | null;
}

/** Who looks at an object, and under what. */
export interface Browsing {
  readonly session: Session;
  readonly context: SessionContext;
  readonly catalog: WarehouseSession['catalog'];
  readonly policy: Policy;
  readonly deciding: DecisionContext;
}

/**
 * A table or view, and what its `SELECT *` would be; null where there is none of this name. Nothing runs.
 *
 * @param id a UUID, for a statement that there will never be.
 * @throws SluiceError `session_changed` when it changed while it was looked at.
 */
export async function browseObject(
  parts: AssessingParts,
  { session, context, catalog, policy, deciding }: Browsing,
  name: ObjectName,
  id: string,
  signal: AbortSignal,
): Promise<BrowsedObject | null> {
  const [found] = await orGiveUp(catalog.load([{ name, type: 'table' }]), signal);
  const object = found?.object ?? null;
  if (object === null || !('columns' in object)) return null;
  const called = wholeOf(session, name, id);
  const assessment = await assessStatement(parts, called, context, signal);
  const decision = decisionEvent(called, assessment.decision);
  const { understanding } = assessment;
  const masks = shownMasks(assessment.decision);
  if (understanding.understood && !areOf(object.columns, understanding.outputs)) throw changed();
  const governed = found?.governance === 'unknown' ? [] : (found?.governance ?? []);
  const columns = object.columns.map((column, output): BrowsedColumn => ({
    ...column,
    maskedBy: governed.find((one) => one.column === column.name)?.maskedBy ?? [],
    tags: tagsOf(policy, deciding, assessment, name, column, output),
    mask: masks.get(output) ?? null,
  }));
  const itself = formatObjectName(name);
  const objects = understanding.understood ? understanding.objects : [];
  const reads = objects
    .filter(({ type }) => type === 'table' || type === 'view')
    .map((read) => formatObjectName(read.name))
    .filter((one) => one !== itself);
  return { type: object.type, decision, columns, reads: [...new Set(reads)] };
}

/** `SELECT *` of an object, by somebody: to be assessed, and never run. */
export function wholeOf(session: Session, name: ObjectName, id: string): CalledRequest {
  const sql = `SELECT * FROM ${[name.database, name.schema, name.name].map(quotedIdentifier).join('.')}`;
  const request = { session, sql, binds: {}, queryId: id, requestId: id, describeOnly: false };
  return { ...request, prompt: null, breakGlass: null };
}

/** Those of all that the column is made of: what the decision looks at. Of what is not understood, its own. */
function tagsOf(
  policy: Policy,
  deciding: DecisionContext,
  assessment: StatementAssessment,
  object: ObjectName,
  { name }: CatalogColumn,
  output: number,
): readonly ColumnTag[] {
  const { understanding } = assessment;
  const tags = withTags(deciding.tags, assessment.outcome === 'understood' ? assessment.told : []);
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

function changed(): SluiceError {
  return new SluiceError('session_changed', 'it has changed while it was looked at', {
    advice: 'ask again',
  });
}
