import type { MaskPlan } from '../masking/index.ts';

/** What a thread is asked for: one chunk of one result. */
export interface MaskTask {
  /** Of the result, in this process: its plan is made ready once. */
  readonly result: number;
  readonly plan: MaskPlan;
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}
