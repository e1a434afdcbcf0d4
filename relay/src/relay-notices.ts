/**
 * What relays have put on the record about themselves, in the relay session: who was put out, which columns are tagged. By
 * it, what a table lacks is in force all the same: whoever writes to the database can take a row away.
 */
export interface RelayNotices {
  /** Those of a kind, in the order of the record, as far as it was read. */
  of(what: FollowedNotice): readonly RelayNotice[];
  /**
   * Reads what any relay has recorded since.
   *
   * @throws SluiceError `record_contradicted` when something of the relay session is gone, or was put there by somebody else.
   */
  read(): Promise<void>;
}

export const FOLLOWED_NOTICES = [
  'revoked',
  'names_known',
  'columns_tagged',
  'policy_in_force',
  'device_asked',
] as const;

export type FollowedNotice = (typeof FOLLOWED_NOTICES)[number];

export interface RelayNotice {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly detail: Readonly<Record<string, string>>;
}
