/** What has left the relay so far, as limits count it. */
export interface Usage {
  /** By this session. */
  readonly session: Volume;
  /** By this identity on this calendar day of the policy's time zone. */
  readonly day: Volume;
  /** Whether this very statement text was stopped at a limit earlier in this session. */
  readonly stoppedBefore: boolean;
}

export interface Volume {
  readonly rows: number;
  /** Of the cells' text as returned. */
  readonly bytes: number;
}

export const NO_VOLUME: Volume = { rows: 0, bytes: 0 };
export const NO_USAGE: Usage = { session: NO_VOLUME, day: NO_VOLUME, stoppedBefore: false };
