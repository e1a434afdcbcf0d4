import type { Family } from './family.ts';

export type FunctionKind =
  /** The value is made of the arguments. */
  | 'scalar'
  /** One value is made of many rows'. */
  | 'aggregate'
  /** Only how many rows there are: COUNT alone. */
  | 'count'
  /** Of a window: the value of another row, or a place among rows. */
  | 'window'
  /** Nothing of the data: the session, the clock. What takes an argument that a column may give is no context. */
  | 'context'
  /** Reaches outside of the query: files, other statements, the system. Never understood. */
  | 'outside'
  /** Makes rows: FLATTEN, SPLIT_TO_TABLE. */
  | 'table';

/** What is known of a built-in function: what its value is made of, and what its failing depends on. */
export interface FunctionSignature {
  /** In upper case. */
  readonly name: string;
  readonly kind: FunctionKind;
  /** What the function does with its argument at a place (from 0) of so many given. */
  argument(place: number, given: number): ArgumentRole;
  /** The same for `NAME => value` arguments, by their upper-case names. */
  readonly named: ReadonlyMap<string, ArgumentRole>;
  /** Fewest and most arguments, named ones among them; null: no end. Outside of it a call is not understood. */
  readonly fewest: number;
  readonly most: number | null;
  /** The family of the value; 'common': that of the 'common' arguments that flow into it; 'first': the first's. */
  readonly returns: Family | 'common' | 'first';
}

export interface ArgumentRole {
  /**
   * What the argument is converted to before anything else: conversion from another family may fail by value.
   * 'any': it is taken as it is. 'common': it is converted to one type with the other 'common' arguments that
   * do the same (what DECODE compares is one such group, what it returns another). Nothing fails where they are of
   * one type already. Within a family, numbers of other digits and times of another kind may not fit: NUMBER(38, 0)
   * beside NUMBER(38, 10), a DATE beside a TIMESTAMP.
   */
  readonly takes: Family | 'any' | 'common';
  readonly does:
    /** Flows into the value. */
    | 'value'
    /** A condition that chooses among others: IFF's first. */
    | 'choice'
    /** Compared with others for a choice: the operands of DECODE and NULLIF. Flows into the value, too. */
    | 'compared'
    /**
     * A date part: a bare word that `isDatePart` knows, which is no column, or a literal. Anything else in this
     * place is a value. So is a column's name where `takes` is not 'any': TRUNC's second is a part or a number.
     */
    | 'part'
    /** `x -> ...`, whose own failing depends on what its body is made of. */
    | 'lambda';
  /** Whether the call can fail by this argument's value although it is of the right family. */
  readonly fails: boolean;
  /** Of table functions: whether the number of rows depends on it. */
  readonly rows: boolean;
}
