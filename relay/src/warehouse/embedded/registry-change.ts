import type { ObjectName } from '@sluice/snowflake-sql';
import type { Declared } from './declared.ts';

export interface CommentOn {
  /** Null: the object itself. */
  readonly column: string | null;
  /** Null: nothing any more. */
  readonly text: string | null;
}

/** What DDL does to what is remembered. Plain data: it is part of a plan. */
export type RegistryChange =
  /** `definition`: a view's text, or null for a table. `ifNew`: what is there already stays what it is. */
  | {
      readonly change: 'made';
      readonly object: ObjectName;
      readonly definition: string | null;
      readonly ifNew: boolean;
      readonly declared: Declared;
    }
  /** The columns of a table. */
  | { readonly change: 'altered'; readonly object: ObjectName; readonly declared: Declared }
  | { readonly change: 'renamed'; readonly object: ObjectName; readonly to: string }
  /** Each of two tables has the other's name. */
  | { readonly change: 'swapped'; readonly object: ObjectName; readonly with: ObjectName }
  | { readonly change: 'dropped'; readonly object: ObjectName }
  /** What is said of a table or view, and of its columns. `own`: it is the session's own. */
  | {
      readonly change: 'commented';
      readonly object: ObjectName;
      readonly comments: readonly CommentOn[];
      readonly own: boolean;
      readonly ifThere: boolean;
    }
  /** A schema has gone, or has been made anew, and all that was in it with it. */
  | { readonly change: 'schema'; readonly database: string; readonly schema: string };
