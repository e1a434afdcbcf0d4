import { readFile } from 'node:fs/promises';
import { DEMO_POLICY, openShop } from '@sluice/demo';
import { identityId } from '@sluice/relay/identity';
import {
  decide,
  type Decision,
  type DecisionContext,
  loadPolicy,
  NO_USAGE,
} from '../../relay/src/policy/index.ts';
import { type Catalog, type ResolutionContext, analyze } from '@sluice/snowflake-sql';
import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
import { readWhole } from './whole-catalog.ts';

/** The demo's policy and catalog without a relay: what would be decided on SQL of Ada's. */
export interface DemoDecision {
  readonly analyze: (sql: string) => ReturnType<typeof analyze>;
  readonly decide: (sql: string) => readonly Decision[];
  /** The same, from memory when the text was seen before. */
  readonly decideAgain: (sql: string) => readonly Decision[];
}

export async function demoDecision(): Promise<DemoDecision> {
  const { policy, problems } = loadPolicy(await readFile(DEMO_POLICY, 'utf8'));
  if (problems !== undefined) throw new Error('the demo policy does not load');
  const catalog = await demoCatalog();
  const context: ResolutionContext = {
    database: 'SHOP',
    schema: 'PUBLIC',
    variables: new Map(),
    results: new Map(),
  };
  const remembering = createAnalyzer();
  const asAda = decidingAsAda();
  const decideWith = (read: typeof analyze) => (sql: string) =>
    read(sql, catalog, context).map((meaning) => decide(policy, meaning, asAda));
  return {
    analyze: (sql) => analyze(sql, catalog, context),
    decide: decideWith(analyze),
    decideAgain: decideWith((sql, ...rest) =>
      remembering.analyze(sql, ...rest).map(({ understanding }) => understanding),
    ),
  };
}

async function demoCatalog(): Promise<Catalog> {
  const warehouse = await openShop({ customers: 10 });
  const session = await warehouse.openSession(warehouse.defaults);
  const catalog = await readWhole(session.catalog);
  await warehouse.close();
  return catalog;
}

/** What is decided under, for Ada. */
export function decidingAsAda(): DecisionContext {
  const issuer = 'https://issuer.example';
  const id = identityId(issuer, 'ada');
  return {
    identity: { id, issuer, subject: 'ada', name: 'ada', groups: ['developers'], kind: 'person' },
    client: { application: 'bench', protocol: 'api', agent: null },
    state: { role: null },
    // A Friday noon: the demo's policy knows nights.
    now: Date.UTC(2026, 10, 20, 11),
    usage: NO_USAGE,
    tags: { tagsOf: () => [] },
    breakGlass: null,
    floor: true,
  };
}
