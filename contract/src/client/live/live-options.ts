import type { BreakGlassReview } from '../../break-glass.ts';
import type { ApprovalSummary } from '../../approval.ts';
import type { LiveLooking } from '../../live/looking.ts';
import type { LiveStatement } from '../../live/statement.ts';
import type { RecordedEvent } from '../../session-event.ts';
import type { ClientOptions } from '../options.ts';
import type { RelayError } from '../relay-error.ts';

export interface LiveClientOptions extends Pick<ClientOptions, 'url' | 'random'> {
  /**
   * A bearer token, or where to get one; asked for a new one (`renew`) before the one that is in use expires, and when
   * the relay says that it is no longer good.
   */
  readonly token: NonNullable<ClientOptions['token']>;
  /** Told of every change of it. */
  readonly onState?: (state: LiveState) => void;
  /** The browser's or Node's own, when it is left out. */
  readonly webSocket?: (url: string) => LiveWebSocket;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

export type LiveState =
  | { readonly type: 'connecting' }
  | { readonly type: 'connected' }
  /** It is tried again by itself. */
  | { readonly type: 'waiting'; readonly error: RelayError; readonly retryInMs: number }
  /** It is not: somebody has to do something first, or (null) it was closed. */
  | { readonly type: 'ended'; readonly error: RelayError | null };

export type LiveUpdate =
  | { readonly type: 'approval'; readonly approval: ApprovalSummary }
  | { readonly type: 'review'; readonly review: BreakGlassReview }
  | { readonly type: 'statement'; readonly statement: LiveStatement }
  | { readonly type: 'event'; readonly event: RecordedEvent }
  | { readonly type: 'looking'; readonly looking: LiveLooking }
  /**
   * What is listed over HTTP has to be read, now and again: at the beginning, and whenever news were missed for good. Of
   * `looking`: what was told is over, and what is so is told next.
   */
  | { readonly type: 'resync' }
  /** The relay refuses it, or has ended it. */
  | { readonly type: 'ended'; readonly error: RelayError };

/** What of a WebSocket is used: what the browser's, Node's and those of libraries have in common. */
export interface LiveWebSocket {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}
