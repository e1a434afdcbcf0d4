import type { StatementView } from '@sluice/contract';

/** A column of a result, as the relay tells of it. */
export type ResultColumn = Extract<StatementView, { phase: 'succeeded' }>['columns'][number];

/** A column's type as people write it in SQL: `NUMBER(38,2)`. */
export function typeOf({
  type,
  precision,
  scale,
}: Pick<ResultColumn, 'type' | 'precision' | 'scale'>): string {
  const known = type.toLowerCase();
  if (known === 'fixed') return `NUMBER(${precision ?? 38},${scale ?? 0})`;
  return TYPES[known] ?? type.toUpperCase();
}

const TYPES: Readonly<Record<string, string>> = { real: 'FLOAT', text: 'VARCHAR' };

/** Whether its values are numbers, and stand at the right. One that was redacted holds text. */
export function isNumeric({ type }: Pick<ResultColumn, 'type'>): boolean {
  return NUMBERS.has(type.toLowerCase());
}

const NUMBERS: ReadonlySet<string> = new Set(['fixed', 'real', 'decfloat']);

/** Whether its values have an order in time. */
export function isTemporal({ type }: Pick<ResultColumn, 'type'>): boolean {
  return /^(date|time|timestamp_(ntz|ltz|tz))$/.test(type.toLowerCase());
}
