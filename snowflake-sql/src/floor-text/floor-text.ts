import type { ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';

/** The text of a statement that reads guarded columns only as the floor allows, or why there is no such text. */
export type FloorText =
  | {
      readonly sql: string;
      /** Where in it the salt of tokens is to be put, by `salted`; empty if there are none. */
      readonly salts: readonly number[];
      readonly replaced: readonly Replaced[];
    }
  | { readonly notWrappable: string; readonly range: SourceRange };

/** A table or view at one place in the text, and its columns that are not themselves there. */
export interface Replaced {
  readonly object: ObjectName;
  /** In the original text. */
  readonly range: SourceRange;
  /** Constants for some names that mean them at least. */
  readonly blanked: readonly string[];
  /** Tokens for some names that mean them at least. */
  readonly tokens: readonly string[];
}
