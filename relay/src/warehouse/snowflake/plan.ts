import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import type { SessionParameters, SessionState } from '../session-state.ts';

/**
 * What one statement comes to on Snowflake: the text that is sent, and what that is expected to do to the session. Plain
 * data.
 */
export interface Plan {
  /** The client's text with the floor put in; the client's own where nothing of it had to be replaced. Null: it is
   * about the relay's own session alone, and Snowflake is told nothing. */
  readonly sql: string | null;
  /** Where in it a salt of tokens is put when it is sent: it stands in no record, and is another one each time. */
  readonly salts: readonly number[];
  /** Why the floor could not be put in, of what people were asked about and let through all the same; null elsewhere. */
  readonly raw: string | null;
  readonly effect: Effect;
}

/** What a statement does to its session, as far as the relay follows it. */
export type Effect =
  /** Rows, and nothing else. */
  | { readonly kind: 'query' }
  /** A list of what there is; of views it may hold their texts. */
  | { readonly kind: 'listing' }
  /** DML: it says how many rows it has changed, and can be rolled back. */
  | { readonly kind: 'change' }
  /** It changes rows or files and cannot be rolled back; `of`: what it is, for people. */
  | { readonly kind: 'final'; readonly of: string }
  /** Files go between a client and a stage: what the account gives for that stays with the relay. */
  | { readonly kind: 'transfer'; readonly what: 'put' | 'get' }
  | {
      readonly kind: 'ddl';
      /** Objects that are others from now on: what is remembered of them is forgotten. */
      readonly changed: readonly ObjectName[];
      readonly temporary: TemporaryChange | null;
      /** Whether it makes a table with rows in it, which no transaction takes back. */
      readonly makesRows: boolean;
    }
  | { readonly kind: 'set'; readonly names: readonly string[] }
  | { readonly kind: 'unset'; readonly names: readonly string[] }
  | { readonly kind: 'use'; readonly expected: ExpectedState }
  | { readonly kind: 'transaction'; readonly action: Tree.Transaction['action'] }
  | { readonly kind: 'parameters'; readonly set: SessionParameters; readonly unset: readonly string[] };

export interface TemporaryChange {
  readonly is: 'made' | 'dropped';
  readonly object: ObjectName;
}

/** What USE leaves. `undefined`: whatever Snowflake says, since it depends on what the database has. */
export type ExpectedState = { readonly [Part in keyof SessionState]: SessionState[Part] | undefined };
