import type { SluiceError } from '../errors.ts';
import type { HeldApproval, Prompt } from '../gate.ts';
import type { Session } from '../session/index.ts';
import type { Binds, ResultEncoding } from '../warehouse/index.ts';
import type { SpooledResult } from './spooled-result.ts';

/** What a listener submits. */
export interface QueryOrder {
  readonly session: Session;
  readonly requestId: string;
  readonly sql: string;
  readonly binds: Binds;
  readonly describeOnly: boolean;
  /** What the client reads best; JSON by default. */
  readonly encoding?: ResultEncoding;
  readonly prompt: Prompt | null;
  /** It runs only if it is understood as a read. */
  readonly onlyReads?: boolean;
  /** Whether the client waits for the result. If so, the statement is cancelled if the client is gone too long. */
  readonly attended: boolean;
}

/** One statement in flight or recently finished. It belongs to its session; no other session may see it. */
export interface Query {
  readonly queryId: string;
  readonly requestId: string;
  readonly session: Session;
  readonly sql: string;
  readonly describeOnly: boolean;
  readonly attended: boolean;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  readonly endedAt: number | null;
  readonly status: QueryStatus;
  /** The statements of a multi-statement request that were reached so far; empty for a single statement. */
  readonly parts: readonly Query[];
}

export type QueryStatus =
  | { readonly phase: 'submitted' }
  | { readonly phase: 'held'; readonly approval: HeldApproval }
  | { readonly phase: 'running' }
  | { readonly phase: 'succeeded'; readonly result: SpooledResult }
  | { readonly phase: 'failed'; readonly error: SluiceError };

export type SettledStatus = Extract<QueryStatus, { phase: 'succeeded' | 'failed' }>;

export function isSettled(status: QueryStatus): status is SettledStatus {
  return status.phase === 'succeeded' || status.phase === 'failed';
}
