/** What is around a call, as far as judging it needs it. The core reads nothing by itself. */
export interface Surroundings {
  /** Hosts that are the relay's, in lower case, without ports. */
  readonly relays: readonly string[];
  /** The beginning of a text file; relative paths are below the call's folder, and `~/` is the person's own. */
  readonly read: (path: string) => FileRead;
  /** The host that a connection of the person's Snowflake profile names; null when it names none. */
  readonly connectionHost: (name: string | null) => string | null;
  /** What packed bytes say (gzip and its kin); null where they are none, or say more than is looked at. */
  readonly inflated: (bytes: Uint8Array) => string | null;
}

export type FileRead =
  | { readonly outcome: 'text'; readonly text: string }
  /** There is no such file, or it is no text. */
  | { readonly outcome: 'none' }
  /** It is there, and cannot be read. */
  | { readonly outcome: 'refused' };
