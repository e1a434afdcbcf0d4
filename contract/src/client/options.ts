export interface ClientOptions {
  /** Where the relay is reached, with a path where it has one: `https://example.com/sluice`. */
  readonly url: string;
  /** A bearer token, or where to get one; asked for a new one (`renew`) when the relay says that it has expired. */
  readonly token?: string | ((how: { readonly renew: boolean }) => Promise<string> | string);
  /** How long an answer may take, beside the waiting that a request itself asks for. */
  readonly timeoutMs?: number;
  /** How often a request that may be repeated is sent again. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
  /** A new UUID. */
  readonly newId?: () => string;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What of a request is not in the table. */
export interface Input {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}
