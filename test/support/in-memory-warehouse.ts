import { chunkOf, encodeRows, openedChunk } from '../../relay/src/encoding/index.ts';
import { planFor } from '../../relay/src/warehouse/plan.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import {
  type CatalogColumn,
  type CatalogObject,
  formatObjectName,
  type LoadedObject,
  type ObjectName,
} from '@sluice/snowflake-sql';
import type {
  Cell,
  ExecutableStatement,
  KeptChunk,
  LogicalType,
  ResultColumn,
  RowCounts,
  StatementResult,
  Warehouse,
  WarehouseSession,
} from '../../relay/src/warehouse/index.ts';

/** What the warehouse answers a text with: columns by name, and the rows of each chunk. */
export interface Answer {
  readonly columns: readonly string[];
  readonly types?: readonly LogicalType[];
  readonly batches: readonly (readonly (readonly Cell[])[])[];
  /** Thrown after the last batch. */
  readonly breaks?: Error;
  /** What it keeps behind those. */
  readonly kept?: RemoteChunks;
  /** Of a change. */
  readonly changed?: RowCounts;
  /** What else there is to the result. */
  readonly more?: Partial<StatementResult>;
}

/** Chunks that stay in the warehouse until somebody opens them, and are counted. */
export interface RemoteChunks {
  readonly chunks: readonly KeptChunk[];
  /** Their places, of each time that one was opened. */
  readonly opened: number[];
  /** At the same time, at most. */
  readonly mostAtOnce: () => number;
  /** Waited for before one is given, when there is something; what it rejects with, the warehouse does. */
  before: ((index: number, signal: AbortSignal) => Promise<void>) | null;
}

/**
 * @param rowsOf the rows of each chunk, asked for each time that it is opened.
 */
export function remoteChunks(
  count: number,
  rowsOf: (index: number) => readonly (readonly Cell[])[],
): RemoteChunks {
  let [now, most] = [0, 0];
  const opened: number[] = [];
  const remote: RemoteChunks = {
    opened,
    mostAtOnce: () => most,
    before: null,
    chunks: Array.from({ length: count }, (_, index): KeptChunk => {
      const rows = rowsOf(index);
      return {
        rowCount: rows.length,
        uncompressedSize: encodeRows(rows).byteLength,
        compressedSize: null,
        async open(signal) {
          opened.push(index);
          most = Math.max(most, (now += 1));
          try {
            signal.throwIfAborted();
            await remote.before?.(index, signal);
            return openedChunk(encodeRows(rowsOf(index)));
          } finally {
            now -= 1;
          }
        },
      };
    }),
  };
  return remote;
}

/** A warehouse that runs nothing: it has a catalog, answers what it is told to, and tells what reaches it. */
export function inMemoryWarehouse(onRun: (sql: string, describeOnly: boolean) => void) {
  const tables = new Map<string, CatalogObject>();
  const answers = new Map<string, Answer>();
  const state = {
    answers,
    /** Thrown in place of opening a session, of reading the catalog, of running. */
    faults: {} as {
      open?: Error;
      catalog?: Error;
      run?: Error;
      beforeRun?: (statement: ExecutableStatement) => unknown;
    },
    /** What a session's state has become, beside how it was opened. */
    changed: {} as { schema?: string; role?: string },
    /** Names, of each time that some were asked for. */
    loads: [] as (readonly string[])[],
    /** By `SCHEMA.NAME`: what the warehouse itself says of an object's columns. */
    governed: new Map<string, LoadedObject['governance']>(),
    /** What it says that a statement would read, if it says such a thing. */
    cost: null as NonNullable<WarehouseSession['cost']> | null,
    /** After some were looked up. */
    onLoad: (): void => {},
    /** Names of SHOP.PUBLIC, in order, as they are listed. */
    listed: [] as string[],
    /** Sessions; results that were closed unread. */
    counts: { opened: 0, closed: 0, freed: 0 },
    /** SHOP.SCHEMA.NAME with its columns; replaces one of that name. */
    table(name: string, columns: readonly string[]) {
      const [database = '', schema = '', own = ''] = name.split('.');
      state.tableNamed({ database, schema, name: own }, columns);
    },
    tableNamed(name: ObjectName, columns: readonly string[]) {
      made += 1;
      state.add({
        type: 'table',
        name,
        version: String(made),
        columns: columns.map((column): CatalogColumn => ({ name: column, type: 'VARCHAR(100)' })),
      });
    },
    add(object: CatalogObject) {
      tables.set(keyOf(object.name), object);
    },
  };
  let made = 0;
  state.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME', 'EMAIL', 'SSN']);
  state.table('SHOP.PUBLIC.ORDERS', ['ID', 'STATUS']);

  const find = (name: ObjectName) => tables.get(keyOf(name)) ?? null;
  const defaults = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };
  const warehouse: Warehouse = {
    defaults,
    ping: async () => true,
    close: async () => {},
    async openSession(opening, texts, parameters = {}) {
      if (state.faults.open !== undefined) throw state.faults.open;
      state.counts.opened += 1;
      const variables = new Set<string>(texts?.keys());
      const temporary = new Set<string>();
      return {
        get state() {
          return { ...opening, ...state.changed };
        },
        variables,
        get parameters() {
          return parameters;
        },
        isInTransaction: false,
        get surroundings() {
          const current = { ...opening, ...state.changed };
          return {
            planner: 'embedded' as const,
            state: current,
            answers: { temporary, variables, session: {}, parameters, queryIds: [] },
          };
        },
        catalog: {
          governs: state.governed.size > 0,
          async load(named) {
            if (state.faults.catalog !== undefined) throw state.faults.catalog;
            state.loads.push(named.map(({ name }) => formatObjectName(name)));
            const found = named.map(({ name }) => {
              const governance = state.governed.get(`${name.schema}.${name.name}`);
              return { name, object: find(name), ...(governance === undefined ? {} : { governance }) };
            });
            state.onLoad();
            return found;
          },
          databases: async () => ['SHOP'],
          schemas: async () => ['PUBLIC'],
          objects: async (schema, { after, most }) =>
            state.listed
              .filter((name) => after === null || name > after)
              .slice(0, most)
              .map((name) => ({ name: { ...schema, name }, type: 'table' })),
        },
        async execute(executable, signal): Promise<StatementResult> {
          const { sql, describeOnly } = executable;
          const plan = planFor('embedded', executable.plan);
          signal.throwIfAborted();
          for (const { name, version } of executable.objects) {
            if ((find(name)?.version ?? null) !== version)
              throw new SluiceError('session_changed', 'an object has changed');
          }
          onRun(sql, describeOnly);
          await state.faults.beforeRun?.(executable);
          if (state.faults.run !== undefined) throw state.faults.run;
          if (describeOnly) return resultOf(answers.get(sql) ?? DONE);
          if (plan.kind === 'parameters') parameters = { ...parameters, ...plan.set };
          if (plan.kind === 'set') for (const name of plan.names) variables.add(name);
          if (plan.kind === 'unset') for (const name of plan.names) variables.delete(name);
          if (plan.kind === 'ddl' && plan.temporary?.is === 'made')
            temporary.add(formatObjectName(plan.temporary.object));
          const result = resultOf(answers.get(sql) ?? DONE);
          return { ...result, close: () => void (state.counts.freed += 1) };
        },
        ...(state.cost === null ? {} : { cost: state.cost }),
        async close() {
          state.counts.closed += 1;
        },
      };
    },
  };
  return Object.assign(state, { warehouse });
}

const DONE: Answer = { columns: ['status'], batches: [[['done']]] };

function keyOf({ database, schema, name }: ObjectName): string {
  return JSON.stringify([database, schema, name]);
}

function resultOf({ columns, types = [], batches, breaks, kept, changed, more }: Answer): StatementResult {
  return {
    columns: columns.map((name, index): ResultColumn => {
      const type = types[index] ?? 'text';
      return { name, type, nullable: false, precision: null, scale: null, length: null };
    }),
    encoding: 'json',
    chunks: (async function* () {
      for (const rows of batches) yield chunkOf(rows);
      if (breaks !== undefined) throw breaks;
    })(),
    ...(kept === undefined ? {} : { kept: kept.chunks }),
    ...(changed === undefined ? {} : { changed }),
    statementTypeId: 4096,
    ...more,
  };
}
