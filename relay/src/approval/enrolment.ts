export interface Enrolment {
  /** SPKI, base64. */
  readonly key: string;
  /** What the owner calls the device. */
  readonly name: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  /** The new key's own signature over `enrolmentBytes`: whoever enrols it holds it. */
  readonly proof: string;
  /** An enrolled key's signature over the same bytes. */
  readonly vouchedBy: { readonly key: string; readonly signature: string } | null;
}
