import { parseRows } from '../../encoding/index.ts';
import { SluiceError } from '../../errors.ts';
import {
  bind,
  type Bound,
  type Floor,
  NO_FLOOR,
  type ResolutionContext,
  newBudget,
  split,
} from '@sluice/snowflake-sql';
import { planStatement } from './plan.ts';
import type { Binds, ExecutableStatement, WarehouseSession } from '../warehouse.ts';

/** What a test may say of a statement beside its text. */
export interface Given {
  readonly binds?: Binds;
  readonly floor?: Floor;
  readonly describeOnly?: boolean;
  readonly changesAtMost?: number | null;
}

/** A statement as the gate would have it run, guarded by nothing unless a floor is given. */
export async function executable(
  session: WarehouseSession,
  sql: string,
  { binds = {}, floor = NO_FLOOR, describeOnly = false, changesAtMost = null }: Given = {},
): Promise<ExecutableStatement> {
  const bound = await boundFor(session, sql);
  const { surroundings } = session;
  const plan = planStatement(bound, sql, { floor, surroundings, isLimited: changesAtMost !== null });
  return { plan, sql, binds, describeOnly, changesAtMost, queryId: crypto.randomUUID(), surroundings };
}

/** Runs a statement to its end. */
export async function runSql(session: WarehouseSession, sql: string, given: Given = {}) {
  const statement = await executable(session, sql, given);
  const result = await session.execute(statement, new AbortController().signal);
  const rows = [];
  for await (const chunk of result.chunks) rows.push(...parseRows(await chunk.open()));
  return { ...result, rows };
}

async function boundFor(session: WarehouseSession, sql: string): Promise<Bound> {
  const { statements, failure } = split(sql);
  const [only, ...more] = statements;
  if (failure !== null || only === undefined || more.length > 0) {
    throw new SluiceError('statement_syntax', failure?.message ?? 'not one statement');
  }
  const { database, schema } = session.state;
  const context: ResolutionContext = {
    ...(database === null ? {} : { database }),
    ...(schema === null ? {} : { schema }),
    variables: new Map([...session.variables].map((name) => [name, { sources: [] }])),
    results: new Map(),
  };
  const { bound, problem } = bind(only, await session.catalog(), context, newBudget(10_000_000));
  if (bound !== null) return bound;
  const { code, message } = problem.problem;
  throw new SluiceError(
    code === 'object_unknown' || code === 'column_unknown' ? code : 'statement_not_understood',
    message,
  );
}
