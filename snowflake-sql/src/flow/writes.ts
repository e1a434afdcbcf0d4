import type {
  BoundAssignment,
  BoundDelete,
  BoundFileStatement,
  BoundInsert,
  BoundLoad,
  BoundMerge,
  BoundMultiInsert,
  BoundQuery,
  BoundTarget,
  BoundUnload,
  BoundUpdate,
  ColumnFit,
} from '../bound/index.ts';
import type { ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { Written } from './accounting.ts';
import { conditionTells, expressionFlow, usedTells } from './expressions.ts';
import { fromTells, relationFlow } from './from.ts';
import { writingFails } from './kinds.ts';
import { isColumn, NOTHING, recordedOrigin } from './origin.ts';
import { queryFlow } from './queries.ts';
import { joined } from './rope.ts';
import type { ColumnOrigin, Flow } from './state.ts';
import type { StatementFlow } from './statements.ts';
import { failing, type Tells, used } from './tells.ts';

/** A table that is written to, with its columns by name. */
interface Target {
  readonly object: ObjectName;
  readonly fits: ReadonlyMap<string, ColumnFit>;
}

export function insertFlow(flow: Flow, { target, columns, source }: BoundInsert): StatementFlow {
  return intoColumns(flow, targetOf(target), columns, source);
}

/** COPY INTO a table: the content of files has no known origin, unless a query reads them. */
export function loadFlow(flow: Flow, { target, columns, source }: BoundLoad): StatementFlow {
  return source === null
    ? { tells: null, written: [] }
    : intoColumns(flow, targetOf(target), columns, source);
}

function intoColumns(
  flow: Flow,
  target: Target,
  columns: readonly string[],
  source: BoundQuery,
): StatementFlow {
  const made = queryFlow(flow, source);
  if (made.columns.length > columns.length) throw new Error('more values than columns');
  const pairs = made.columns.map((value, index) => write(flow, target, columns[index]!, value, source.at));
  const { open } = made;
  const rest =
    open === null
      ? []
      : columns.map((column) => into(target.object, column, { ...NOTHING, unresolved: open }, source.at));
  return {
    tells: joined([made.rows, ...pairs.map(({ tells }) => tells)]),
    written: [...pairs.map(({ written }) => written), ...rest],
  };
}

export function multiInsertFlow(flow: Flow, { source, branches }: BoundMultiInsert): StatementFlow {
  const { rows } = relationFlow(flow, source);
  const conditions = branches.map(({ condition }) => conditionTells(flow, condition));
  const parts = branches.flatMap(({ targets }) =>
    targets.map(({ target, values }) => assigned(flow, targetOf(target), values)),
  );
  return {
    tells: joined([rows, ...conditions, ...parts.map(({ tells }) => tells)]),
    written: parts.flatMap(({ written }) => written),
  };
}

export function updateFlow(flow: Flow, { target, from, assignments, where }: BoundUpdate): StatementFlow {
  const changed = relationFlow(flow, target);
  const read = from === null ? null : fromTells(flow, from);
  const { tells, written } = assigned(flow, tableTarget(target), assignments);
  return { tells: joined([changed.rows, read, tells, conditionTells(flow, where)]), written };
}

export function deleteFlow(flow: Flow, { target, using, where }: BoundDelete): StatementFlow {
  const changed = relationFlow(flow, target);
  const read = using === null ? null : fromTells(flow, using);
  return { tells: joined([changed.rows, read, conditionTells(flow, where)]), written: [] };
}

export function mergeFlow(flow: Flow, { target, source, on, clauses }: BoundMerge): StatementFlow {
  const changed = relationFlow(flow, target);
  const read = relationFlow(flow, source);
  const parts = clauses.map(({ condition, action }) => {
    const chosen = conditionTells(flow, condition);
    if (action.kind === 'delete') return { tells: chosen, written: [] };
    const { tells, written } = assigned(flow, tableTarget(target), action.assignments);
    return { tells: joined([chosen, tells]), written };
  });
  return {
    tells: joined([changed.rows, read.rows, conditionTells(flow, on), ...parts.map(({ tells }) => tells)]),
    written: parts.flatMap(({ written }) => written),
  };
}

/** GET takes out what was unloaded, of whatever columns. */
export function filesFlow(flow: Flow, { what, files, local, at }: BoundFileStatement): StatementFlow {
  if (what !== 'get') return { tells: null, written: [] };
  const value = recordedOrigin(flow.bases, files.contents);
  return { tells: null, written: [{ value, to: { type: 'location', location: local }, at }] };
}

export function unloadFlow(
  flow: Flow,
  { location, to: into, source, partitionBy, at }: BoundUnload,
): StatementFlow {
  const made = queryFlow(flow, source);
  const to = { type: 'location', location } as const;
  return {
    // What is unloaded is masked as a result would be.
    ...(into === null ? {} : { result: made }),
    tells: joined([made.rows, usedTells({ ...flow, result: made }, [partitionBy], 'group')]),
    written: [
      ...made.columns.map(({ value }) => ({ value, to, at: source.at })),
      ...(made.open === null ? [] : [{ value: { ...NOTHING, unresolved: made.open }, to, at }]),
    ],
  };
}

function assigned(flow: Flow, target: Target, assignments: readonly BoundAssignment[]): StatementFlow {
  const pairs = assignments.map(({ column, value }) => {
    const made = expressionFlow(flow, value);
    const pair = write(flow, target, column, made, value.at);
    return { written: pair.written, tells: joined([made.tells, pair.tells]) };
  });
  return {
    tells: joined(pairs.map(({ tells }) => tells)),
    written: pairs.map(({ written }) => written),
  };
}

function write(
  flow: Flow,
  { object, fits }: Target,
  column: string,
  made: ColumnOrigin,
  at: SourceRange,
): { readonly written: Written; readonly tells: Tells } {
  const fit = fits.get(column) ?? { type: '', required: true };
  return { written: into(object, column, made.value, at), tells: fittingTells(flow, made, fit, at) };
}

/** A written value is converted to the type of its column, and fails if it does not fit, or is NULL where it may not be. */
export function fittingTells(
  flow: Flow,
  { value, kind }: ColumnOrigin,
  { type, required }: ColumnFit,
  at: SourceRange,
): Tells {
  const isWritten = type === null || !writingFails(kind, type) ? null : failing(flow, value, at);
  if (!required) return isWritten;
  const isThere = isColumn(value)
    ? used(flow, value, 'condition', at, 'NOT NULL')
    : failing(flow, value, at, 'NOT NULL');
  return joined([isWritten, isThere]);
}

export function into(object: ObjectName, column: string, value: Written['value'], at: SourceRange): Written {
  return { value, to: { type: 'column', column: { object, column } }, at };
}

function targetOf({ object, columns, types, required }: BoundTarget): Target {
  const fits = columns.map((column, index): [string, ColumnFit] => [
    column,
    { type: types[index] ?? '', required: required[index] ?? true },
  ]);
  return { object, fits: new Map(fits) };
}

function tableTarget({ object, columns, types, required }: BoundUpdate['target']): Target {
  return targetOf({ object, columns: columns.map(({ name }) => name), types, required });
}
