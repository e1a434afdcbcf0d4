/** An event as it is stored. */
export interface StoredEvent {
  /** Position in the log, which is also the index of its leaf in the Merkle tree. */
  readonly position: number;
  readonly session: string;
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: string;
  /** Null once retention has removed the body. */
  readonly salt: string | null;
  /** Canonical JSON. Null once retention has removed it. */
  readonly body: string | null;
  readonly bodyDigest: string;
  readonly previous: string;
  readonly hash: string;
}

/** With what shows that a relay of this store wrote it. That is the relay's own business: no verification reads it. */
export interface AuthoredEvent extends StoredEvent {
  /** Empty for an event of a version that made none. */
  readonly mac: string;
}
