import type { BoundFrom, BoundJoin, BoundRelation, BoundSample, BoundTable } from '../bound/index.ts';
import { equality } from './conditions.ts';
import { conditionTells, expressionFlow, usedTells } from './expressions.ts';
import { together } from './failing.ts';
import { kindOfColumn } from './kinds.ts';
import { matchRecognizeFlow, pivotFlow, unpivotFlow } from './pivots.ts';
import { derived, NOTHING, opaque, type Origin, recordedOrigin, unknownOrigin } from './origin.ts';
import { cteFlow, queryFlow } from './queries.ts';
import { joined } from './rope.ts';
import { baseOf, sourceOf } from './sources.ts';
import { type ColumnOrigin, type Flow, relation, type RelationFlow } from './state.ts';
import { tableFunctionFlow } from './table-functions.ts';
import { type Tells, unknown, used } from './tells.ts';

/** What the rows of a FROM depend on. Afterwards, its relations can be looked up by their ids. */
export function fromTells(flow: Flow, from: BoundFrom): Tells {
  return from.kind === 'join' ? joinTells(flow, from) : relationFlow(flow, from).rows;
}

export function relationFlow(flow: Flow, node: BoundRelation): RelationFlow {
  const made = madeBy(flow, node);
  // It may have more columns than are known here; `open` then says so.
  const all = {
    ...made,
    rows: joined([made.rows, sampleTells(flow, node.sample)]),
    open: made.open ?? node.open,
  };
  flow.relations.set(node.id, all);
  flow.nodes.set(node.id, node);
  return all;
}

function madeBy(flow: Flow, node: BoundRelation): RelationFlow {
  switch (node.kind) {
    case 'table':
      return tableFlow(flow, node);
    case 'view':
      return viewFlow(flow, node);
    case 'cte':
      return cteFlow(flow, node.cte);
    case 'derived':
      return queryFlow(flow, node.query);
    case 'table_function':
      return tableFunctionFlow(flow, node);
    case 'earlier':
      return earlierFlow(flow, node);
    case 'staged': {
      const value = recordedOrigin(flow.bases, node.files.contents);
      return relation(
        flow,
        node.columns.map(({ name }) => metadataOfFiles(flow, name, value) ?? { value, kind: 'unknown' }),
        null,
      );
    }
    case 'opaque_relation': {
      const part = opaque(node.reason, node.at);
      const columns = node.columns.map(() => ({ value: unknownOrigin(part), kind: 'unknown' as const }));
      const given = usedTells(flow, node.arguments, 'compare');
      return relation(flow, columns, joined([given, unknown(flow, part)]), part);
    }
    case 'pivot':
      return pivotFlow(flow, node);
    case 'unpivot':
      return unpivotFlow(flow, node);
    case 'match_recognize':
      return matchRecognizeFlow(flow, node);
    default:
      return node satisfies never;
  }
}

/** What is told of a file beside what is in it; null for any other column. */
function metadataOfFiles(flow: Flow, name: string, contents: Origin): ColumnOrigin | null {
  // A digest of all of it.
  if (name === 'METADATA$FILE_CONTENT_KEY')
    return { value: derived(flow.budget, 'expression', [contents]), kind: kindOfColumn('VARCHAR') };
  const type = METADATA_OF_FILES[name];
  return type === undefined ? null : { value: NOTHING, kind: kindOfColumn(type) };
}

/** Made of no value in the file: what it is called, when it came, and where in it a row is, is not told by what the row holds. */
const METADATA_OF_FILES: Readonly<Record<string, string>> = {
  METADATA$FILENAME: 'VARCHAR',
  METADATA$FILE_ROW_NUMBER: 'NUMBER(38,0)',
  METADATA$FILE_LAST_MODIFIED: 'TIMESTAMP_NTZ(9)',
  METADATA$START_SCAN_TIME: 'TIMESTAMP_LTZ(9)',
};

/** Columns of a table are base columns. A view whose definition is not known is opaque. */
function tableFlow(flow: Flow, table: BoundTable): RelationFlow {
  const { columns, travel, open } = table;
  const made = flow.tables.get(columns) ?? tableColumns(flow, table);
  flow.tables.set(columns, made);
  const moments = usedTells(
    flow,
    travel.map(({ argument }) => argument),
    'compare',
  );
  // These columns contain no references, so there is nothing to account for.
  return { columns: made, rows: moments, open };
}

function tableColumns(
  flow: Flow,
  { object, objectType, columns, types, at }: BoundTable,
): readonly ColumnOrigin[] {
  const unresolved =
    objectType === 'view' ? opaque(`the view \`${object.name}\`, whose definition is not known`, at) : null;
  return columns.map(({ name }, index) => ({
    value: {
      ...NOTHING,
      sources: [sourceOf(baseOf(flow.bases, { object, column: name }), 'direct')],
      unresolved,
    },
    kind: kindOfColumn(types[index] ?? ''),
  }));
}

function viewFlow(flow: Flow, { view }: Extract<BoundRelation, { kind: 'view' }>): RelationFlow {
  const known = flow.views.get(view);
  if (known !== undefined) return known;
  const made = view.query === null ? null : queryFlow(flow, view.query);
  const unclear = view.unknown ?? made?.open ?? null;
  const columns = view.columns.map((_, index) => {
    const column = made?.columns[index];
    if (unclear !== null) return { value: unknownOrigin(unclear), kind: 'unknown' as const };
    if (column === undefined) throw new Error(`a view without a column ${index}`);
    return column;
  });
  const result = { columns, rows: made?.rows ?? null, open: null };
  flow.views.set(view, result);
  return result;
}

function earlierFlow(
  flow: Flow,
  { of, columns, at }: Extract<BoundRelation, { kind: 'earlier' }>,
): RelationFlow {
  if ('step' in of) {
    const step = flow.step(of.step);
    if (step === undefined) throw new Error(`there is no step ${of.step} before this one`);
    return { ...step, rows: step.open === null ? null : unknown(flow, opaque(step.open.reason, at)) };
  }
  return relation(
    flow,
    columns.map((_, index) => {
      const output = of.result.outputs[index];
      if (output === undefined) throw new Error(`an earlier result without a column ${index}`);
      const value = recordedOrigin(flow.bases, output.sources, output.unresolved ?? null);
      return { value, kind: 'unknown' };
    }),
    null,
  );
}

function joinTells(flow: Flow, { left, right, on, equal, match, at }: BoundJoin): Tells {
  const sides = [fromTells(flow, left), fromTells(flow, right)];
  const pairs = equal.map((pair) => {
    const both = [expressionFlow(flow, pair.left), expressionFlow(flow, pair.right)] as const;
    const as = equality(both[0].value, both[1].value);
    return joined([
      ...both.map(({ tells }) => tells),
      ...both.map(({ value }) => used(flow, value, as, at, 'JOIN')),
      together(flow, both, at, 'JOIN').tells,
    ]);
  });
  return joined([...sides, ...pairs, conditionTells(flow, on), conditionTells(flow, match)]);
}

function sampleTells(flow: Flow, sample: BoundSample | null): Tells {
  return sample === null ? null : usedTells(flow, [sample.size, sample.seed], 'compare');
}
