export interface ClientOptions {
  /** The relay's address, with a path if it has one: `https://example.com/sluice`. */
  readonly url: string;
  /** A bearer token, or a function that returns one; called with `renew` when the relay says that it has expired. */
  readonly token?: string | ((how: { readonly renew: boolean }) => Promise<string> | string);
  /** How long to wait for an answer, in addition to the wait that the request itself asks for. */
  readonly timeoutMs?: number;
  /** How many times a request that may be repeated is retried. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
  /** A new UUID. */
  readonly newId?: () => string;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** Resolves after this many milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The options of a single request. */
export interface Input {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}
