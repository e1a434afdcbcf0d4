import type { Tree } from '@sluice/snowflake-sql';
import { statementText } from '@sluice/snowflake-sql/script';
import { type Cell, decodeRows } from '../encoding/index.ts';
import type { StatementOutcome } from '../gate.ts';
import type { Bind, Binds } from '../warehouse/index.ts';
import type { Flow } from './flow.ts';
import type { ScriptBudget, ScriptLimits } from './limits.ts';
import { expressionError, type Raised, raisedBy } from './raised.ts';
import type { ResultRows, Scope } from './scope.ts';
import { truth, type Value, valueOf, whole, text } from './value.ts';

/** Sends a statement through the gate, as if the script's client had sent it. */
export type SendStatement = (
  sql: string,
  binds: Binds,
  encoding: 'json' | 'client',
) => Promise<StatementOutcome>;

/** A script that is running. */
export interface Run {
  readonly source: string;
  /** The values that its client has bound, by their `?`. */
  readonly places: ReadonlyMap<object, Value>;
  readonly send: SendStatement;
  readonly budget: ScriptBudget;
  readonly limits: ScriptLimits;
  /** Blocks around this one that were begun by EXECUTE IMMEDIATE. */
  readonly depth: number;
  /** The script's own scope: what SQLROWCOUNT and its kin are. */
  readonly root: Scope;
  /** Runs a list of statements, or a block, of the script. */
  readonly list: (run: Run, scope: Scope, statements: readonly Tree.Statement[]) => Promise<Flow>;
  readonly block: (run: Run, scope: Scope, block: Tree.Block) => Promise<Flow>;
  /** Runs a block that a statement of the script turned out to be. */
  readonly nested: (given: StatementText, run: Run) => Promise<StatementOutcome>;
  /** What the innermost handler is about. */
  handling: Raised | null;
}

export type StatementText = { readonly sql: string; readonly binds: Binds };

/** The text of a part of the script, with the values of its variables as binds by name. */
export function written(
  run: Run,
  scope: Scope,
  node: Tree.Statement | Tree.Query | Tree.Expression,
  where: 'sql' | 'expression',
  {
    leftOut = null,
    step,
  }: {
    readonly leftOut?: { readonly start: number; readonly end: number } | null;
    readonly step?: (result: Tree.FlowResult) => string;
  } = {},
): StatementText {
  const binds: Record<string, Bind> = {};
  const known = new Map<string, string>();
  const sql = statementText(
    run.source,
    node,
    where,
    (names, plain, at) => {
      const value = run.places.get(at) ?? lookUp(scope, names);
      if (value === null) return null;
      const isPlace = run.places.has(at);
      const key = isPlace ? `? ${at.start}` : JSON.stringify(names);
      const own = isPlace ? '' : names.join('_').toUpperCase();
      const isFree = /^[A-Z_]\w{0,200}$/.test(own) && !(own in binds);
      const name = known.get(key) ?? (isFree ? own : `V${known.size + 1}_`);
      known.set(key, name);
      binds[name] = value.bind;
      return plain || value.typed === null ? `:${name}` : value.typed(`:${name}`);
    },
    leftOut,
    step,
  );
  return { sql, binds };
}

/** A variable, or a column of a loop's row. */
export function lookUp(scope: Scope, names: readonly string[]): Value | null {
  const [first = '', column, ...more] = names;
  if (more.length > 0) return null;
  const named = scope.find(first);
  if (column === undefined) return named?.is === 'variable' ? named.value : null;
  return named?.is === 'row' ? (named.values.get(column) ?? null) : null;
}

/** Runs a statement to its end, and keeps what it has answered, or nothing but how many rows that is. */
export async function sent(
  run: Run,
  { sql, binds }: StatementText,
  isKept: 'kept' | 'counted' = 'kept',
): Promise<ResultRows> {
  return await catching('STATEMENT_ERROR', async () => {
    run.budget.statement();
    const begun = await run.send(sql, binds, 'json');
    if (begun.script === true) await readRows(run, begun, 'counted');
    const outcome = begun.script === true ? await run.nested({ sql, binds }, run) : begun;
    const { rows, count } = await readRows(run, outcome, isKept);
    noteStatement(run.root, outcome, count);
    return { queryId: outcome.queryId, columns: outcome.columns, rows };
  });
}

/** The value of an expression of the script: a SELECT of it, with what it reads decided on and masked. */
export async function evaluated(
  run: Run,
  scope: Scope,
  node: Tree.Expression,
  type: string | null = null,
): Promise<Value> {
  const simple = run.places.get(node) ?? simpleValue(scope, node);
  if (simple !== null && isOfType(simple, type)) return simple;
  const { sql, binds } = written(run, scope, node, 'expression');
  return await selected(run, { sql: type === null ? sql : `CAST((${sql}) AS ${type})`, binds });
}

/** The value of a variable, in the type that it was declared with. */
export async function converted(run: Run, value: Value, type: string | null): Promise<Value> {
  if (isOfType(value, type)) return value;
  const given = value.typed?.(':V') ?? ':V';
  return await selected(run, { sql: `CAST(${given} AS ${type})`, binds: { V: value.bind } });
}

/** The value of an expression that is one of SQL. */
export async function selected(run: Run, { sql, binds }: StatementText): Promise<Value> {
  return await catching('EXPRESSION_ERROR', async () => {
    run.budget.statement();
    const outcome = await run.send(`SELECT ${sql} AS V`, binds, 'json');
    const { rows } = await readRows(run, outcome, 'kept');
    if (rows === null) throw expressionError('the value is too large for a variable');
    const [column] = outcome.columns;
    return column === undefined ? text(null) : valueOf(column, rows[0]?.[0] ?? null);
  });
}

/** What needs nobody to compute it. */
function simpleValue(scope: Scope, node: Tree.Expression): Value | null {
  switch (node.kind) {
    case 'paren':
      return simpleValue(scope, node.inner);
    case 'string':
      return text(node.value);
    case 'number':
      return /^\d{1,18}$/.test(node.text) ? whole(BigInt(node.text)) : null;
    case 'bind':
      return lookUp(scope, [node.name]);
    case 'column':
      return lookUp(
        scope,
        node.parts.map(({ name }) => name),
      );
    default:
      return null;
  }
}

const WHOLE_TYPES = /^(?:INT|INTEGER|BIGINT|NUMBER|NUMERIC|DECIMAL)$/i;
const TEXT_TYPES = /^(?:VARCHAR|STRING|TEXT)$/i;

function isOfType({ bind, typed }: Value, type: string | null): boolean {
  if (type === null) return true;
  if (bind.type === 'FIXED') return typed === null && WHOLE_TYPES.test(type);
  return bind.type === 'TEXT' && typed === null && TEXT_TYPES.test(type);
}

/** Failures that a handler may catch. */
export async function catching<T>(
  kind: 'STATEMENT_ERROR' | 'EXPRESSION_ERROR',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw raisedBy(error, kind) ?? error;
  }
}

/** Reads to the end, whatever it keeps: a statement is over, and its outcome on the record, when it has been read. */
async function readRows(
  { budget, limits }: Run,
  { chunks, encoding }: StatementOutcome,
  isKept: 'kept' | 'counted',
): Promise<{ readonly rows: ResultRows['rows']; readonly count: number }> {
  let rows: Cell[][] | null = isKept === 'kept' ? [] : null;
  let [bytes, count] = [0, 0];
  for await (const chunk of chunks) {
    bytes += chunk.bytes.byteLength;
    count += chunk.rowCount;
    if (rows === null || bytes > limits.resultBytes || !budget.keep(chunk.bytes.byteLength)) rows = null;
    else rows.push(...(await decodeRows(encoding, chunk.bytes)));
  }
  return { rows, count };
}

function noteStatement(root: Scope, { queryId, changed }: StatementOutcome, returned: number): void {
  const count = changed === undefined ? returned : changed.inserted + changed.updated + changed.deleted;
  const note = (name: string, value: Value) => root.declare(name, { is: 'variable', value, type: null });
  note('SQLID', text(queryId));
  note('SQLROWCOUNT', whole(count));
  note('SQLFOUND', truth(count !== 0));
  note('SQLNOTFOUND', truth(count === 0));
}
