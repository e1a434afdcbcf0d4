/**
 * An instant is a plain number everywhere in the code: milliseconds since the epoch, as `Date.now()` gives it. Tokens
 * (`iat`, `exp`, `auth_time`: RFC 7519, section 2), webhooks and revocations say seconds; they are converted by these
 * two where they come in and go out, and nowhere else. A duration carries its unit in its name.
 */
export function fromEpochSeconds(seconds: number): number {
  return seconds * 1_000;
}

/** Whole seconds, rounded down. */
export function toEpochSeconds(instant: number): number {
  return Math.floor(instant / 1_000);
}
