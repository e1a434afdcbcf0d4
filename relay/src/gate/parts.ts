import type { Classification } from '../classification/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Limits } from '../limits/index.ts';
import type { MaskingKeys } from '../masking/index.ts';
import type { AllowDecision, AskDecision, MaskDecision, Policy } from '../policy/index.ts';
import type { Recorder } from '../recording/index.ts';
import type { Understood } from '../statement/index.ts';
import type { UsageMeter } from '../usage/index.ts';
import type { Warehouse } from '../warehouse/index.ts';
import type { ApprovalDesk } from './ask-people.ts';
import type { RecordingLimits } from './record-outcome.ts';
import type { Understand } from './understand-statement.ts';

/** Everything the gate works with, handed over by the composition root. */
export interface GateParts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Throws `identity_revoked` when the person is out (promise 7), whatever their token's expiry says. */
  readonly confirmIdentity: (identity: Identity) => void;
  readonly understand: Understand;
  /** The policy in force at this moment. */
  readonly policy: () => Policy;
  readonly classification: Pick<Classification, 'tags' | 'carry'>;
  readonly usage: UsageMeter;
  readonly limits: Pick<Limits, 'checkRecord' | 'record' | 'recordAnyway' | 'held'>;
  readonly desk: ApprovalDesk;
  readonly recorder: Recorder;
  readonly recordingLimits: RecordingLimits;
  readonly warehouse: Warehouse;
  readonly maskingKeys: MaskingKeys;
}

/** A statement that may run, and under which decision. */
export interface Permit {
  readonly meaning: Understood;
  readonly decision: AllowDecision | MaskDecision | AskDecision;
}
