/** What tokens are made with. Whoever has the key can try values against tokens; it never leaves the relay. */
export interface MaskingKeys {
  /** At least 32 bytes. Tokens made with another key do not join with this one's. */
  readonly token: Uint8Array;
}
