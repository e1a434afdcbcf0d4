import { decodeRows } from '../../encoding/index.ts';
import { SluiceError } from '../../errors.ts';
import { loadedCatalog, namesIn, type ResolutionContext, split } from '@sluice/snowflake-sql';
import { bind, type Bound, type Floor, NO_FLOOR, newBudget } from '@sluice/snowflake-sql/execution';
import { bindTextsOf } from '../bind-texts.ts';
import { bindTypesOf } from '../bind-types.ts';
import { loadNamed } from '../load-named.ts';
import { planStatement } from './plan-statement.ts';
import type { StatementResult } from '../result.ts';
import type { Binds, ExecutableStatement, WarehouseSession } from '../warehouse.ts';

/** What a test may say of a statement beside its text. */
export interface Given {
  readonly binds?: Binds;
  readonly floor?: Floor;
  readonly describeOnly?: boolean;
  readonly encoding?: ExecutableStatement['encoding'];
  readonly changesAtMost?: number | null;
  readonly mayKnowOf?: ExecutableStatement['mayKnowOf'];
  readonly earlier?: ExecutableStatement['earlier'];
}

/** A statement as the gate would have it run, guarded by nothing unless a floor is given. */
export async function executable(
  session: WarehouseSession,
  sql: string,
  {
    binds = {},
    floor = NO_FLOOR,
    describeOnly = false,
    encoding = 'json',
    changesAtMost = null,
    mayKnowOf = () => true,
    earlier = () => null,
  }: Given = {},
): Promise<ExecutableStatement> {
  const { bound, objects } = await boundFor(session, sql, binds);
  const { surroundings } = session;
  const plan = planStatement(bound, sql, { floor, surroundings, isLimited: changesAtMost !== null });
  return {
    plan: { for: 'embedded', ...plan },
    sql,
    binds,
    objects,
    describeOnly,
    encoding,
    changesAtMost,
    mayKnowOf,
    earlier,
    queryId: crypto.randomUUID(),
    session: 'session',
    surroundings,
  };
}

/** Runs a statement to its end. */
export async function runSql(session: WarehouseSession, sql: string, given: Given = {}) {
  const statement = await executable(session, sql, given);
  const result = await session.execute(statement, new AbortController().signal);
  return { ...result, rows: await rowsOf(result) };
}

/** Reads a result to its end. */
export async function rowsOf({ chunks, encoding }: StatementResult) {
  const rows = [];
  for await (const chunk of chunks) rows.push(...(await decodeRows(encoding, await chunk.open())));
  return rows;
}

async function boundFor(
  session: WarehouseSession,
  sql: string,
  binds: Binds,
): Promise<Pick<ExecutableStatement, 'objects'> & { bound: Bound }> {
  const script = split(sql);
  const { statements, failure } = script;
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
    binds: bindTypesOf(binds),
    bindTexts: bindTextsOf(binds),
  };
  const loaded = await loadNamed(namesIn(script), context, session.catalog, (text) => namesIn(split(text)));
  if (loaded === null) throw new SluiceError('statement_not_understood', 'it names too many objects');
  const { bound, problem } = bind(only, loadedCatalog(loaded.objects), context, newBudget(10_000_000));
  const objects = loaded.objects.map(({ name, object }) => ({ name, version: object?.version ?? null }));
  if (bound !== null) return { bound, objects };
  const { code, message } = problem.problem;
  throw new SluiceError(
    code === 'object_unknown' || code === 'column_unknown' ? code : 'statement_not_understood',
    message,
  );
}
