import { type Analysis, analyzeScript } from './analyze.ts';
import type { Catalog, ResolutionContext, UsedObject } from './catalog.ts';
import { type Names, namesIn } from './names-in.ts';
import { type ParsedScript, split } from './parse.ts';

/** Reads texts and tells what they mean at once, answering repeated ones from memory. */
export interface Analyzer {
  /** Never throws. */
  parse(sql: string): ParsedScript;
  /** As `namesIn`, of a text that `parse` has read. */
  names(sql: string): Names;
  /** As `analyzeScript`, of a text that `parse` has read. */
  analyze(sql: string, catalog: Catalog, context: ResolutionContext): readonly Analysis[];
}

/** Texts kept, and the longest one that is: agents repeat short statements. */
const MOST_TEXTS = 2_000;
const LONGEST_TEXT = 20_000;

/**
 * A text's meaning depends on what it was told of the catalog, on the session's database and schema, and on the kinds
 * of binds. A kept one is of use for as long as each object that was looked up for it is the one that it was; others
 * come and go. What was told of variables and earlier results is not looked at again, so the meaning of texts that ask
 * for them is not kept; nor is one for somebody who may not know of everything.
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

/** The same context, which remembers whether it was asked for a variable or an earlier result. */
function watchedContext(context: ResolutionContext) {
  let wasAsked = false;
  const noting = <Value>(value: Value): Value => {
    wasAsked = true;
    return value;
  };
  const { variables, results } = context;
  return {
    wasAsked: () => wasAsked,
    context: {
      ...context,
      variables: { get: (name: string) => noting(variables.get(name)) },
      results: { get: (id: string) => noting(results.get(id)), keys: () => noting(results.keys()) },
    },
  };
}

/** The texts asked for last. */
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
