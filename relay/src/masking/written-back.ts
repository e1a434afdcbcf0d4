import { parse, type SourceRange, type StatementKind } from '../statement/index.ts';
import type { Binds } from '../warehouse/index.ts';
import type { MaskingKeys } from './keys.ts';
import { recogniseMasked } from './recognise.ts';

/** A masked value inside a statement that writes. */
export interface WrittenBack {
  readonly found: 'token' | 'stars';
  /** The literal in the SQL; null when it is a bind. */
  readonly range: SourceRange | null;
}

/**
 * Whether a statement would write a masked value over a real one: a client that read it, changed something
 * else and sends the row back. Statements that write nothing may hold whatever they like; null then, and when
 * nothing was found. A slip is found this way, not an intent: who takes a value apart gets it past.
 */
export function findWrittenBack(
  kind: StatementKind,
  sql: string,
  binds: Binds,
  keys: MaskingKeys,
): WrittenBack | null {
  if (!writes(kind)) return null;
  return findInLiterals(sql, keys) ?? findInBinds(binds, keys);
}

function writes({ family, name }: StatementKind): boolean {
  return family !== 'query' && (family !== 'admin' || name === 'set');
}

function findInLiterals(sql: string, keys: MaskingKeys): WrittenBack | null {
  const parsed = parse(sql);
  if (parsed.outcome !== 'parsed') return null;
  const { kinds, starts, ends } = parsed.tokens;
  for (let index = parsed.firstToken; index < parsed.endToken; index += 1) {
    const kind = kinds[index];
    if (kind !== 'string' && kind !== 'dollars') continue;
    const range = { start: starts[index]!, end: ends[index]! };
    const found = recogniseMasked(sql.slice(range.start, range.end), keys);
    // In `$$` stand whole programs, and stars in their comments.
    if (found === 'token' || (found === 'stars' && kind === 'string')) return { found, range };
  }
  return null;
}

function findInBinds(binds: Binds, keys: MaskingKeys): WrittenBack | null {
  for (const { value } of Object.values(binds)) {
    for (const text of Array.isArray(value) ? value : [value]) {
      const found = typeof text === 'string' ? recogniseMasked(text, keys) : null;
      if (found !== null) return { found, range: null };
    }
  }
  return null;
}
