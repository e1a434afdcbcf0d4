import type { Range } from '../range.ts';
import type { Form } from '../form.ts';

/** A value that has a name, as a file gives it. */
export interface Setting {
  /** As it is written, without quotes. */
  readonly name: string;
  /** What it says; null where it is fetched when it is used, or is no text. */
  readonly value: string | null;
  /** The value, without its quotes. */
  readonly at: Range;
  /** Name and value, with quotes: what a fix replaces. */
  readonly whole: Range;
}

/** Settings that stand together: a table, a map, a call's arguments, an environment. */
export interface Group {
  readonly form: Form;
  /** The names that lead to it, outermost first. */
  readonly path: readonly string[];
  /** What is called with it, where it is a call's: `snowflake.connector.connect`. Empty otherwise. */
  readonly callee: string;
  /** How its settings are written: beside each other, or each in a call or a line of its own. */
  readonly style: 'arguments' | 'entries' | 'lines' | 'calls' | 'variables';
  readonly settings: readonly Setting[];
}

/** Those settings of a group whose names begin alike, such as `SNOWFLAKE_`: one connection. */
export interface Block extends Group {
  /** As it is written; empty where names are plain. */
  readonly prefix: string;
}
