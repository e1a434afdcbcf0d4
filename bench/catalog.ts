import { readFile } from 'node:fs/promises';
import { createAnalyses } from '../relay/src/analysis/index.ts';
import { DEMO_POLICY } from '@sluice/demo';
import { loadPolicy } from '../relay/src/policy/index.ts';
import { rowsOf } from '../relay/src/warehouse/embedded/testing.ts';
import { openEmbeddedWarehouse } from '@sluice/relay/warehouse';
import { decidingAsAda } from '../test/support/demo-decision.ts';
import { percentile, type Report, timeInTurnAsync } from './benchmark.ts';

/** Tables beside the one that the statement names. */
const SIZES: readonly number[] = [10, 10_000, 100_000];
const ROUNDS = 300;

const sql = 'SELECT ID, NAME, EMAIL FROM CUSTOMERS WHERE ID = 5';

/**
 * What one small statement costs in warehouses with few tables and with many: to load what it names and decide on it
 * (`decision`), to do that for the first time (`first`), and to run it, with a last look at what it was decided on
 * (`run`). Milliseconds. The statement, and the table that it names, are the same in each.
 */
export async function catalog(sizes = SIZES, rounds = ROUNDS): Promise<Report> {
  const worlds = [];
  for (const size of sizes) worlds.push({ size, ...(await openWorld(size)) });
  const subjects: Record<string, () => Promise<unknown>> = {};
  for (const { size, first, decision, run } of worlds) {
    Object.assign(subjects, {
      [`${size}_first`]: first,
      [`${size}_decision`]: decision,
      [`${size}_run`]: run,
    });
  }
  const times = await timeInTurnAsync(subjects, rounds);
  for (const { close } of worlds) await close();

  const figures: Record<string, number> = {};
  for (const [name, samplesOf] of Object.entries(times)) {
    figures[`${name}_medianMs`] = percentile(samplesOf, 0.5);
    figures[`${name}_p99Ms`] = percentile(samplesOf, 0.99);
  }
  const [fewest = 0, ...more] = sizes;
  const ratios: Record<string, number> = {};
  for (const what of ['first', 'decision', 'run']) {
    const medianOf = (size: number) => percentile(times[`${size}_${what}`]!, 0.5);
    for (const size of more) ratios[`${what}_${size}Vs${fewest}`] = medianOf(size) / medianOf(fewest);
  }
  return { name: 'catalog', figures, ratios };
}

async function openWorld(tables: number) {
  const customers = `CREATE TABLE "SHOP"."PUBLIC"."CUSTOMERS" AS
    SELECT CAST(i AS DECIMAL(38, 0)) AS "ID", 'Ada ' || i AS "NAME", 'ada' || i || '@example.com' AS "EMAIL" FROM range(100) r(i)`;
  const statements = [customers];
  for (let from = 0; from < tables; from += AT_ONCE)
    statements.push(makeTables(from, Math.min(from + AT_ONCE, tables)));
  const warehouse = await openEmbeddedWarehouse({ contents: { statements, views: {} }, memoryLimit: '4GB' });
  const session = await warehouse.openSession(warehouse.defaults);

  const { policy } = loadPolicy(await readFile(DEMO_POLICY, 'utf8'));
  if (policy === undefined) throw new Error('the demo policy does not load');
  const { tags: _, ...deciding } = decidingAsAda();
  const decideWith = async ({ assess }: ReturnType<typeof createAnalyses>) => {
    const made = await assess({
      sql,
      binds: {},
      catalog: session.catalog,
      context: { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() },
      taggedColumns: () => [],
      policy,
      deciding,
      surroundings: session.surroundings,
    });
    if (made.outcome !== 'understood' || made.planned?.plan == null) throw new Error('it does not run');
    return { plan: made.planned.plan, objects: made.used };
  };
  const keys = { token: Buffer.alloc(32, 7) };
  const analyses = createAnalyses(keys);
  const decided = await decideWith(analyses);
  return {
    first: () => decideWith(createAnalyses(keys)),
    decision: () => decideWith(analyses),
    run: async () => {
      const { surroundings } = session;
      const queryId = crypto.randomUUID();
      const how = {
        sql,
        binds: {},
        describeOnly: false,
        encoding: 'json' as const,
        changesAtMost: null,
        mayKnowOf: () => true,
        earlier: () => null,
        queryId,
        session: queryId,
        surroundings,
      };
      const rows = await rowsOf(await session.execute({ ...decided, ...how }, new AbortController().signal));
      if (rows.length !== 1) throw new Error('it found another number of rows');
    },
    async close() {
      await analyses.close();
      await session.close();
      await warehouse.close();
    },
  };
}

/** In one transaction: each for itself takes several times as long. */
const AT_ONCE = 1_000;

function makeTables(from: number, end: number): string {
  const tables = Array.from(
    { length: end - from },
    (_, index) =>
      `CREATE TABLE "SHOP"."PUBLIC"."OTHER_${from + index}X" ("ID" DECIMAL(38, 0), "NAME" VARCHAR)`,
  );
  return ['BEGIN', ...tables, 'COMMIT'].join('; ');
}
