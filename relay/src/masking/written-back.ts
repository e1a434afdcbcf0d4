import { parse, type SourceRange, type StatementKind } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';
import type { MaskingKeys } from './keys.ts';
import { maskedRecogniser } from './recognise.ts';

/** A masked value inside a statement that writes. */
export interface WrittenBack {
  readonly found: 'token' | 'stars';
  /** The literal in the SQL; null when it is a bind. */
  readonly range: SourceRange | null;
}

/**
 * Finds a masked value that a statement would write over the real one, as when a client reads a row, changes something
 * else and sends the row back. Returns null when there is none, and for statements that write nothing. This catches
 * mistakes, not intent: a client that splits the value is not detected.
 */
export function findWrittenBack(
  kind: StatementKind,
  sql: string,
  binds: Binds,
  keys: MaskingKeys,
): WrittenBack | null {
  if (!writes(kind)) return null;
  const recognise = maskedRecogniser(keys);
  return findInLiterals(sql, recognise) ?? findInBinds(binds, recognise);
}

function writes({ family, name }: StatementKind): boolean {
  return family !== 'query' && (family !== 'admin' || name === 'set');
}

type Recognise = ReturnType<typeof maskedRecogniser>;

function findInLiterals(sql: string, recognise: Recognise): WrittenBack | null {
  const parsed = parse(sql);
  if (parsed.outcome !== 'parsed') return null;
  const { kinds, starts, ends } = parsed.tokens;
  for (let index = parsed.firstToken; index < parsed.endToken; index += 1) {
    const kind = kinds[index];
    if (kind !== 'string' && kind !== 'dollars') continue;
    const range = { start: starts[index]!, end: ends[index]! };
    const found = recognise(sql.slice(range.start, range.end));
    // `$$` literals hold whole programs, whose comments contain stars.
    if (found === 'token' || (found === 'stars' && kind === 'string')) return { found, range };
  }
  return null;
}

function findInBinds(binds: Binds, recognise: Recognise): WrittenBack | null {
  for (const { value } of Object.values(binds)) {
    for (const text of Array.isArray(value) ? value : [value]) {
      const found = typeof text === 'string' ? recognise(text) : null;
      if (found !== null) return { found, range: null };
    }
  }
  return null;
}
