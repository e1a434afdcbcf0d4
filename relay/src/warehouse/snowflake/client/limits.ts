/** What the client does not go beyond, whatever the account answers. */
export interface ClientLimits {
  /** How long one request of a session may take; Snowflake holds one for up to 45 s. Milliseconds. */
  readonly answerMs: number;
  /** The same of a sign-in, and of renewing a token. */
  readonly signInMs: number;
  /** The same of one part of a result. */
  readonly partMs: number;
  /** How long storage may send nothing of a part that was asked for. Milliseconds. */
  readonly partIdleMs: number;
  /** How long a request that fails is repeated, from its first failure. Milliseconds. */
  readonly retryMs: number;
  /** The first pause before a repetition, and the longest one; each is drawn between half and all. Milliseconds. */
  readonly pauseMs: { readonly first: number; readonly longest: number };
  /** How long a cancelled statement's end is waited for. Milliseconds. */
  readonly cancelMs: number;
  /** Bytes of one answer, decompressed. */
  readonly answerBytes: number;
  /** Bytes of one part of a result, decompressed. */
  readonly partBytes: number;
  /** Failures in a row, of all sessions, after which the account is left alone for a while. */
  readonly failuresInRow: number;
  /** For how long, at first and at most. Milliseconds. */
  readonly aloneMs: { readonly first: number; readonly longest: number };
}

export const defaultClientLimits: ClientLimits = {
  answerMs: 90_000,
  signInMs: 20_000,
  partMs: 45_000,
  partIdleMs: 7_000,
  retryMs: 60_000,
  pauseMs: { first: 250, longest: 8_000 },
  cancelMs: 15_000,
  answerBytes: 64 * 1024 * 1024,
  partBytes: 256 * 1024 * 1024,
  failuresInRow: 8,
  aloneMs: { first: 2_000, longest: 30_000 },
};
