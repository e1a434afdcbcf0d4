/**
 * What the relays on one store say to each other that is not kept: whoever is away misses it, so it must be said again
 * for as long as it is so. Whoever can write to the database can say anything: nothing is decided by it.
 */
export interface Broadcast {
  /**
   * Said to all relays, this one too. Never rejects: what cannot be said is lost.
   *
   * @param text at most `BROADCAST_BYTES` of UTF-8, without a NUL.
   */
  say(text: string): Promise<void>;
  /** @returns how to stop. */
  follow(listener: (text: string) => void): () => void;
}

/** PostgreSQL takes payloads of less than 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html). */
export const BROADCAST_BYTES = 7_999;

/** Where there is no other relay. */
export const NO_BROADCAST: Broadcast = { say: async () => {}, follow: () => () => {} };
