import type { Tree } from '@sluice/snowflake-sql';
import type { OutcomeColumn } from '../gate.ts';
import type { Cell } from '../encoding/index.ts';
import type { Value } from './value.ts';

/** What a name of a script stands for. */
export type Named =
  | {
      readonly is: 'variable';
      value: Value;
      /** The type that it was declared with, in SQL; null for that of whatever is assigned. */
      readonly type: string | null;
    }
  | { readonly is: 'result'; rows: ResultRows | null }
  | {
      readonly is: 'cursor';
      readonly source: Tree.CursorDeclaration['source'];
      rows: ResultRows | null;
      at: number;
    }
  | { readonly is: 'row'; readonly values: ReadonlyMap<string, Value> }
  | { readonly is: 'exception'; readonly code: number; readonly message: string };

/** What a statement of the script has answered, as its client would have it. */
export interface ResultRows {
  readonly queryId: string;
  readonly columns: readonly OutcomeColumn[];
  /** Null where there were too many to keep. */
  readonly rows: readonly (readonly Cell[])[] | null;
}

/** Names of a block, and of those around it. */
export interface Scope {
  find(name: string): Named | null;
  declare(name: string, named: Named): void;
  inner(): Scope;
}

export function createScope(outer: Scope | null = null): Scope {
  const names = new Map<string, Named>();
  const scope: Scope = {
    find: (name) => names.get(name) ?? outer?.find(name) ?? null,
    declare: (name, named) => void names.set(name, named),
    inner: () => createScope(scope),
  };
  return scope;
}
