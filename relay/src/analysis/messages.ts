import type { MessagePort } from 'node:worker_threads';
import type { DecisionContext } from '../policy/index.ts';
import type { Binds } from '../warehouse/index.ts';
import type { SessionSurroundings } from '../warehouse/planning.ts';
import type { ColumnRef, ObjectName, ResolutionContext } from '@sluice/snowflake-sql';
import type { Assessment } from './assess.ts';
import type { RowCount } from './row-count.ts';
import type { Split } from './split.ts';

/** What a thread is asked for. */
export type Order =
  | AssessOrder
  | { readonly type: 'split'; readonly sql: string }
  | { readonly type: 'count'; readonly sql: string; readonly binds: Binds };

export interface AssessOrder {
  readonly type: 'assess';
  readonly sql: string;
  readonly binds: Binds;
  readonly catalogVersion: string;
  readonly context: Omit<ResolutionContext, 'variables' | 'results'>;
  /** Ids of the session's earlier results, newest last. */
  readonly results: readonly string[];
  /** The policy's text: a thread reads it once. */
  readonly policy: string;
  readonly deciding: Omit<DecisionContext, 'tags'>;
  readonly surroundings: SessionSurroundings;
  /** Where the thread finds what it has asked for, once `answered` says so. */
  readonly answers: MessagePort;
  /** One 32-bit number: how many questions have been answered. */
  readonly answered: SharedArrayBuffer;
}

/** What only the relay's own thread knows, one thing at a time: only the text knows which it needs. */
export type Wanted =
  | { readonly object: ObjectName }
  | { readonly tagsOf: ColumnRef }
  | { readonly variable: string }
  | { readonly result: string };

export type FromThread =
  | { readonly type: 'ask'; readonly wanted: Wanted }
  | { readonly type: 'assessed'; readonly assessment: Assessment }
  | { readonly type: 'split'; readonly texts: Split }
  | { readonly type: 'count'; readonly count: RowCount | null };

export interface Reply {
  readonly found: unknown;
}
