import type { ObjectName, UsedObject } from '@sluice/snowflake-sql';
import type { WarehouseCatalog } from './catalog.ts';
import type { TransferTokens } from './files/transfer-tokens.ts';
import type { Plan } from './plan.ts';
import type { ImpliedTransaction, ResultColumn, ResultEncoding, StatementResult } from './result.ts';
import type { SessionParameters, SessionState, SessionSurroundings } from './session-state.ts';

/** Where statements run: the embedded DuckDB, or Snowflake. Only the gate executes on it. */
export interface Warehouse {
  /** The database and schema a session starts in when it asked for none. */
  readonly defaults: SessionState;
  /**
   * A warehouse session of its own for one client session: temporary tables, variables and transactions
   * live in it.
   *
   * @param variables texts that are set in it, by their names: a session of another relay goes on here.
   * @param parameters session parameters that its client signed in with, or that it has set at another relay.
   * @param answers what CURRENT_USER() and its kin answer in it, by their names.
   * @param owner whose files in stages it has: no other session's but those of the same one.
   */
  openSession(
    state: SessionState,
    variables?: ReadonlyMap<string, string>,
    parameters?: SessionParameters,
    answers?: Readonly<Record<string, string | null>>,
    owner?: string,
  ): Promise<WarehouseSession>;
  /** Where clients send files to stages, and get them from there; absent where there are none. */
  readonly transfers?: Pick<TransferTokens, 'find'>;
  /**
   * What became of statements that were sent to it by a relay that has ended since; what still runs is cancelled. Those that
   * are missing in the answer are under way. Rejects when it cannot be asked. Absent of a warehouse that ends with its relay.
   */
  findLeft?(
    statements: readonly LeftStatement[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, LeftOutcome>>;
  /** Whether it answers now, for readiness. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** By the ids that it was sent with (`ExecutableStatement`). */
export interface LeftStatement {
  readonly session: string;
  readonly statement: string;
}

/** `undone`: it ran, in a transaction that was not committed. */
export type LeftOutcome =
  | { readonly became: 'finished' | 'undone' | 'cancelled'; readonly warehouseQueryId: string }
  | { readonly became: 'failed'; readonly warehouseQueryId: string; readonly code: string }
  | { readonly became: 'not_found' };

export interface WarehouseSession {
  /** What drivers are told after each statement (driver protocol, section 10.2). */
  readonly state: SessionState;
  /** Names of session variables that are set now, in upper case as `$name` gives them. */
  readonly variables: ReadonlySet<string>;
  /** Session parameters that are set now. */
  readonly parameters: SessionParameters;
  /** Whether there is a transaction that has not ended, begun by the client or by its first change. */
  readonly isInTransaction: boolean;
  /** What of the session stands in what runs, as it is now: what a statement is planned under. */
  readonly surroundings: SessionSurroundings;
  /** What this session sees of the warehouse's objects, its temporary ones too. */
  readonly catalog: WarehouseCatalog;
  /**
   * Runs one statement as it was planned. Errors: `session_changed`, `rows_exceeded`, `statement_failed` (with
   * Snowflake's code and SQLSTATE, and a message that holds no data), `unsupported_by_warehouse`,
   * `warehouse_unavailable`, `statement_cancelled` when `signal` aborts.
   */
  execute(statement: ExecutableStatement, signal: AbortSignal): Promise<StatementResult>;
  /**
   * What the statement would read, without running it; null where the warehouse does not say. It waits for no other statement
   * of the session, nor they for it. Absent of a warehouse that never says.
   */
  cost?(
    statement: Pick<ExecutableStatement, 'plan' | 'binds' | 'queryId' | 'session'>,
    signal: AbortSignal,
  ): Promise<StatementCost | null>;
  close(): Promise<void>;
}

/** After what the warehouse could leave out by its statistics alone. */
export interface StatementCost {
  /** Micro-partitions that would be read, and those that its tables have. */
  readonly partitions: number;
  readonly partitionsTotal: number;
  readonly bytes: number;
}

export interface ExecutableStatement {
  /** What was made of what was decided on, and what runs. */
  readonly plan: Plan;
  /** The text, for error messages alone. */
  readonly sql: string;
  readonly binds: Binds;
  /** Only the result's shape is wanted; nothing is executed (driver protocol, section 4.3). */
  readonly describeOnly: boolean;
  /** What its client reads best. A warehouse may answer in JSON, which every client reads; of Arrow unasked, JSON is made. */
  readonly encoding: ResultEncoding;
  /** Whether its client sends and gets files when it is told where. */
  readonly transfers?: boolean;
  /** The id the client knows this statement by; a UUID, also what LAST_QUERY_ID() answers. */
  readonly queryId: string;
  /** The client's session, as the record calls it. */
  readonly session: string;
  /** What it was decided and planned under: in another state, or with other names, it is refused (`session_changed`). */
  readonly surroundings: SessionSurroundings;
  /**
   * The objects that it was decided and planned on. It runs while each of them is that very one, as it was, and is
   * refused otherwise (`session_changed`): the warehouse looks in the transaction that the statement runs in.
   */
  readonly objects: readonly UsedObject[];
  /**
   * Rows that it may add, change and remove, together, at most; null: any number. One that would go beyond is undone as
   * a whole, and fails with `rows_exceeded`. A warehouse that cannot promise that of a statement refuses it
   * (`unsupported_by_warehouse`). Of what changes nothing it means nothing.
   */
  readonly changesAtMost: number | null;
  /** Whether whoever sent it may know of an object: of others, it does not show how they are defined. */
  readonly mayKnowOf: (name: ObjectName) => boolean;
  /** What the session's client was given of an earlier statement of the session; null when that is not kept. */
  readonly earlier: (queryId: string) => EarlierRows | null;
  /** Told when it has begun or committed the session's transaction without saying so, also when it fails afterwards. */
  readonly onTransaction?: (implied: ImpliedTransaction) => void;
}

/** A result as a client had it: masked, and cut off where it was. */
export interface EarlierRows {
  readonly columns: readonly ResultColumn[];
  readonly encoding: ResultEncoding;
  /** In order, in that encoding. */
  readonly rows: readonly Uint8Array[];
}

/** By 1-based position as text, as drivers send them (driver protocol, section 4.1); empty when there are none. */
export type Binds = Readonly<Record<string, Bind>>;

export interface Bind {
  /** Upper-case: FIXED, REAL, TEXT, BOOLEAN, BINARY, DATE, TIME, TIMESTAMP_NTZ, ..., VARIANT, ANY. */
  readonly type: string;
  /** An array is a batch: one entry a row, all binds of equal length. */
  readonly value: string | null | readonly (string | null)[];
}
