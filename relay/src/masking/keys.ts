/** The key that tokens are made with. It never leaves the relay: with it, values can be tested against tokens. */
export interface MaskingKeys {
  /** At least 32 bytes. Tokens made with different keys do not join. */
  readonly token: Uint8Array;
}
