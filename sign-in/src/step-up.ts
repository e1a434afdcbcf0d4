/** What a relay wants of a sign-in (RFC 9470, section 3), as an authorization request says it. */
export interface StepUp {
  /** Seconds; null for any. */
  readonly maxAge: string | null;
  /** Separated by spaces; null for any. */
  readonly acrValues: string | null;
}

/** @param challenge of `WWW-Authenticate`. @returns null when it asks for no other sign-in. */
export function stepUpOf(challenge: string | null): StepUp | null {
  if (challenge === null || !/^bearer\s/i.test(challenge)) return null;
  const parameters = new Map(
    Array.from(challenge.matchAll(/([a-z_]+)="([^"\\]*)"/gi), ([, name, value]) => [
      name!.toLowerCase(),
      value!,
    ]),
  );
  if (parameters.get('error') !== 'insufficient_user_authentication') return null;
  const maxAge = parameters.get('max_age') ?? '';
  return {
    maxAge: /^\d{1,9}$/.test(maxAge) ? maxAge : null,
    acrValues: parameters.get('acr_values') || null,
  };
}
