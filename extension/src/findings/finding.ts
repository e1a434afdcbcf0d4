import type { Range } from './range.ts';
import type { Block } from './read/block.ts';

/** What was found, by what is wrong with it. */
export type FindingKind =
  /** A password, token or key that is written down. */
  | 'secret'
  /** A private key: the file, or the setting that names it. */
  | 'key'
  /** A connection that leads to an account and not to the relay; nothing secret in it. */
  | 'direct'
  /** An MCP server that reaches Snowflake by itself. */
  | 'server';

/** What is shown, kept or counted of a finding is its kind, place and name; only what mends it sees `part`, where values are. */
export interface Finding extends Range {
  readonly kind: FindingKind;
  /** What the value is called, such as `SNOWFLAKE_PASSWORD` or `password`; null in an address. */
  readonly name: string | null;
  /** The connection that it is part of, for whoever mends it; null where there is none that could be. */
  readonly part: Part | null;
}

/** What holds a finding, and what a fix changes. */
export type Part =
  | { readonly type: 'block'; readonly block: Block }
  | { readonly type: 'address'; readonly address: Address }
  | { readonly type: 'server'; readonly server: ServerEntry };

/** A connection in one text: a URL, or `account=...;password=...`. */
export interface Address extends Range {
  readonly scheme: 'url' | 'jdbc' | 'dotnet' | 'odbc' | 'go';
  readonly text: string;
  /** Of the password or token, within the file. */
  readonly secret: (Range & { readonly value: string }) | null;
  /** Account or host, as it is written. */
  readonly host: string;
}

/** A server in an MCP configuration, with its name and its value's place. */
export interface ServerEntry extends Range {
  readonly name: string;
}

/** A file that is looked at. */
export interface LookedAt {
  /** With forward slashes; relative to its workspace folder, or absolute for a person's own profile. */
  readonly path: string;
  readonly text: string;
}

/** What is known of relays when a file is looked at. */
export interface Known {
  /** Hosts that are a relay's, in lower case, without ports. */
  readonly relays: readonly string[];
  /** Whether a profile that was looked at names this file as its private key. */
  readonly isNamedKey?: (path: string) => boolean;
}
