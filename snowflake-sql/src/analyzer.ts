import { type Analysis, analyzeScript } from './analyze.ts';
import type { Catalog, ResolutionContext, UsedObject } from './catalog.ts';
import { type Names, namesIn } from './names-in.ts';
import { type ParsedScript, split } from './parse.ts';

/** Parses and analyses texts, with a cache for repeated ones. */
export interface Analyzer {
  /** Never throws. */
  parse(sql: string): ParsedScript;
  /** Like `namesIn`, for a text that this `parse` returned. */
  names(sql: string): Names;
  /** Like `analyzeScript`, for a text that this `parse` returned. */
  analyze(sql: string, catalog: Catalog, context: ResolutionContext): readonly Analysis[];
}

/** How many texts are cached, and the longest that is: agents repeat short statements. */
const MOST_TEXTS = 2_000;
const LONGEST_TEXT = 20_000;

/**
 * An analysis depends on the catalog objects that it looked up, on the session's database and schema, and on the types
 * of binds. A cached one is valid as long as every object that it looked up is unchanged, whatever happens to others.
 * Analyses that depend on variables, values of binds or earlier results are not cached; nor are those for a client that may not name all
 * objects.
 */
export function createAnalyzer(): Analyzer {
  const scripts = createMemory<ParsedScript>();
  const named = createMemory<Names>();
  const analyses = createMemory<readonly Analysis[]>();

  const parse = (sql: string): ParsedScript =>
    sql.length > LONGEST_TEXT ? split(sql) : scripts.get(sql, () => split(sql));

  return {
    parse,
    names: (sql) =>
      sql.length > LONGEST_TEXT ? namesIn(parse(sql)) : named.get(sql, () => namesIn(parse(sql))),
    analyze(sql, catalog, context) {
      if (sql.length > LONGEST_TEXT || context.mayName !== undefined)
        return analyzeScript(parse(sql), catalog, context);
      const key = keyOf(sql, context);
      const known = analyses.find(key);
      if (known?.every(({ used }) => used.every((object) => isCurrent(object, catalog)))) return known;
      const watched = watchedContext(context);
      let missed = false;
      const asked: Catalog = {
        find(name) {
          const found = catalog.find(name);
          missed ||= found === undefined;
          return found;
        },
      };
      const made = analyzeScript(parse(sql), asked, watched.context);
      if (!missed && !watched.wasAsked()) analyses.keep(key, made);
      return made;
    },
  };
}

function isCurrent({ name, version }: UsedObject, catalog: Catalog): boolean {
  const found = catalog.find(name);
  return found !== undefined && (found?.version ?? null) === version;
}

/** Wraps a context so that it remembers whether a variable, a bind's value or an earlier result was looked up. */
function watchedContext(context: ResolutionContext) {
  let wasAsked = false;
  const noting = <Value>(value: Value): Value => {
    wasAsked = true;
    return value;
  };
  const { variables, results, bindTexts } = context;
  return {
    wasAsked: () => wasAsked,
    context: {
      ...context,
      variables: { get: (name: string) => noting(variables.get(name)) },
      ...(bindTexts === undefined
        ? {}
        : { bindTexts: { get: (name: string) => noting(bindTexts.get(name)) } }),
      results: { get: (id: string) => noting(results.get(id)), keys: () => noting(results.keys()) },
    },
  };
}

/** The most recently used texts. */
function createMemory<Value>() {
  const known = new Map<string, Value>();
  const keep = (key: string, value: Value): Value => {
    known.delete(key);
    known.set(key, value);
    const [oldest] = known.keys();
    if (known.size > MOST_TEXTS && oldest !== undefined) known.delete(oldest);
    return value;
  };
  const find = (key: string): Value | undefined => {
    const hit = known.get(key);
    return hit === undefined ? undefined : keep(key, hit);
  };
  return { find, keep, get: (key: string, make: () => Value): Value => find(key) ?? keep(key, make()) };
}

function keyOf(sql: string, { database, schema, binds }: ResolutionContext): string {
  return JSON.stringify([database ?? null, schema ?? null, [...(binds ?? [])], sql]);
}
