import type { Proof } from '@sluice/record-proof';
import type { WorkerAccess } from '../host/host.ts';

/** What the page asks of the worker that checks a proof, once. */
export interface CheckOrder extends WorkerAccess {
  readonly session: string;
  /** Trusted public keys, SPKI in base64. */
  readonly keys: readonly string[];
  /** Verifier keys of witnesses. */
  readonly witnesses: readonly string[];
}

export type CheckNews =
  | { readonly type: 'progress'; readonly events: number }
  /** With the hash of each event that the export has, by its `seq`. */
  | { readonly type: 'checked'; readonly proof: Proof; readonly hashes: readonly string[] }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly advice: string };
