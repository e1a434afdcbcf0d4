import type { Bind } from '@sluice/relay/warehouse';
import type { Chance } from './chance.ts';
import { type Feature, type Focus, isExpression } from './features.ts';
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
  /** The sensitive column that was named last: what is compared with it may be near its values. */
  near: string | null;
  /** By column, values that it has in one world or the other. */
  readonly samples: Samples;
  readonly focus: Focus;
  /** What is being written, from the outside in, and what was written so far. */
  readonly inside: string[];
  readonly written: Set<string>;
  /** Set when nothing is sensitive but what stands in a few chosen places. */
  readonly planting: Planting | null;
  /** A name that this statement has not used. */
  fresh(prefix: string): string;
}

export type Samples = ReadonlyMap<string, readonly string[]>;

/** Places for a column, as they are come by, and those where it is to be a sensitive one. */
export interface Planting {
  /** What stands around each. */
  readonly places: (readonly string[])[];
  readonly at: ReadonlySet<number>;
}

/** Whether the column that comes next is to be a sensitive one, of these. */
export function wantsHot(pen: Pen, place: keyof Heat, among: readonly Column[]): boolean {
  const { chance, heat, planting, inside } = pen;
  const isHot = chance.happens(heat[place]);
  if (planting === null) return isHot;
  if (among.every(({ hot }) => !hot)) return false;
  return planting.at.has(planting.places.push([...inside]) - 1);
}

/** One of these, by their weights; what the statement is about before all others. */
export function choose<T>(
  pen: Pen,
  options: readonly (readonly [feature: Feature, weight: number, make: () => T])[],
): T {
  const all = options.reduce((sum, [, weight]) => sum + weight, 0);
  return pen.chance.weighed(
    options.map(([feature, weight, make]) => [
      weight > 0 && isSought(pen, feature) ? all * 4 : weight,
      () => within(pen, feature, make),
    ]),
  );
}

/** Whether the statement has this here, which it has with probability `p` when it is not about it. */
export function takes(pen: Pen, feature: Feature, p: number): boolean {
  return pen.chance.happens(isSought(pen, feature) ? 0.85 : pen.planting === null ? p : p / 2);
}

/** Writes something, and what is inside of it is known to be. */
export function within<T>({ inside, written }: Pen, name: string, make: () => T): T {
  inside.push(name);
  written.add(name);
  const made = make();
  inside.pop();
  return made;
}

/** Whether the statement is about this, and it is not there yet. */
export function isSought({ focus, written }: Pen, feature: Feature): boolean {
  return focus.feature === feature && !written.has(focus.form?.text ?? feature);
}

/** How often an expression is just a column: mostly, where the statement is about something else. */
export function plainness(pen: Pen): number {
  const { focus, planting } = pen;
  if (isExpression(focus) && isSought(pen, focus.feature!)) return 0.15;
  return planting === null ? 0.4 : 0.8;
}

/** Binds are numbered by their places, and a statement may hold any number of them. */
export function placeOf({ binds }: Pen, bind: Bind): string {
  const place = String(Object.keys(binds).length + 1);
  binds[place] = bind;
  return `:${place}`;
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
export function typeIn(pen: Pen, columns: readonly Column[]): Type {
  const { chance, focus } = pen;
  if (focus.type !== null && chance.happens(0.4)) return focus.type;
  return columns.length === 0 || chance.happens(0.2) ? typeOf(pen) : chance.pick(columns).type;
}

export function typeOf({ chance, focus }: Pen): Type {
  if (focus.type !== null && chance.happens(0.4)) return focus.type;
  return chance.weighed<Type>([
    [5, () => 'text'],
    [5, () => 'number'],
    [2, () => 'date'],
    [1, () => 'timestamp'],
    [1, () => 'truth'],
    [2, () => 'json'],
  ]);
}
