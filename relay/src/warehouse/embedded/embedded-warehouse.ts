import { DuckDBInstance } from '@duckdb/node-api';
import type { SessionState } from '../session-state.ts';
import type { Warehouse, WarehouseSession } from '../warehouse.ts';
import { loadedCatalog, namesIn, objectsNamed, split } from '@sluice/snowflake-sql';
import { DATABASE } from './registry-place.ts';
import { openEmbeddedSession } from './embedded-session.ts';
import { informationSchema } from './metadata/catalog-views.ts';
import { quoteString } from './render/quote.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { createView } from './render/view.ts';
import { createRegistry, registerFirstTables, registerFirstView } from './registry.ts';
import { createSchemaComments } from './schema-comments.ts';
import { createSharedCatalog } from './shared-catalog.ts';
import { type FileLimits, openStageFiles } from '../files/stage-files.ts';
import { createStages } from './stages/stages.ts';
import { CREATE_LOAD_HISTORY } from './stages/load-history.ts';
import { createTransfers } from './stages/transfers.ts';
import { VIRTUAL_WAREHOUSE } from './virtual-warehouse.ts';

export interface EmbeddedOptions {
  /** What is there when it opens; nothing by default. */
  readonly contents?: WarehouseContents;
  /** DuckDB's own limit, such as `2GB`. */
  readonly memoryLimit?: string;
  /** How much may be kept in stages. */
  readonly files?: FileLimits;
}

export interface WarehouseContents {
  /** DuckDB's SQL: tables of `"SHOP"."PUBLIC"`. Of whoever runs the relay: it may do anything. */
  readonly statements: readonly string[];
  /** Views in the same schema, by name, in Snowflake's SQL. */
  readonly views: Readonly<Record<string, string>>;
}

/**
 * DuckDB in this process, made to look like Snowflake as far as docs/embedded-warehouse.md says. It has no way
 * to the file system or the network: the gate refuses what would ask for one, and this is the second lock.
 */
export async function openEmbeddedWarehouse(options: EmbeddedOptions = {}): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(':memory:');
  const files = await openStageFiles(options.files);
  const stages = createStages(files);
  const transfers = createTransfers(files);
  const admin = await instance.connect();
  const run = async (statements: readonly string[]) => {
    for (const statement of statements) await admin.run(statement);
  };
  await run([
    `ATTACH ':memory:' AS ${DATABASE}`,
    `CREATE SCHEMA ${DATABASE}."PUBLIC"`,
    `CREATE SCHEMA ${DATABASE}."SCRATCH"`,
    ...createRegistry(DATABASE),
    createSchemaComments(DATABASE),
    CREATE_LOAD_HISTORY,
    ...informationSchema(DATABASE),
    // What does not fit into memory fails: values of the data are never put on disk in between.
    "SET temp_directory = ''",
    `SET memory_limit = ${quoteString(options.memoryLimit ?? '2GB')}`,
  ]);
  const { statements, views } = options.contents ?? { statements: [], views: {} };
  await run(statements);
  await run([registerFirstTables(DATABASE)]);
  const reader = await instance.connect();
  const shared = createSharedCatalog(reader);
  const place = { database: DATABASE, schema: 'PUBLIC' };
  for (const [name, text] of Object.entries(views)) {
    const named = objectsNamed(namesIn(split(text)), { ...place, variables: new Map() });
    const catalog = loadedCatalog(await shared.load(named.map((one) => one.name)));
    const { sql, declared } = createView({ ...place, name }, text, catalog);
    await run([sql]);
    await registerFirstView(admin, { ...place, name }, text, declared);
  }
  await run([
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    'SET allow_community_extensions = false',
    // The one folder that it reads files of: the relay alone says which.
    `SET allowed_directories = [${quoteString(files.directory)}]`,
    'SET enable_external_access = false',
    // The zone of a session is its own; the machine's is nobody's.
    "SET TimeZone = 'Etc/UTC'",
    "SET allowed_configs = ['TimeZone']",
    'SET lock_configuration = true',
  ]);

  const sessions = new Set<WarehouseSession>();
  const turns = oneAtATime();
  const defaults: SessionState = {
    database: DATABASE,
    schema: 'PUBLIC',
    warehouse: VIRTUAL_WAREHOUSE,
    role: null,
  };
  return {
    defaults,
    transfers,
    async openSession(state, variables, parameters, answers, owner = '') {
      const connection = await instance.connect();
      const onClosed = () => sessions.delete(session);
      const initial = { state, variables, parameters, answers };
      const session = await openEmbeddedSession(
        connection,
        initial,
        shared,
        {
          owner,
          stages: stages.session(owner),
          kept: files,
          transfers,
          opened: null,
          connect: () => instance.connect(),
        },
        onClosed,
      );
      sessions.add(session);
      return session;
    },
    async ping() {
      await turns.during(() => admin.run('SELECT 1'));
      return true;
    },
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
      await shared.close();
      await turns.close(admin);
      instance.closeSync();
      await files.close();
    },
  };
}
