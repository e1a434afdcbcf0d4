import type { Readable } from 'node:stream';
import type { ResultChunk } from '../../../encoding/index.ts';
import type { KeptChunk, ResultColumn, ResultEncoding, RowCounts } from '../../result.ts';
import type { SessionParameters, SessionState } from '../../session-state.ts';
import type { Binds } from '../../warehouse.ts';

/** One Snowflake account, as the relay signs in to it with its own credential. */
export interface Upstream {
  /**
   * A session of its own, signed in: it has never been anybody else's, and never will be. Errors: those of
   * `UpstreamSession.query`, and `warehouse_unavailable` when the account refuses the relay's credential.
   */
  openSession(start: UpstreamStart, signal: AbortSignal): Promise<UpstreamSession>;
  /** Whether the account answers, and takes the relay's credential, now. */
  ping(): Promise<boolean>;
  /** Closes every session that is still open. */
  close(): Promise<void>;
}

/** What a session is to begin with. Null: what the account gives the relay's user. */
export interface UpstreamStart {
  readonly database: string | null;
  readonly schema: string | null;
  readonly warehouse: string | null;
  readonly role: string | null;
  readonly parameters: SessionParameters;
  /**
   * Asked when Snowflake has ended the session (its master token is gone): whether another one, signed in with these
   * parameters and the last state, would do. It would not where there were temporary tables, variables, other
   * parameters or a transaction. By default it never does, and what is sent then fails with `session_ended`.
   */
  readonly mayBeReplaced?: () => boolean;
}

export interface UpstreamSession {
  /** As Snowflake last said it (`final...Name`). */
  readonly state: SessionState;
  /** Every parameter that the account has told of, by name. */
  readonly parameters: SessionParameters;
  /**
   * Runs a statement once. Resolves with the first answer that has a result; while Snowflake says that it is in
   * progress, it is asked again. Several may run at the same time.
   *
   * Errors, none of which holds data of the account: `statement_failed` with Snowflake's code and SQLSTATE;
   * `statement_cancelled` when `signal` aborts, or somebody in the account cancels; `statement_timeout`; `session_ended`;
   * `unsupported_by_warehouse` for what is no result, and for files in a storage that is not known; `warehouse_unavailable` when the account does
   * not answer, or not as it should; `statement_outcome_unknown` when it is then not known whether something was changed.
   */
  query(statement: UpstreamStatement, signal: AbortSignal): Promise<UpstreamAnswer>;
  /** What became of a statement, by the account's own id: of one, say, that was running when a relay died. */
  find(queryId: string, signal: AbortSignal): Promise<UpstreamAnswer | 'running' | 'unknown'>;
  /** Ends it in the account, too; does not reject. What its results keep can then be opened no longer. */
  close(): Promise<void>;
}

export interface UpstreamStatement {
  readonly sql: string;
  readonly binds: Binds;
  /** Only the result's shape is wanted; nothing runs. */
  readonly describeOnly: boolean;
  /** A UUID, by which Snowflake knows a repeated request; a new one for each statement. */
  readonly requestId: string;
  /**
   * Whether it may change something. When an answer is lost, one that does not is `warehouse_unavailable`, to be tried
   * again, and one that does is `statement_outcome_unknown`.
   */
  readonly changes: boolean;
  /** Whether it is PUT or GET: then an answer about a stage is one, and of any other statement none. */
  readonly transfers?: boolean;
  /** Of this statement alone: QUERY_TAG, the result's format, MULTI_STATEMENT_COUNT. */
  readonly parameters: SessionParameters;
  /** Told the account's own id as soon as it is known, before the answer where Snowflake says it before. */
  readonly onQueryId?: (queryId: string) => void;
}

export interface UpstreamAnswer {
  /** The account's own id of the statement. */
  readonly queryId: string;
  /** Driver protocol, section 10.3. */
  readonly statementTypeId: number;
  readonly columns: readonly ResultColumn[];
  readonly encoding: ResultEncoding;
  /** Rows of the whole result. */
  readonly total: number;
  /** The session's, after the statement. */
  readonly state: SessionState;
  /** The rows that came with the answer; null when there are none. */
  readonly first: ResultChunk | null;
  /**
   * The rows behind those, in order. Each `open` fetches, decompresses, checks the length and renews a link that
   * has expired.
   */
  readonly kept: readonly KeptChunk[];
  /** When the statement changed rows. */
  readonly changed?: RowCounts;
  /** Of PUT and GET. */
  readonly transfer?: StageTransfer;
}

/**
 * What PUT or GET lets the relay do: the credentials and keys that came with it are known in the client alone. Errors of
 * what it does: `warehouse_unavailable`, `result_unavailable`; none holds anything of either.
 */
export type StageTransfer =
  | {
      readonly what: 'upload';
      /** A path at whoever asked. */
      readonly local: string;
      readonly overwrite: boolean;
      readonly autoCompress: boolean;
      readonly sourceCompression: string;
      readonly parallel: number;
      has(name: string, signal: AbortSignal): Promise<boolean>;
      put(name: string, file: FileToPut, signal: AbortSignal): Promise<void>;
    }
  | {
      readonly what: 'download';
      readonly local: string;
      readonly parallel: number;
      readonly files: readonly StoredFile[];
    };

/** A file on disk, and what its content is. */
export interface FileToPut {
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface StoredFile {
  readonly name: string;
  /** Its content as it comes, and what its digest is said to be, if anybody says it. */
  get(signal: AbortSignal): Promise<{ readonly content: Readable; readonly sha256: string | null }>;
}
