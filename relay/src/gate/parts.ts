import type { Analyses, ForApproval } from '../analysis/index.ts';
import type {
  ApprovalPartTransaction,
  Approvals,
  BoundObject,
  Grants,
  Openings,
  Reviews,
} from '../approval/index.ts';
import type { Classification, RecordedTagsTransaction } from '../classification/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Masker } from '../masking-threads/index.ts';
import type { AllowDecision, AskDecision, MaskDecision, Policy, TaggedColumn } from '../policy/index.ts';
import type { IndexReader, Recorder, Recording } from '../recording/index.ts';
import type { Relays } from '../relays.ts';
import type { SessionPartTransaction, SessionsReader } from '../session/index.ts';
import type { ObjectName, Understood, UsedObject } from '@sluice/snowflake-sql';
import type { ChangeFeed, UnitOfWork } from '../unit-of-work.ts';
import type { UsageMeter, UsageStore } from '../usage/index.ts';
import type { Warehouse } from '../warehouse/index.ts';
import type { Planned, SessionSurroundings } from '../warehouse/planning.ts';

/** Everything the gate works with, handed over by the composition root. */
export interface GateParts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Throws `identity_revoked` when the person is out (promise 7), whatever their token's expiry says. */
  readonly confirmIdentity: (identity: Identity) => void;
  readonly analyses: Pick<Analyses, 'parse' | 'assess'>;
  /** The policy in force at this moment, on all relays. Throws `policy_outdated` when this one does not have it. */
  readonly policy: () => Policy;
  /** How new what is known in memory is, of all that relays on one store share. */
  readonly changes: ChangeFeed;
  /** The contexts that sessions were left in, and which relay has left them. */
  readonly sessions: Pick<SessionsReader, 'context'>;
  readonly relays: Pick<Relays, 'self' | 'isAlone' | 'isThere'>;
  readonly classification: Pick<Classification<RecordedTagsTransaction>, 'tags' | 'taggedColumns' | 'carry'>;
  readonly usage: UsageMeter;
  readonly limits: Pick<Limits, 'checkRecord' | 'record' | 'recordAnyway' | 'held'>;
  readonly approvals: Pick<Approvals, 'hold' | 'consume' | 'void' | 'askAhead'>;
  readonly grants: Pick<Grants, 'use'>;
  readonly reviews: Pick<Reviews, 'open'>;
  readonly openings: Pick<Openings, 'find' | 'use'>;
  readonly recorder: GateRecorder;
  /** Told of a statement whose end could not be recorded, though it had begun on the record. */
  readonly onEndUnrecorded: (statement: string) => void;
  readonly recordingLimits: RecordingLimits;
  readonly warehouse: Warehouse;
  readonly masker: Masker;
  /**
   * Whether what runs reads blanks and tokens in the place of sensitive values. Always, but for tests that show
   * that the decision alone gives nothing away.
   */
  readonly floor: boolean;
}

/** How much of a result the recording keeps; the rest is counted, and the record says so. */
export interface RecordingLimits {
  /** Rows kept of one result. */
  readonly rowsKept: number;
  /** Rows in one payload. */
  readonly rowsPerPayload: number;
}

/** The record, and what of the relay's state changes with it in one transaction. */
export type GateRecorder = Recorder & UnitOfWork<GateTransaction>;

export interface GateTransaction
  extends Recording, ApprovalPartTransaction, RecordedTagsTransaction, SessionPartTransaction {
  readonly usage: UsageStore;
  readonly index: Pick<IndexReader, 'mentionedAt'>;
  record: Recording['record'];
}

/**
 * A statement that may run: what it means, each thing that it does once; what runs, and under which decision and
 * surroundings of its session.
 */
export interface Authorization {
  readonly understanding: Understood;
  readonly planned: Planned;
  readonly surroundings: SessionSurroundings;
  /** What of the catalog it was decided on: it runs on the very same, or not at all. */
  readonly used: readonly UsedObject[];
  /** The tags that the warehouse itself has on what it reaches, as of the decision. */
  readonly told: readonly TaggedColumn[];
  readonly forApproval: ForApproval | null;
  /** The newest change of the store that the decision takes into account, and the policy that it was made by. */
  readonly asOf: number;
  readonly policy: Policy;
  /** Of the session's context. */
  readonly generation: number;
  readonly mayKnowOf: (name: ObjectName) => boolean;
  readonly decision: AllowDecision | MaskDecision | AskDecision;
  /** What people let through, which is for so many rows; null when nobody was asked. */
  readonly leave: Leave | null;
}

/** A person's leave to run a statement: by an approval of it, or by a grant for statements like it. */
export interface Leave {
  /** What the statement's names resolved to when they let it through. */
  readonly objects: readonly BoundObject[];
  /** Rows that it may change or return at most; null: any number. */
  readonly rows: number | null;
  /** Uses it up, in the transaction that lets the statement run. @throws `approval_void`, `approval_expired`. */
  use(tx: GateTransaction): Promise<void>;
  /** Told how many it did, or 0 when it came to nothing. */
  settle(tx: GateTransaction, rows: number): Promise<void>;
}
