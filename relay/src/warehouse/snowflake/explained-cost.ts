import { z } from 'zod';
import type { StatementCost } from '../warehouse.ts';
import type { Row } from './ask.ts';
import type { Plan } from './plan.ts';

/** What is compiled and not run; null for what EXPLAIN does not take, or says nothing about. */
export function explainOf({ sql, effect }: Pick<Plan, 'sql' | 'effect'>): string | null {
  const isTaken =
    effect.kind === 'query' || effect.kind === 'change' || (effect.kind === 'ddl' && effect.makesRows);
  return sql === null || !isTaken ? null : `EXPLAIN USING JSON ${sql}`;
}

/** https://docs.snowflake.com/en/sql-reference/sql/explain: one cell, of which the sums of all steps are read and nothing else. */
export function explainedCost(rows: readonly Row[]): StatementCost | null {
  const text = Object.values(rows[0] ?? {})[0] ?? null;
  const read = text === null ? null : explained.safeParse(parsed(text));
  if (read?.success !== true) return null;
  const { partitionsAssigned, partitionsTotal, bytesAssigned } = read.data.GlobalStats;
  return { partitions: partitionsAssigned, partitionsTotal, bytes: bytesAssigned };
}

const count = z.number().min(0);
const explained = z.object({
  GlobalStats: z.object({ partitionsTotal: count, partitionsAssigned: count, bytesAssigned: count }),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
