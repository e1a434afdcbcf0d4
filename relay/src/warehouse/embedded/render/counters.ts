import { randomUUID } from 'node:crypto';
import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import { unsupported } from '../errors.ts';
import { quoteName, quoteString } from './quote.ts';

/** How a column counts its rows: AUTOINCREMENT or IDENTITY. */
export interface Counter {
  readonly start: number;
  readonly step: number;
}

const COUNTERS = ['AUTOINCREMENT', 'IDENTITY'];

/** `AUTOINCREMENT`, `IDENTITY(1, 1)`, `AUTOINCREMENT START 1 INCREMENT 1`; null for a column that does not count. */
export function counterOf({ flags, options }: Tree.ColumnDefinition): Counter | null {
  const whole = options.find(({ name }) => name.kind === 'words' && COUNTERS.includes(name.text));
  if (whole === undefined && !flags.some(({ text }) => COUNTERS.includes(text))) return null;
  const said = (word: string) =>
    options.find(({ name }) => name.kind === 'words' && name.text.split(' ')[0] === word)?.value;
  const [start, step] = whole === undefined ? [said('START'), said('INCREMENT')] : pair(whole.value);
  return { start: numberOf(start), step: numberOf(step) };
}

function pair(value: Tree.Option['value']): readonly (Tree.Option['value'] | undefined)[] {
  if (value?.kind !== 'option_list') throw unsupported('this form of AUTOINCREMENT');
  return value.items as readonly Tree.Option['value'][];
}

function numberOf(value: Tree.Option['value'] | undefined): number {
  if (value === undefined) return 1;
  const number = value?.kind === 'number' ? Number(value.text) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 1)
    throw unsupported('a start or a step that is not a whole number above 0');
  return number;
}

/**
 * The sequence behind a column that counts. Its name is its own: a table that is made in the place of another counts anew, and DuckDB
 * drops no sequence that a table has.
 */
export function sequenceOf({ database }: ObjectName, isTemporary: boolean): string {
  return `${isTemporary ? 'temp' : quoteName(database)}.main."~COUNTER ${randomUUID()}"`;
}

export function renderSequence(sequence: string, { start, step }: Counter, isTemporary: boolean): string {
  return `CREATE ${isTemporary ? 'TEMPORARY ' : ''}SEQUENCE ${sequence} START ${start} INCREMENT ${step}`;
}

export function renderNext(sequence: string): string {
  return `nextval(${quoteString(sequence)})`;
}
