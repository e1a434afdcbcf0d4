import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/demo';
import { decideWithFloor, loadPolicy, NO_USAGE, type Policy } from '../../relay/src/policy/index.ts';
import { identityId } from '@sluice/relay/identity';
import { type Catalog, type ResolutionContext, split } from '@sluice/snowflake-sql';
import { type Analysis, createAnalyzer } from '@sluice/snowflake-sql/analysis';
import { type Floor, withFloor } from '@sluice/snowflake-sql/execution';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';
import type { Warehouse, WarehouseSession } from '@sluice/relay/warehouse';
import { readFile } from 'node:fs/promises';
import { readWhole } from '../support/whole-catalog.ts';
import { openWarehouse } from '../worlds/relay-in-process.ts';
import { generateSession } from '../worlds/statements/sessions.ts';

/**
 * Generated statements over the shop, each under the floor that the demo's policy gives it: the text that a
 * warehouse of Snowflake's own SQL would be sent answers like the statement that is rendered on the floor.
 */
const SESSIONS = Number(process.env['FLOOR_TEXT_SESSIONS'] ?? 40);

let warehouse: Warehouse;
let session: WarehouseSession;
let policy: Policy;
let catalog: Catalog;
beforeAll(async () => {
  warehouse = await openWarehouse({ customers: 20 });
  session = await warehouse.openSession(warehouse.defaults);
  catalog = await readWhole(session.catalog);
  const loaded = loadPolicy(await readFile(DEMO_POLICY, 'utf8'));
  if (loaded.problems !== undefined) throw new Error('the demo policy does not load');
  policy = loaded.policy;
});
afterAll(() => warehouse.close());

const context: ResolutionContext = {
  database: 'SHOP',
  schema: 'PUBLIC',
  variables: new Map(),
  results: new Map(),
};

const asAda: Parameters<typeof decideWithFloor>[2] = {
  identity: {
    id: identityId('https://issuer.example', 'ada'),
    issuer: 'https://issuer.example',
    subject: 'ada',
    name: 'ada',
    groups: ['developers'],
    kind: 'person',
  },
  client: { application: 'test', protocol: 'api', agent: null },
  state: { role: null },
  now: Date.UTC(2026, 10, 20, 11),
  usage: NO_USAGE,
  tags: { tagsOf: () => [] },
  breakGlass: null,
  floor: true,
};

it('texts on the floor answer as statements that are rendered on it', { timeout: 300_000 }, async () => {
  const analyzer = createAnalyzer();
  const wrong: Readonly<Record<string, string>>[] = [];
  const counts = { allowed: 0, wrapped: 0, compared: 0 };
  for (let seed = 1; seed <= SESSIONS; seed += 1) {
    for (const sql of textsOf(seed)) {
      const parsed = split(sql);
      const [meant] = analyzer.analyze(sql, catalog, context);
      const floor = meant === undefined ? null : floorOf(meant);
      const bound = meant?.bound ?? null;
      const isQuery = parsed.statements.length === 1 && bound?.statement.kind === 'query';
      if (!isQuery || floor === null) continue;
      counts.allowed += 1;
      const made = withFloor(parsed.statements[0]!, bound, floor, catalog, context);
      if ('notWrappable' in made) {
        // Found out only afterwards: a text that should not have been made.
        if (/would not|could not/.test(made.notWrappable)) wrong.push({ sql, why: made.notWrappable });
        continue;
      }
      if (made.replaced.length === 0) continue;
      counts.wrapped += 1;
      if (!isRepeatable(sql)) continue;
      const [rendered, written] = [await answerOf(sql, floor), await answerOf(made.sql)];
      // What the embedded warehouse has no function for, it cannot run.
      if (written.startsWith('unsupported_by_warehouse')) continue;
      if (written.startsWith('[')) counts.compared += 1;
      if (written !== rendered) wrong.push({ sql: made.sql, written, rendered });
    }
  }
  expect(wrong).toEqual([]);
  expect(counts.wrapped).toBeGreaterThan(SESSIONS / 4);
  expect(counts.compared).toBeGreaterThan(SESSIONS / 8);
});

function textsOf(seed: number): readonly string[] {
  const texts: string[] = [];
  const { orders } = generateSession(seed, 10);
  // Nothing that is made is there: what follows is told that it failed.
  for (let next = orders.next(); next.done !== true; next = orders.next(false)) texts.push(next.value.sql);
  return texts;
}

function floorOf({ understanding }: Analysis): Floor | null {
  if (!understanding.understood) return null;
  const { decision, floor } = decideWithFloor(policy, understanding, asAda);
  return decision.effect === 'block' ? null : floor;
}

/** The same twice, and in any order of rows. */
function isRepeatable(sql: string): boolean {
  return !/RANDOM|RANDSTR|UUID|SEQ\d|SAMPLE|CURRENT_|SYSDATE|GETDATE|LIMIT|FETCH|TOP|ROW_NUMBER|FIRST_VALUE|LAST_VALUE|LAG|LEAD|NTILE|ANY_VALUE|LISTAGG|_AGG|_BY|MODE|APPROX|OVER \(/i.test(
    sql,
  );
}

async function answerOf(sql: string, floor?: Floor): Promise<string> {
  try {
    const { columns, rows } = await runSql(session, sql, floor === undefined ? {} : { floor });
    const names = columns.map(({ name }) => name);
    return JSON.stringify([names, rows.map((row) => JSON.stringify(row)).toSorted()]);
  } catch (error) {
    return error instanceof Error && 'code' in error
      ? `${String(error.code)}: ${error.message}`
      : String(error);
  }
}
