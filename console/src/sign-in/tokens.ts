/** A token to decide with, for this tab alone: gone when it is closed, and never in a place that other pages see. */
export interface Tokens {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** What the issuer calls the person. */
  readonly name: string | null;
}

const KEY = 'sluice.token';

export function keptTokens(): Tokens | null {
  const kept = sessionStorage.getItem(KEY);
  if (kept === null) return null;
  const tokens = JSON.parse(kept) as Tokens;
  return tokens.expiresAt > Date.now() ? tokens : null;
}

export function keepTokens(tokens: Tokens): void {
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

export function forgetTokens(): void {
  sessionStorage.removeItem(KEY);
}
