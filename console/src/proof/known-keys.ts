/** The key that this browser has seen a log signed with: whoever rewrites a record has to have it, or to be noticed. */
export interface KnownKey {
  /** SPKI, base64. */
  readonly spki: string;
  /** ISO 8601. */
  readonly since: string;
}

const KEY = 'sluice.log-key.';

export function knownKey(log: string): KnownKey | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY + log) ?? 'null') as Partial<KnownKey> | null;
    return typeof kept?.spki === 'string' && typeof kept.since === 'string'
      ? { spki: kept.spki, since: kept.since }
      : null;
  } catch {
    return null;
  }
}

export function knowKey(log: string, key: KnownKey): void {
  localStorage.setItem(KEY + log, JSON.stringify(key));
}

export function forgetKey(log: string): void {
  localStorage.removeItem(KEY + log);
}
