import type { Family } from './family.ts';

export type FunctionKind =
  /** The value is computed from the arguments. */
  | 'scalar'
  /** One value is computed from the values of many rows. */
  | 'aggregate'
  /** Depends only on the number of rows: COUNT alone. */
  | 'count'
  /** A window function: the value of another row, or a position among rows. */
  | 'window'
  /** Depends on the session or the clock, not on data: no argument can come from a column. */
  | 'context'
  /** Reaches outside the query: files, other statements, the system. Such a call is never understood. */
  | 'outside'
  /** Produces rows: FLATTEN, SPLIT_TO_TABLE. */
  | 'table';

/** What is known about a built-in function: what its value is computed from, and what its failure depends on. */
export interface FunctionSignature {
  /** In upper case. */
  readonly name: string;
  readonly kind: FunctionKind;
  /** The role of the argument at position `place` (from 0), when `given` arguments are given. */
  argument(place: number, given: number): ArgumentRole;
  /** The roles of `NAME => value` arguments, by their upper-case names. */
  readonly named: ReadonlyMap<string, ArgumentRole>;
  /**
   * The fewest and the most arguments, including named ones; `most` is null when there is no limit. A call outside
   * this range is not understood.
   */
  readonly fewest: number;
  readonly most: number | null;
  /**
   * The family of the value. 'common': the family of the 'common' arguments that flow into it. 'first': the family of
   * the first argument. 'number': of as many digits after the point as the numbers among the arguments. 'integer': a
   * whole number of at most 20 digits. 'float': a number to which any other can be converted.
   */
  readonly returns: Family | 'common' | 'first' | 'integer' | 'float';
}

export interface ArgumentRole {
  /**
   * The family that the argument is converted to first. Conversion from another family may fail, depending on the
   * value. 'any': the argument is taken as it is. 'common': it is converted to one type together with the other
   * 'common' arguments of the same role (those that DECODE compares are one group, those that it returns another).
   * This cannot fail when they already have the same type. Within a family it can: numbers of different digits may not
   * fit, NUMBER(38, 0) with NUMBER(38, 10).
   */
  readonly takes: Family | 'any' | 'common';
  readonly does:
    /** Flows into the value. */
    | 'value'
    /** A condition that chooses among others: IFF's first. */
    | 'choice'
    /** Compared with others to make a choice: the operands of DECODE and NULLIF. Also flows into the value. */
    | 'compared'
    /**
     * A date part: a literal, or an unquoted word that `isDatePart` knows, which is then not a column. Anything else
     * in this position is a value. So is a column's name when `takes` is not 'any': TRUNC's second argument is a part
     * or a number.
     */
    | 'part'
    /** A lambda, `x -> ...`, which can fail as its body can. */
    | 'lambda';
  /** Whether the call can fail because of this argument's value, even when its family is right. */
  readonly fails: boolean;
  /** For table functions: whether the number of rows depends on it. */
  readonly rows: boolean;
}
