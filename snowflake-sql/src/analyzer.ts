import { type Analysis, analyzeScript } from './analyze.ts';
import type { Catalog, ResolutionContext } from './catalog.ts';
import { type ParsedScript, split } from './parse.ts';

/** Reads texts and tells what they mean at once, answering repeated ones from memory. */
export interface Analyzer {
  /** Never throws. */
  parse(sql: string): ParsedScript;
  /** As `analyzeScript`, of a text that `parse` has read. */
  analyze(sql: string, catalog: Catalog, context: ResolutionContext): readonly Analysis[];
}

/** Texts kept, and the longest one that is: agents repeat short statements. */
const MOST_TEXTS = 2_000;
const LONGEST_TEXT = 20_000;

/**
 * A text's meaning depends on the catalog's version, on what of the session is in the key, and on the kinds of binds;
 * variables, earlier results and whom it is asked for are not in it, so the meaning of texts that depend on these is not
 * kept.
 */
export function createAnalyzer(): Analyzer {
  const scripts = createMemory<ParsedScript>();
  const analyses = createMemory<readonly Analysis[]>();

  const parse = (sql: string): ParsedScript =>
    sql.length > LONGEST_TEXT ? split(sql) : scripts.get(sql, () => split(sql));

  return {
    parse,
    analyze(sql, catalog, context) {
      const made = () => analyzeScript(parse(sql), catalog, context);
      if (sql.length > LONGEST_TEXT || dependsOnSession(sql) || context.mayName !== undefined) return made();
      return analyses.get(keyOf(sql, catalog, context), made);
    },
  };
}

/** The texts asked for last. */
function createMemory<Value>() {
  const known = new Map<string, Value>();
  return {
    get(key: string, make: () => Value): Value {
      const hit = known.get(key);
      const value = hit ?? make();
      known.delete(key);
      known.set(key, value);
      const [oldest] = known.keys();
      if (known.size > MOST_TEXTS && oldest !== undefined) known.delete(oldest);
      return value;
    },
  };
}

function keyOf(sql: string, { version }: Catalog, { database, schema, binds }: ResolutionContext): string {
  return JSON.stringify([version, database ?? null, schema ?? null, [...(binds ?? [])], sql]);
}

/** More texts than need be: a `$` in a literal costs only time. */
export function dependsOnSession(sql: string): boolean {
  return sql.includes('$') || /result_scan/i.test(sql);
}
