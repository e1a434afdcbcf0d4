import type { StatementOrder } from '@sluice/contract';
import type * as vscode from 'vscode';
import type { RunState } from '../../results/run-state.ts';

/** `sluice.results.run`: what to run, and as whom. */
export interface RunCommand extends Omit<StatementOrder, 'requestId' | 'wait'> {
  /** An account's id; the one that statements go to when it is left out. */
  readonly account?: string;
  /** Cancels the statement, at the warehouse too. */
  readonly token?: vscode.CancellationToken;
}

/** What came of it. A refusal is an outcome, too. */
export interface RunOutcome {
  /** The relay's name for the statement; null when it never took it. */
  readonly statement: string | null;
  readonly state: RunState;
}

/** `sluice.results.open`: a statement that was sent before, by an agent's tool for one. */
export interface OpenCommand {
  readonly account: string;
  readonly sql: string;
  readonly statement: string;
}
