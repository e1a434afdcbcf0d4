import { randomUUID } from 'node:crypto';
import { type Cell, chunkOf } from '../../encoding/index.ts';
import { SluiceError } from '../../errors.ts';
import type { SessionParameters, SessionState } from '../session-state.ts';
import type { RowCounts } from '../result.ts';
import type {
  Upstream,
  UpstreamAnswer,
  UpstreamSession,
  UpstreamStart,
  UpstreamStatement,
} from './client/upstream.ts';

/** What a scripted account answers to a text; rows by the names of their columns. */
export interface Scripted {
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly Cell[])[];
  readonly changed?: Partial<RowCounts>;
  /** What the session is afterwards. */
  readonly state?: Partial<SessionState>;
}

/** A table or view as the account's INFORMATION_SCHEMA tells of it. */
export interface ScriptedObject {
  readonly name: string;
  readonly type?: string;
  readonly ddl?: string;
  readonly definition?: string | null;
  /** Names and types. */
  readonly columns: Readonly<Record<string, string>>;
  /** By column, names and values. `refused`: the role may not ask. */
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>> | 'refused';
  /** By column, the policy's name. */
  readonly masking?: Readonly<Record<string, string>>;
}

export const SHOP: SessionState = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };

/** An account in memory, of one schema SHOP.PUBLIC: what it was sent, in order, and what it has. */
export function scriptedUpstream(given: {
  readonly objects: ScriptedObject[];
  /** Null: it answers that it is done. */
  answer?(sql: string, statement: UpstreamStatement): Scripted | Error | null;
  readonly told?: SessionParameters;
}) {
  const sent: UpstreamStatement[] = [];
  const starts: UpstreamStart[] = [];
  const counts = { closed: 0 };
  const upstream: Upstream = {
    async openSession(start) {
      starts.push(start);
      let state: SessionState = {
        database: start.database ?? SHOP.database,
        schema: start.schema ?? SHOP.schema,
        warehouse: start.warehouse ?? SHOP.warehouse,
        role: start.role ?? SHOP.role,
      };
      let isClosed = false;
      const session: UpstreamSession = {
        get state() {
          return state;
        },
        parameters: { ...start.parameters, ...given.told },
        async query(statement) {
          if (isClosed) throw new SluiceError('session_ended', 'closed');
          sent.push(statement);
          const made = given.answer?.(statement.sql, statement) ?? catalogAnswer(given.objects, statement);
          if (made instanceof Error) throw made;
          const scripted = made ?? { columns: ['status'], rows: [['done']] };
          if (!statement.describeOnly) state = { ...state, ...scripted.state };
          return answerOf(scripted, state);
        },
        find: async () => 'unknown',
        async close() {
          isClosed = true;
          counts.closed += 1;
        },
      };
      return session;
    },
    ping: async () => true,
    close: async () => {},
  };
  const texts = () => sent.map(({ sql }) => sql);
  return {
    upstream,
    sent,
    starts,
    counts,
    /** Texts that are not about the catalog or the session's beginning. */
    own: () => texts().filter((sql) => !/INFORMATION_SCHEMA|SECONDARY ROLES/.test(sql)),
  };
}

function answerOf({ columns = [], rows = [], changed }: Scripted, state: SessionState): UpstreamAnswer {
  return {
    queryId: randomUUID(),
    statementTypeId: 4_096,
    columns: columns.map((name) => ({
      name,
      type: 'text',
      nullable: true,
      precision: null,
      scale: null,
      length: null,
    })),
    encoding: 'json',
    total: rows.length,
    state,
    first: rows.length === 0 ? null : chunkOf(rows),
    kept: [],
    ...(changed === undefined ? {} : { changed: { inserted: 0, updated: 0, deleted: 0, ...changed } }),
  };
}

function catalogAnswer(
  objects: readonly ScriptedObject[],
  { sql, binds }: UpstreamStatement,
): Scripted | Error | null {
  if (/TABLE\([^)]*(?:TAG|POLICY)_REFERENCES/.test(sql)) return governanceAnswer(objects, sql);
  const view = /INFORMATION_SCHEMA\.(TABLES|COLUMNS|VIEWS|FUNCTIONS) WHERE/.exec(sql)?.[1];
  if (view === undefined) return null;
  const asked = Object.values(binds).map(({ value }) => value);
  const found = objects.filter(({ name }) => asked.includes(name));
  switch (view) {
    case 'TABLES':
      return {
        columns: ['TABLE_SCHEMA', 'TABLE_NAME', 'TABLE_TYPE', 'CREATED', 'LAST_DDL'],
        rows: found.map(({ name, type = 'BASE TABLE', ddl = '1' }) => ['PUBLIC', name, type, '1', ddl]),
      };
    case 'VIEWS':
      return {
        columns: ['TABLE_SCHEMA', 'TABLE_NAME', 'VIEW_DEFINITION'],
        rows: found.map(({ name, definition = null }) => ['PUBLIC', name, definition]),
      };
    case 'COLUMNS':
      return {
        columns: [
          'TABLE_SCHEMA',
          'TABLE_NAME',
          'COLUMN_NAME',
          'ORDINAL_POSITION',
          'IS_NULLABLE',
          'DATA_TYPE',
          'COLLATION_NAME',
        ],
        rows: found.flatMap(({ name, columns }) =>
          Object.entries(columns).map(([column, type], index) => {
            const [dataType = '', collation = null] = type.split(' COLLATE ');
            return ['PUBLIC', name, column, String(index + 1), 'YES', dataType, collation];
          }),
        ),
      };
    default:
      return { columns: [], rows: [] };
  }
}

/** As Snowflake documents TAG_REFERENCES_ALL_COLUMNS and POLICY_REFERENCES: rows of what is there, and an error for a role that has no access. */
function governanceAnswer(objects: readonly ScriptedObject[], sql: string): Scripted | Error {
  const parts = sql.split(' UNION ALL ').map((text) => {
    const at = /^SELECT (\d+) AS AT/.exec(text)?.[1] ?? '';
    const name = /'"SHOP"\."PUBLIC"\."([^"]+)"'/.exec(text)?.[1];
    return { at, object: objects.find((one) => one.name === name) };
  });
  const tagsOf = (object: ScriptedObject | undefined) =>
    object?.tags === 'refused' ? {} : (object?.tags ?? {});
  if (sql.includes('POLICY_REFERENCES'))
    return {
      columns: ['AT', 'COLUMN_NAME', 'POLICY_DB', 'POLICY_SCHEMA', 'POLICY_NAME'],
      rows: parts.flatMap(({ at, object }) =>
        Object.entries(object?.masking ?? {}).map(([column, policy]) => [
          at,
          column,
          'GOV',
          'PUBLIC',
          policy,
        ]),
      ),
    };
  if (parts.some(({ object }) => object === undefined || object.tags === 'refused'))
    return new SluiceError('statement_failed', 'not authorized', {
      warehouse: { code: '002003', sqlState: '42S02' },
    });
  return {
    columns: ['AT', 'COLUMN_NAME', 'NAME', 'VALUE'],
    rows: parts.flatMap(({ at, object }) =>
      Object.entries(tagsOf(object)).flatMap(([column, tags]) =>
        Object.entries(tags).map(([name, value]) => [at, column, name, value]),
      ),
    ),
  };
}
