import type { BoundRelation, BoundSample } from '../bound/index.ts';
import type { Bind } from '../tree/names.ts';
import type { Call, Expression, TableFunction } from '../tree/query.ts';
import type { OpaquePart } from '../understanding.ts';
import { type Binder, nextRelation, noteFunction, noteOpaque, opaque, placeOf, visit } from './binder.ts';
import { bindName } from './bind-names.ts';
import { bindCall, builtInSignature } from './calls.ts';
import { invalid } from '../problem.ts';
import { bindInferSchema } from './stages.ts';
import { boundColumns, type Scope } from './scope.ts';

/** The columns of the table functions whose columns do not depend on their arguments. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  FLATTEN: ['SEQ', 'KEY', 'PATH', 'INDEX', 'VALUE', 'THIS'],
  SPLIT_TO_TABLE: ['SEQ', 'INDEX', 'VALUE'],
  STRTOK_SPLIT_TO_TABLE: ['SEQ', 'INDEX', 'VALUE'],
  GENERATOR: [],
};

/** Binds a table function. Its arguments see the preceding items of FROM. */
export function bindTableFunction(
  binder: Binder,
  scope: Scope,
  { call, ...node }: TableFunction,
  sample: BoundSample | null,
): BoundRelation {
  const name = builtInSignature(call)?.name;
  if (name === 'RESULT_SCAN') return bindResultScan(binder, call, sample);
  const files = name === 'INFER_SCHEMA' ? bindInferSchema(binder, call, sample) : null;
  if (files !== null) return files;
  const bound = bindCall(binder, scope, call);
  const columns = name === undefined ? undefined : COLUMNS[name];
  const base = { at: placeOf(binder, node), sample, id: nextRelation(binder) };
  if (columns !== undefined)
    return { kind: 'table_function', ...base, columns: boundColumns(columns), open: null, call: bound };
  const reason = `the table function \`${bound.name.name}\`, whose body is not known`;
  // Its range is that of the call, so that a rule for the function covers it.
  noteOpaque(binder, opaque(reason, call));
  return { kind: 'table_function', ...base, columns: [], open: opaque(reason, base.at), call: bound };
}

/** The result of an earlier statement of this session, if it is known which one. */
function bindResultScan(binder: Binder, call: Call, sample: BoundSample | null): BoundRelation {
  visit(binder, call);
  noteFunction(binder, { database: '', schema: '', name: 'RESULT_SCAN' }, true, call);
  const [id, ...more] = call.arguments;
  const earlier = more.length === 0 ? earlierResult(binder, id) : undefined;
  if (earlier === null)
    throw invalid({ what: 'unknown_result' }, 'there is no such statement of this session', call);
  const base = { at: placeOf(binder, call), sample, id: nextRelation(binder) };
  if (earlier !== undefined) {
    const columns = boundColumns(earlier.result.outputs.map(({ name }) => name));
    return { kind: 'earlier', ...base, columns, open: null, of: earlier };
  }
  const open: OpaquePart = opaque('the result of a statement that is not known here', base.at);
  noteOpaque(binder, { ...open, range: { start: call.start, end: call.end } });
  if (id !== undefined) visit(binder, id);
  return { kind: 'opaque_relation', ...base, columns: [], open, reason: open.reason, arguments: [] };
}

/** Undefined where it is not known which is meant; null where there is none. */
function earlierResult(binder: Binder, id: Expression | undefined) {
  const { results } = binder.context;
  const which = id?.kind === 'bind' ? textOf(binder, id) : earlierNamed(id);
  if (which === null) return undefined;
  if (id?.kind !== 'string') visit(binder, id!);
  const queryId = typeof which === 'string' ? which : [...results.keys()].at(which);
  const result = queryId === undefined ? undefined : results.get(queryId);
  // Of what was changed there are no columns to read: that is told as if there were no result.
  const isThere = queryId !== undefined && result !== undefined && result.outputs.length > 0;
  return isThere ? { queryId, result } : null;
}

function textOf(binder: Binder, id: Bind): string | null {
  return binder.context.bindTexts?.get(bindName(binder, id)) ?? null;
}

/** Which earlier result is meant: by its id, or by its index, where -1 is the last. Null if it is not known. */
export function earlierNamed(id: Expression | undefined): string | number | null {
  if (id?.kind === 'string') return id.value;
  if (id?.kind !== 'call' || builtInSignature(id)?.name !== 'LAST_QUERY_ID') return null;
  const [place] = id.arguments;
  if (place === undefined) return -1;
  const isCount = place.kind === 'unary' && place.operator === '-' && place.operand.kind === 'number';
  return isCount ? -Number((place.operand as { text: string }).text) : null;
}
