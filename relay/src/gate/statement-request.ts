import type { PromptSeen } from '@sluice/contract';
import type { Opening } from '../approval/index.ts';
import type { Substituted } from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type {
  Binds,
  FileTransfer,
  KeptChunk,
  ResultColumn,
  ResultEncoding,
  RowCounts,
  SessionParameters,
  SessionState,
} from '../warehouse/index.ts';

/** One statement on its way in, whatever protocol it came by. */
export interface StatementRequest {
  readonly session: Session;
  /** A UUID, given by the relay: how everybody refers to this statement. */
  readonly queryId: string;
  /** The client's own id for it: a repeat is the same statement, never a second one. */
  readonly requestId: string;
  /** Exactly one statement. */
  readonly sql: string;
  readonly binds: Binds;
  /** Only the result's shape is wanted (driver protocol, section 4.3). */
  readonly describeOnly: boolean;
  /** What its client reads best; JSON, which all of them read, where nothing is known of it. */
  readonly encoding?: ResultEncoding;
  /** What the person asked the agent, when the client says so. */
  readonly prompt: Prompt | null;
  /** It runs only if it is understood as a read. What was held when its relay stopped has been seen to be one. */
  readonly onlyReads?: boolean;
  /** It was held when the relay stopped: its place among those held is its own, and it is on the record. */
  readonly resumed?: true;
  /** The relay's own question about a statement: where people would have to be asked, it is refused. */
  readonly mayAsk?: false;
}

/** The same once it is known whether its person has opened break-glass for it; the policy says whether that is theirs. */
export interface CalledRequest extends StatementRequest {
  readonly breakGlass: Opening | null;
}

export type Prompt = Readonly<PromptSeen>;

/** Told as the statement moves, so that listeners can answer polls. */
export interface Progress {
  /** It waits for people to decide. */
  held(approval: HeldApproval): void;
  /** It has been handed to the warehouse. */
  running(): void;
}

export interface HeldApproval {
  readonly approvalId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Groups that were asked first; so many of their people have to agree. */
  readonly approvers: readonly string[];
  readonly needed: number;
}

/** A column as the client gets it, and what of it is not as the warehouse has it. */
export interface OutcomeColumn extends ResultColumn {
  readonly masked?: { readonly method: string; readonly because: string; readonly rule: string };
  readonly computedOn?: Substituted;
}

/** Some rows of a result as the client gets them, in its encoding: these very bytes, before compression. */
export interface MaskedChunk {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
}

/** Some rows that the warehouse keeps, masked when they are opened. */
export interface MaskedKeptChunk extends KeptChunk {
  /** Bytes that it may have once it is masked, rather more than it will: `uncompressedSize` is what the warehouse says. */
  readonly mostBytes: number;
}

/** A statement that ran. Failures are rejections with a SluiceError. */
export interface StatementOutcome {
  readonly queryId: string;
  readonly columns: readonly OutcomeColumn[];
  /** What its rows were grouped, joined or chosen by, when it was not by values. */
  readonly computedOn?: Substituted;
  readonly encoding: ResultEncoding;
  /** May be consumed once; ends only when the outcome is on the record. */
  readonly chunks: AsyncIterable<MaskedChunk>;
  /**
   * The rows behind those, in order, masked; to be opened once `chunks` has ended. Each is fetched, masked and on the record
   * when it is opened. Rejects with `warehouse_unavailable` when it is worth trying again, with what `signal` is aborted
   * for, and with anything else when there will be nothing more of the result.
   */
  readonly kept?: readonly MaskedKeptChunk[];
  /** Driver protocol, section 10.3. */
  readonly statementTypeId: number;
  readonly changed?: RowCounts;
  /** It is a block that may run, and has not: its statements pass the gate one by one. */
  readonly script?: true;
  /** Files that its client is to send or to get. */
  readonly transfer?: FileTransfer;
  /** The session's state after the statement, and its parameters that are set. */
  readonly state: SessionState;
  readonly parameters: SessionParameters;
}

/** The gate's one way in. `signal` aborts when the client cancels, its session ends or it is gone. */
export type RunStatement = (
  request: StatementRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<StatementOutcome>;
