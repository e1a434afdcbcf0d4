import type { BoundAlter, BoundComputed, BoundCreate, BoundSet } from '../bound/index.ts';
import type { ColumnRef, ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { Written } from './accounting.ts';
import { expressionFlow } from './expressions.ts';
import { relationFlow } from './from.ts';
import { NOTHING, opaque } from './origin.ts';
import { queryFlow } from './queries.ts';
import { joined } from './rope.ts';
import { baseOf, sourceOf } from './sources.ts';
import type { Flow, RelationFlow } from './state.ts';
import type { StatementFlow } from './statements.ts';
import { failing, unknown } from './tells.ts';
import { fittingTells, into } from './writes.ts';

/** CREATE: where the rows of the new object come from. */
export function createFlow(flow: Flow, create: BoundCreate): StatementFlow {
  const { object, query, columns, fits, clone, at } = create;
  const made = query === null ? null : queryFlow(flow, query);
  const copied = clone === null ? null : relationFlow(flow, clone);
  const names = [...columns, ...(query?.columns.slice(columns.length).map(({ name }) => name) ?? [])];
  const parts = [
    ...(made === null ? [] : [written(flow, object, made, names, at), fitting(flow, made, fits, at)]),
    ...(copied === null || clone === null
      ? []
      : [
          written(
            flow,
            object,
            copied,
            clone.columns.map(({ name }) => name),
            at,
          ),
        ]),
    computedFlow(flow, object, create.computed, at),
  ];
  return {
    tells: joined(parts.map(({ tells }) => tells)),
    written: parts.flatMap((part) => part.written),
  };
}

/**
 * ALTER: values that are found under another name afterwards flow there. Whether a column's values fit a new type or
 * constraint is an answer.
 */
export function alterFlow(flow: Flow, { object, moves, checked, computed, at }: BoundAlter): StatementFlow {
  const made = computedFlow(flow, object, computed, at);
  const moved = moves.map(({ from, to }): Written => ({
    value: directly(flow, from),
    to: { type: 'column', column: to },
    at,
  }));
  const fitting = checked.map((column) => failing(flow, directly(flow, column), at, 'ALTER COLUMN'));
  return { tells: joined([made.tells, ...fitting]), written: [...moved, ...made.written] };
}

/** SET: a variable has the origin of the value assigned to it. */
export function setFlow(flow: Flow, { assignments }: BoundSet): StatementFlow {
  const made = assignments.map(({ name, value }) => ({ name, value, made: expressionFlow(flow, value) }));
  return {
    tells: joined(
      made.map(({ made: { value, tells } }) =>
        joined([tells, value.unresolved === null ? null : unknown(flow, value.unresolved)]),
      ),
    ),
    written: made.map(({ name, value, made }): Written => ({
      value: made.value,
      to: { type: 'variable', name },
      at: value.at,
    })),
  };
}

function written(
  flow: Flow,
  object: ObjectName | null,
  { columns, rows, open }: RelationFlow,
  names: readonly string[],
  at: SourceRange,
): StatementFlow {
  if (object === null) {
    return {
      tells: joined([rows, unknown(flow, opaque('the object to create has no name', at))]),
      written: [],
    };
  }
  return {
    tells: rows,
    written: [
      ...columns.map(({ value }, index) => into(object, names[index] ?? '*', value, at)),
      ...(open === null ? [] : [into(object, '*', { ...NOTHING, unresolved: open }, at)]),
    ],
  };
}

/** Values of a query that must fit columns which the text defines. */
function fitting(
  flow: Flow,
  { columns }: RelationFlow,
  fits: BoundCreate['fits'],
  at: SourceRange,
): StatementFlow {
  const tells = columns.map((made, index) => {
    const fit = fits[index];
    return fit === undefined ? null : fittingTells(flow, made, fit, at);
  });
  return { tells: joined(tells), written: [] };
}

/** A column's DEFAULT, and the expression of a computed column, which refers to columns of the new table. */
function computedFlow(
  flow: Flow,
  object: ObjectName | null,
  computed: readonly BoundComputed[],
  at: SourceRange,
): StatementFlow {
  const made = computed.map(({ column, value, own }) => {
    const table = own === null ? null : relationFlow(flow, own);
    return { column, value, rows: table?.rows ?? null, made: expressionFlow(flow, value) };
  });
  const nameless =
    object === null && made.length > 0 ? unknown(flow, opaque('the object to create has no name', at)) : null;
  // Without an object name there is no flow to report, but the statement is opaque.
  if (object === null) flow.account.kept.push(...made.map((one) => one.made.value.references));
  return {
    tells: joined([nameless, ...made.flatMap(({ rows, made: { tells } }) => [rows, tells])]),
    written:
      object === null
        ? []
        : made.map(({ column, value, made }) => into(object, column, made.value, value.at)),
  };
}

function directly(flow: Flow, column: ColumnRef): Written['value'] {
  return { ...NOTHING, sources: [sourceOf(baseOf(flow.bases, column), 'direct')] };
}
