import type { ApprovalPhase, StatementView } from '@sluice/contract';
import type { ResultColumn } from './columns.ts';

/** Who is asked about a statement that is held, and how far they are. */
export interface Asked {
  readonly approval: string;
  /** ISO 8601: nobody can say yes after that. */
  readonly expiresAt: string;
  /** Null until it has been read: the request's own words and people. */
  readonly facts: AskedFacts | null;
}

export interface AskedFacts {
  readonly phase: ApprovalPhase;
  /** What the statement does, in a sentence of the relay's. */
  readonly sentence: string;
  readonly rule: string;
  readonly reason: string;
  /** Groups that may decide. */
  readonly approvers: readonly string[];
  readonly needed: number;
  /** Names of those who have approved so far. */
  readonly approvedBy: readonly string[];
  readonly askedAt: string;
}

export type StatementError = Extract<StatementView, { phase: 'failed' }>['error'];

/** Why a statement has no result. */
export interface Refusal extends StatementError {
  /** A narrower statement that whoever denied it would agree to. */
  readonly proposal: string | null;
}

/** How far a statement is. */
export type RunState =
  | { readonly phase: 'sending' }
  | { readonly phase: 'running' }
  | { readonly phase: 'held'; readonly asked: Asked }
  | {
      readonly phase: 'succeeded';
      readonly columns: readonly ResultColumn[];
      readonly computedOn: Substituted | null;
      readonly rowCount: number;
      readonly changed: Changed | null;
    }
  | { readonly phase: 'failed'; readonly error: Refusal };

export type Substituted = NonNullable<Extract<StatementView, { phase: 'succeeded' }>['computedOn']>;
export type Changed = NonNullable<Extract<StatementView, { phase: 'succeeded' }>['changed']>;

/** Whether nothing more comes of it. */
export function isSettled({ phase }: RunState): boolean {
  return phase === 'succeeded' || phase === 'failed';
}
