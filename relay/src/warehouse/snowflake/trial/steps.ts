import { setTimeout as pause } from 'node:timers/promises';
import { loadedCatalog, parse, quotedIdentifier } from '@sluice/snowflake-sql';
import { bind, type Floor, newBudget, withFloor } from '@sluice/snowflake-sql/execution';
import { isSluiceError } from '../../../errors.ts';
import { messageOf } from './message-of.ts';
import type { SnowflakeConfig } from '../../config.ts';
import type { Bind } from '../../warehouse.ts';
import { type Ask, askOf } from '../ask.ts';
import { readGovernance } from '../catalog/governance.ts';
import { createSharedCatalog, sessionCatalog } from '../catalog/session-catalog.ts';
import type { UpstreamAnswer, UpstreamSession } from '../client/index.ts';
import { queryTag, statementParameters } from '../query-tag.ts';
import { storedState, unexpectedPart } from '../stored-state.ts';

export interface Tried {
  readonly config: SnowflakeConfig;
  readonly session: UpstreamSession;
  readonly newId: () => string;
  readonly signal: () => AbortSignal;
}

interface Step {
  readonly what: string;
  /** Null when all is well, or what is not and what to do about it. */
  run(parts: Tried): Promise<string | null>;
}

const TAG = queryTag({ session: 'doctor' });

async function query(
  { session, newId, signal }: Tried,
  sql: string,
  {
    binds = {},
    describeOnly = false,
    parameters = {},
    stop = signal(),
  }: {
    readonly binds?: Readonly<Record<string, Bind>>;
    readonly describeOnly?: boolean;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly stop?: AbortSignal;
  } = {},
): Promise<UpstreamAnswer> {
  const statement = { sql, binds, describeOnly, requestId: newId(), changes: true };
  return await session.query(
    { ...statement, parameters: { ...statementParameters(TAG), ...parameters } },
    stop,
  );
}

function askOfTried({ session, newId, signal }: Tried): Ask {
  return askOf(
    (work) => work(session),
    () => TAG,
    newId,
    signal,
  );
}

function catalogOf(parts: Tried) {
  return sessionCatalog(
    askOfTried(parts),
    createSharedCatalog(0, () => 0, { tags: 'off', policies: 'off' }),
    {
      role: () => parts.config.role,
      temporary: () => new Set(),
    },
  );
}

/** What the relay does on an account, in an order in which the first that fails says what to mend first. */
export const steps: readonly Step[] = [
  {
    what: 'the session’s role, warehouse, database and schema',
    async run({ session, config: { role, warehouse, database, schema } }) {
      const wanted = {
        role,
        warehouse: warehouse ?? undefined,
        database: database ?? undefined,
        schema: schema ?? undefined,
      };
      const part = unexpectedPart(wanted, storedState(session.state));
      if (part === null) return null;
      return `Snowflake gives the session another ${part} than the configuration says; ${
        part === 'role'
          ? 'GRANT ROLE ... TO USER'
          : `GRANT USAGE ON ${part.toUpperCase()} ... TO ROLE ${role}, and write it as Snowflake stores it`
      }`;
    },
  },
  {
    what: 'secondary roles are off',
    async run(parts) {
      await query(parts, 'USE SECONDARY ROLES NONE');
      const [row] = await askOfTried(parts)('SELECT CURRENT_SECONDARY_ROLES() AS ROLES');
      const roles = row?.['ROLES'] ?? '';
      return /"roles"\s*:\s*""/.test(roles)
        ? null
        : 'the session still has them; a session policy of the account may set them: exempt the relay’s user';
    },
  },
  {
    what: 'names in quotes are read as they are written',
    async run(parts) {
      const rows = await askOfTried(parts)(
        "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE' IN SESSION",
      );
      return rows[0]?.['VALUE']?.toLowerCase() === 'false'
        ? null
        : 'QUOTED_IDENTIFIERS_IGNORE_CASE is not false in the relay’s session';
    },
  },
  {
    what: 'a query in JSON, with binds',
    async run(parts) {
      const rows = await askOfTried(parts)('SELECT ? AS A, 42 AS B, NULL AS C', ["it's"]);
      const [row] = rows;
      return row?.['A'] === "it's" && row['B'] === '42' && row['C'] === null
        ? null
        : 'its row is not what was asked for';
    },
  },
  {
    what: 'a query in Arrow',
    async run(parts) {
      const answer = await query(parts, 'SELECT 42 AS A', {
        parameters: { GO_QUERY_RESULT_FORMAT: 'ARROW' },
      });
      const bytes = await answer.first?.open();
      return answer.encoding === 'arrow' && bytes !== undefined && bytes.byteLength > 0
        ? null
        : 'it came in another encoding: programs that want Arrow get JSON';
    },
  },
  {
    what: 'the shape of a query that is not run',
    async run(parts) {
      const answer = await query(parts, 'SELECT 1 AS A, 1 / 0 AS B', { describeOnly: true });
      return answer.columns.map(({ name }) => name).join() === 'A,B' ? null : 'its columns are not A and B';
    },
  },
  {
    what: 'a large result, in parts',
    async run(parts) {
      const rows = 300_000;
      const answer = await query(
        parts,
        `SELECT SEQ4() AS N, RANDSTR(100, RANDOM()) AS T FROM TABLE(GENERATOR(ROWCOUNT => ${rows}))`,
      );
      if (answer.total !== rows) return `it has ${answer.total} rows in place of ${rows}`;
      const last = answer.kept.at(-1);
      if (last === undefined) return 'it came at once: the relay’s way to parts of results was not tried';
      await last.open(parts.signal());
      return null;
    },
  },
  {
    what: 'a statement is cancelled',
    async run(parts) {
      const stop = new AbortController();
      const running = query(parts, 'CALL SYSTEM$WAIT(60)', { stop: stop.signal }).then(
        () => 'it ran to its end',
        (error: unknown) =>
          isSluiceError(error) && error.code === 'statement_cancelled'
            ? null
            : `it ended before: ${messageOf(error)}`,
      );
      await Promise.race([running, pause(2_000)]);
      stop.abort();
      return await running;
    },
  },
  {
    what: 'a change is counted, and rolled back',
    async run(parts) {
      const table = `SLUICE_DOCTOR_${parts.newId().replaceAll('-', '').toUpperCase()}`;
      await query(parts, `CREATE TEMPORARY TABLE ${table} (N NUMBER)`);
      await query(parts, 'BEGIN');
      const answer = await query(parts, `INSERT INTO ${table} SELECT 1 UNION ALL SELECT 2`);
      await query(parts, 'ROLLBACK');
      const [row] = await askOfTried(parts)(`SELECT COUNT(*) AS N FROM ${table}`);
      await query(parts, `DROP TABLE ${table}`);
      if (row?.['N'] !== '0') return 'its rows are there after a ROLLBACK';
      return answer.changed?.inserted === 2
        ? null
        : 'Snowflake does not say how many rows it changed: approvals for so many rows cannot be kept';
    },
  },
  {
    what: 'the catalog: databases, schemas, tables, columns, when they were changed',
    async run(parts) {
      const { database } = parts.config;
      const catalog = catalogOf(parts);
      if ((await catalog.databases()).length === 0)
        return 'the role sees no database; GRANT USAGE ON DATABASE';
      if (database === null) return 'no `database` is configured: its schemas and tables were not looked at';
      const found = await firstTable(parts);
      if (found === null)
        return `the role sees no table in ${database}; GRANT SELECT on what people are to read`;
      if (found.columns.length === 0) return 'the columns of a table are not told';
      return found.version.startsWith('[')
        ? null
        : 'LAST_DDL is not told of a table: its columns are asked for before each statement';
    },
  },
  {
    what: 'the account’s own tags',
    async run(parts) {
      const { accountTags, role } = parts.config;
      const object = accountTags === 'off' ? null : await firstTable(parts);
      if (object === null) return null;
      const asked = { tags: 'required', policies: 'off' } as const;
      const [told] = await readGovernance(askOfTried(parts), asked, [{ name: object.name, object }]);
      if (told?.governance !== 'unknown') return null;
      return `TAG_REFERENCES_ALL_COLUMNS does not answer the role ${role} of a table that it reads${
        accountTags === 'required'
          ? ': every column is masked; with `accountTags: whereReadable` those that are not told count as untagged'
          : ', so they count for nothing'
      }`;
    },
  },
  {
    what: 'blanks are put in for a column',
    async run(parts) {
      const found = await firstTable(parts);
      if (found === null) return 'no table to try it on';
      const { name, columns } = found;
      const column = columns.find(({ type }) => type.startsWith('VARCHAR')) ?? columns[0]!;
      const object = [name.database, name.schema, name.name].map(quotedIdentifier).join('.');
      const sql = `SELECT COUNT(*) AS N FROM ${object} WHERE ${quotedIdentifier(column.name)} IN ('sluice') AND 1 = 0`;
      const catalog = loadedCatalog([{ name, object: { type: 'table', name, columns, version: '1' } }]);
      const context = { variables: new Map(), results: new Map() };
      const parsed = parse(sql);
      if (parsed.outcome !== 'parsed') return 'the names of a table cannot be written in SQL';
      const { bound } = bind(parsed, catalog, context, newBudget(1_000_000));
      const floor: Floor = (ref) =>
        ref.column === column.name ? { paths: null, raw: new Set(), token: new Set() } : null;
      const made = bound === null ? null : withFloor(parsed, bound, floor, catalog, context);
      if (made === null || !('sql' in made)) return 'no text with blanks could be made';
      await query(parts, made.sql);
      return null;
    },
  },
  {
    what: 'USE is followed',
    async run(parts) {
      const { database } = parts.config;
      if (database === null) return 'no `database` is configured';
      const { schema: current } = storedState(parts.session.state);
      const schemas = await catalogOf(parts).schemas(database);
      const other = schemas.find((name) => name !== current && name !== 'INFORMATION_SCHEMA');
      if (other === undefined) return `the role sees no second schema in ${database} to try it on`;
      const answer = await query(
        parts,
        `USE SCHEMA ${quotedIdentifier(database)}.${quotedIdentifier(other)}`,
      );
      return storedState(answer.state).schema === other
        ? null
        : 'Snowflake does not tell of the schema that was chosen: sessions with USE would be closed';
    },
  },
  {
    what: 'Snowflake’s history shows the query tag',
    async run(parts) {
      const { database } = parts.config;
      if (database === null) return 'no `database` is configured';
      const place = `${quotedIdentifier(database)}.INFORMATION_SCHEMA`;
      const rows = await askOfTried(parts)(
        `SELECT QUERY_TAG FROM TABLE(${place}.QUERY_HISTORY_BY_SESSION(RESULT_LIMIT => 20))`,
      );
      return rows.some((row) => row['QUERY_TAG'] === TAG) ? null : 'no statement of this session has it yet';
    },
  },
];

async function firstTable(parts: Tried) {
  const { database, schema } = parts.config;
  if (database === null) return null;
  const catalog = catalogOf(parts);
  const schemas = schema === null ? await catalog.schemas(database) : [schema];
  for (const each of schemas.filter((name) => name !== 'INFORMATION_SCHEMA')) {
    const page = { after: null, most: 1, names: [['', '']] };
    const [listed] = await catalog.objects({ database, schema: each }, page);
    if (listed === undefined) continue;
    const [loaded] = await catalog.load([{ name: listed.name, type: 'table' }]);
    const object = loaded?.object;
    if (object != null && 'columns' in object) return object;
  }
  return null;
}
