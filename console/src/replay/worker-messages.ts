import type { RecordedEvent, SessionEvent } from '@sluice/contract';
import type { WorkerAccess } from '../host/host.ts';
import type { Moment } from './moments.ts';
import type { RowsOf, Row } from './rows.ts';

/** What the page asks of the worker that holds a session's events. */
export type ToWorker =
  /** Reads the events after those that it has. */
  | ({ readonly type: 'read'; readonly session: string } & WorkerAccess)
  | { readonly type: 'look'; readonly ask: number; readonly seq: number }
  | { readonly type: 'find'; readonly ask: number; readonly statement: string }
  /** The first event whose content has another hash than the one for its `seq`. */
  | { readonly type: 'compare'; readonly ask: number; readonly hashes: readonly string[] }
  /** The rows of a payload: bytes as the client was sent them. */
  | { readonly type: 'rows'; readonly ask: number; readonly of: RowsOf };

export type FromWorker =
  | { readonly type: 'moments'; readonly moments: readonly Moment[]; readonly events: number }
  | { readonly type: 'read' }
  | { readonly type: 'failed'; readonly problem: Problem }
  | { readonly type: 'answer'; readonly ask: number; readonly answer: Scene | number | readonly Row[] | null }
  | { readonly type: 'refusal'; readonly ask: number; readonly message: string };

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** Everything that the record says of the statement that a moment is about. */
export interface Scene {
  /** The moment's own event. */
  readonly event: RecordedEvent;
  readonly opened: Body<'opened'> | null;
  readonly prompt: Body<'prompt'> | null;
  /** In their order, also those that come after the moment. */
  readonly story: readonly SessionEvent[];
}

export type Body<Type extends SessionEvent['body']['type']> = Extract<SessionEvent['body'], { type: Type }>;
