import type { ColumnSource } from '@sluice/snowflake-sql';
import type { ColumnShape, OpenedChunk, ResultChunk, ResultEncoding } from '../encoding/index.ts';

export type { ColumnStructure, LogicalType, OpenedChunk, ResultEncoding } from '../encoding/index.ts';

export interface ResultColumn extends ColumnShape {
  readonly nullable: boolean;
}

/**
 * Some rows of a result that the warehouse keeps and gives to whoever asks: what Snowflake's links to chunks lead to
 * (driver protocol, section 7). How many rows it has, and how many bytes, is known before it is opened.
 */
export interface KeptChunk {
  readonly rowCount: number;
  /** Bytes of its rows in the result's encoding, as the warehouse says. */
  readonly uncompressedSize: number;
  /** The same, compressed; null where the warehouse does not say. */
  readonly compressedSize: number | null;
  /**
   * Fetches its bytes, which are the caller's to keep or to hand on. May be called again, in any order with
   * those of other chunks and at the same time: the bytes are the same ones each time. Rejects with what `signal` is
   * aborted for; with `warehouse_unavailable` when it is worth trying again, and with `result_unavailable` when the
   * warehouse keeps it no longer.
   */
  open(signal: AbortSignal): Promise<OpenedChunk>;
}

export interface StatementResult {
  readonly columns: readonly ResultColumn[];
  readonly encoding: ResultEncoding;
  /**
   * The rows, in order. May be consumed once. How many rows a chunk has depends on the result's shape and on their
   * number, not on their values: what is made of the chunks can be seen. Throws as `open` does, midway.
   */
  readonly chunks: AsyncIterable<ResultChunk>;
  /**
   * The rows behind those of `chunks`, in order, where the warehouse keeps them: each chunk is opened when its client
   * asks for it, if it ever does. They can be opened as long as the session is open, whatever runs in it.
   */
  readonly kept?: readonly KeptChunk[];
  /** Frees the session of a result that nobody will read; absent where nothing waits for that. */
  readonly close?: () => void;
  /** Driver protocol, section 10.3. */
  readonly statementTypeId: number;
  /** Rows inserted, updated and deleted, when the statement changed any. */
  readonly changed?: RowCounts;
  /** Nothing has happened yet: it is a block, and the relay is to run it statement by statement. */
  readonly script?: true;
  /** Files that its client is to send or to get: its driver is told where (driver protocol, section 9). */
  readonly transfer?: FileTransfer;
  /** Of an unload: what takes its rows, once they are masked, in place of the client. */
  readonly unload?: Unload;
  /** What the account behind the warehouse calls the statement, in its own history. */
  readonly upstream?: { readonly queryId: string };
}

/** Files between a client and a stage. A token stands for one file, and for nothing else. */
export type FileTransfer =
  | {
      readonly what: 'upload';
      /** Where the files are at the client: a path there, or a pattern. */
      readonly local: string;
      /** Null where it is not known yet which file it is. */
      readonly token: string | null;
      /** For one of the files that are there, as its driver calls it; null for a name that none of them has. */
      readonly place: (name: string) => string | null;
      readonly overwrite: boolean;
      readonly autoCompress: boolean;
      readonly sourceCompression: string;
      readonly parallel: number;
    }
  | {
      readonly what: 'download';
      readonly local: string;
      readonly files: readonly { readonly name: string; readonly token: string }[];
      readonly parallel: number;
    };

/**
 * Begins to take the rows of an unload.
 *
 * @param columns - as the client would get them
 * @param sources - the columns that they come from
 */
export type Unload = (
  columns: readonly ResultColumn[],
  encoding: ResultEncoding,
  sources: readonly ColumnSource[],
) => Promise<Unloading>;

export interface Unloading {
  add(chunk: { readonly bytes: Uint8Array; readonly rowCount: number }): Promise<void>;
  /** Makes the files; what the client is told. */
  finish(): Promise<Pick<StatementResult, 'columns' | 'encoding' | 'chunks' | 'statementTypeId'>>;
  abandon(): void;
}

/** What a statement did to the session's transaction without saying so. */
export interface ImpliedTransaction {
  readonly became: 'begun' | 'committed';
  readonly because: string;
}

export interface RowCounts extends Readonly<Record<CountedRows, number>> {
  /** What the statement can do, where its kind alone does not say it: of MERGE, what its clauses do. */
  readonly does?: readonly CountedRows[];
  /** Rows of those updated that more than one row of FROM was for. */
  readonly multiJoined?: number;
}

export type CountedRows = 'inserted' | 'updated' | 'deleted';
