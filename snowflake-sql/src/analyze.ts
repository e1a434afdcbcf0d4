import { bind } from './bind/index.ts';
import type { Bound } from './bound/index.ts';
import { type Budget, budgetFor } from './budget.ts';
import type { Catalog, ResolutionContext, UsedObject } from './catalog.ts';
import type { ParseFailure } from './failure.ts';
import { flowOf } from './flow/index.ts';
import { guessKind } from './guess-kind.ts';
import { catalogName, formatObjectName, keyOfObject } from './object-name.ts';
import { type ParsedScript, type ParsedStatement, split } from './parse.ts';
import { tokenize } from './tokenizer.ts';
import type { NotUnderstood, ObjectUse, Understanding, Understood } from './understanding.ts';

/** One statement: what it means, the bound form that can be run, and the catalog objects that both depend on. */
export type Analysis = AnalysisBase &
  (
    | { readonly understanding: Understood; readonly bound: Bound }
    | { readonly understanding: NotUnderstood; readonly bound: null }
  );

interface AnalysisBase {
  /** Every object that was looked up, and every object in a schema that the statement names. */
  readonly used: readonly UsedObject[];
}

/**
 * Analyses each statement of a parsed text: every name is bound once, and then the flow of values is derived. Pure;
 * never throws, whatever the text. The work is linear in the text, and a statement that exceeds a limit is refused as
 * too complex.
 */
export function analyzeScript(
  script: ParsedScript,
  catalog: Catalog,
  context: ResolutionContext,
): readonly Analysis[] {
  if (script.statements.length > MOST_STATEMENTS) return [tooComplex(script.statements[0]!.source)];
  const tokens = script.statements.reduce((sum, { firstToken, endToken }) => sum + endToken - firstToken, 0);
  const budget = budgetFor(tokens);
  const analyses = script.statements.map((parsed) => analyzeOne(parsed, catalog, context, budget));
  const { failure } = script;
  return failure === null
    ? analyses
    : [...analyses, { understanding: notParsed(failure), bound: null, used: [] }];
}

/** Parses and analyses a text, and returns the understandings only. */
export function analyze(sql: string, catalog: Catalog, context: ResolutionContext): readonly Understanding[] {
  return analyzeScript(split(sql), catalog, context).map(({ understanding }) => understanding);
}

function analyzeOne(
  parsed: ParsedStatement,
  catalog: Catalog,
  context: ResolutionContext,
  budget: Budget,
): Analysis {
  const watched = watchedCatalog(catalog);
  const { bound, problem } = bind(parsed, watched, context, budget);
  if (bound === null)
    return { understanding: { understood: false, ...problem }, bound: null, used: watched.used() };
  const understanding = flowOf(bound, budget);
  if (understanding.understood && understanding.outputs.length > MOST_OUTPUTS)
    return { ...tooComplex(parsed.source), used: watched.used() };
  const missing = lookUpNamed(understanding, watched);
  const used = watched.used();
  if (missing !== null) return { understanding: notLoaded(understanding, missing), bound: null, used };
  return understanding.understood ? { understanding, bound, used } : { understanding, bound: null, used };
}

/**
 * Looks up objects that are only named, created or dropped, so that they count as used, too. Returns the first that was
 * not loaded, or null.
 */
function lookUpNamed(understanding: Understanding, catalog: Catalog): ObjectUse | null {
  const waiting = [understanding];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (!one.understood) continue;
    const missing = one.objects.find(
      ({ type, name }) =>
        name.database !== '' && name.schema !== '' && catalog.find(catalogName(type, name)) === undefined,
    );
    if (missing !== undefined) return missing;
    waiting.push(...one.inner);
  }
  return null;
}

/** Wraps a catalog so that it remembers what was looked up. */
function watchedCatalog(catalog: Catalog): Catalog & { used(): readonly UsedObject[] } {
  const used = new Map<string, UsedObject>();
  return {
    find(name) {
      const found = catalog.find(name);
      // An object that was not loaded is not a dependency: the statement is not understood.
      if (found !== undefined) used.set(keyOfObject(name), { name, version: found?.version ?? null });
      return found;
    },
    used: () => [...used.values()],
  };
}

function notLoaded({ kind, range }: Understanding, { name, range: place }: ObjectUse): NotUnderstood {
  const message = `\`${formatObjectName(name)}\` was not looked up`;
  return { understood: false, kind, range, problem: { code: 'not_loaded', message, range: place } };
}

/** The understanding of a text that would take too long. */
export function tooComplex(sql: string): Extract<Analysis, { bound: null }> {
  const range = { start: 0, end: sql.length };
  const kind = guessKind(tokenize(sql.slice(0, FIRST_WORDS)).tokens, 0);
  const problem = { code: 'too_complex', message: 'the statement is too complex to analyse', range } as const;
  return { understanding: { understood: false, kind, range, problem }, bound: null, used: [] };
}

/** Its first words must lie within this many characters; otherwise its kind is unknown. */
const FIRST_WORDS = 256;

/** More statements than a person would write in one text. */
const MOST_STATEMENTS = 1_000;

/** More columns than a person would read. The work for each of them would hold up other statements. */
const MOST_OUTPUTS = 5_000;

function notParsed(failure: ParseFailure): NotUnderstood {
  const { kind, range, spot, message } = failure;
  return { understood: false, kind, range, problem: { code: 'syntax', message, range: spot } };
}
