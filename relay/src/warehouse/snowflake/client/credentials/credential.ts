/** Who the relay is at the account. */
export interface Credential {
  /** For notices: `key pair`. */
  readonly name: string;
  /**
   * What a sign-in says of it (driver protocol, section 2): secret, made or read anew each time, and sent to the
   * account alone. Throws `config_invalid` when it cannot be read, `warehouse_unavailable` when its issuer fails.
   */
  present(signal: AbortSignal): Promise<CredentialFields>;
  /** The account did not take what was presented: what is remembered of it is given up. Whether another may do. */
  refused?(): boolean;
}

export type CredentialFields = Readonly<Record<string, string>>;
