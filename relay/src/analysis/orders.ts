import type { Names } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';
import type { Assessment } from './assess.ts';
import type { LoadedQuestion } from './question.ts';
import type { RowCount } from './row-count.ts';
import type { Split } from './split.ts';

/** What a thread is asked for. Plain data, and all that it needs: it asks nobody. */
export type Order =
  | { readonly type: 'names'; readonly sql: string }
  /** With the policy's text, which a thread reads once. */
  | { readonly type: 'assess'; readonly question: LoadedQuestion; readonly policy: string }
  | { readonly type: 'split'; readonly sql: string }
  | { readonly type: 'count'; readonly sql: string; readonly binds: Binds };

/** What it answers, by what it was asked for. */
export interface Answers {
  /** Null for too many. */
  readonly names: Names | null;
  readonly assess: Assessment;
  readonly split: Split;
  readonly count: RowCount | null;
}

export type OrderOf<Type extends Order['type']> = Extract<Order, { type: Type }>;
