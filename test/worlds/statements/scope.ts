import type { Bind } from '@sluice/relay/warehouse/index.ts';
import type { Chance } from './chance.ts';
import type { Column, Table, Type } from './shop-schema.ts';

/** A column as it may be written where it is visible. */
export interface Visible extends Column {
  /** With its relation's name in front when it needs one. */
  readonly ref: string;
}

/** What an expression can name where it stands. */
export interface Scope {
  readonly columns: readonly Visible[];
  /** Names of relations: as a value, one is a whole row to some readers. */
  readonly aliases: readonly string[];
  /** Columns that the same SELECT made before. */
  readonly made: readonly Column[];
  readonly outer: Scope | null;
}

export const NOWHERE: Scope = { columns: [], aliases: [], made: [], outer: null };

/** How often sensitive columns are named. */
export interface Heat {
  /** Where values come out: masks are for these. */
  readonly output: number;
  /** In conditions, groups, orders and whatever else is refused when it is seen. */
  readonly use: number;
}

/** Writes one statement, and knows what it wrote. */
export interface Pen {
  readonly chance: Chance;
  readonly heat: Heat;
  /** What FROM can name. */
  readonly tables: readonly Table[];
  readonly variables: readonly Column[];
  readonly binds: Record<string, Bind>;
  /** Sensitive columns named so far. */
  touched: number;
  /** A name that this statement has not used. */
  fresh(prefix: string): string;
}

/** Where an expression stands. */
export interface Spot {
  readonly scope: Scope;
  readonly place: keyof Heat;
  /** How much deeper it may go. */
  readonly depth: number;
}

export function deeper(spot: Spot, change: Partial<Spot> = {}): Spot {
  return { ...spot, depth: spot.depth - 1, ...change };
}

/** What is written, and whether a sensitive column went into it. */
export function watching(pen: Pen, write: () => string): { readonly text: string; readonly hot: boolean } {
  const before = pen.touched;
  const text = write();
  return { text, hot: pen.touched > before };
}

/** Few, so that they meet: names that tables, columns and parts of statements have in common. */
export const NAMES = [
  'A',
  'B',
  'C',
  'D',
  'K',
  'V',
  'X',
  'CITY',
  'ORDERS',
  'CUSTOMERS',
  'ID',
  'NAME',
  'EMAIL',
] as const;

/** A type that what is visible has; any now and then, to be made out of others. */
export function typeIn(chance: Chance, columns: readonly Column[]): Type {
  return columns.length === 0 || chance.happens(0.2) ? typeOf(chance) : chance.pick(columns).type;
}

export function typeOf(chance: Chance): Type {
  return chance.weighed<Type>([
    [5, () => 'text'],
    [5, () => 'number'],
    [2, () => 'date'],
    [1, () => 'timestamp'],
    [1, () => 'truth'],
    [2, () => 'json'],
  ]);
}
