import {
  type Bound,
  type BoundBody,
  type BoundInnerStatement,
  type BoundQuery,
  indexRelations,
} from '../bound/index.ts';
import { createGrowth } from '../growth.ts';
import type {
  NotUnderstood,
  OpaquePart,
  OutputColumn,
  SessionEffect,
  Understanding,
  Understood,
} from '../understanding.ts';
import { allTold, flowsOf, forgotten, sourcesOf, usesOf } from './accounting.ts';
import type { Budget } from '../budget.ts';
import { problemOf } from '../problem.ts';
import type { SourceRange } from '../source-range.ts';
import type { Kind } from './kinds.ts';
import { opaque, recordedOrigin } from './origin.ts';
import type { Base } from './sources.ts';
import { type Flow, newFlow, type RelationFlow } from './state.ts';
import { hasNoWhere, innerStatements, type StatementFlow, statementFlow } from './statements.ts';
import { writesOf } from './row-writes.ts';

/** The outputs, uses and flows of a bound statement. Pure; linear; never throws. */
export function flowOf(bound: Bound, budget: Budget): Understanding {
  return followed(bound, budget, []).understanding;
}

/** The understanding of one statement, and the kinds of its result's columns, for statements that read the result. */
interface Followed {
  readonly understanding: Understanding;
  readonly kinds: readonly Kind[];
}

/** @param steps - the results of the preceding statements, if this one is part of a chain */
function followed(bound: Bound, budget: Budget, steps: readonly Followed[]): Followed {
  try {
    const bases = new Map<string, Base>();
    const step = (place: number) => {
      const before = steps[place];
      return before === undefined ? undefined : stepRelation(bases, before);
    };
    let relations: ReturnType<typeof indexRelations> | null = null;
    const growth = createGrowth(() => (relations ??= indexRelations(bound.statement)));
    const flow = newFlow(budget, bound.references, bases, step, growth);
    const inner = innerOf(bound, budget);
    return understood(flow, bound, inner, statementFlow(flow, bound.statement));
  } catch (thrown) {
    return { understanding: notUnderstood(bound, thrown), kinds: [] };
  }
}

function understood(flow: Flow, bound: Bound, inner: readonly Followed[], made: StatementFlow): Followed {
  const { statement, range } = bound;
  if (made.result !== undefined && made.result.open !== null) return unlimited(bound, made.result.open);
  const told = allTold(flow, made.tells);
  const values = [
    ...(made.result?.columns.map(({ value }) => value) ?? []),
    ...made.written.map(({ value }) => value),
  ];
  const problem = forgotten(flow, told, values, range);
  if (problem !== null) {
    return { understanding: { understood: false, kind: bound.kind, range, problem }, kinds: [] };
  }
  const last = statement.kind === 'inner' && statement.result === 'last' ? inner.at(-1) : undefined;
  const only = inner.length === 1 && last?.understanding.understood ? last.understanding : null;
  const { uses, opaque: unknown } = usesOf(flow, told);
  const understanding: Understood = {
    understood: true,
    kind: bound.kind,
    range,
    objects: bound.objects,
    outputs: last === undefined ? outputsOf(flow, bound, made.result) : outputsOfStep(last),
    uses,
    functions: bound.functions,
    flows: flowsOf(flow, made.written),
    writes: writesOf(statement),
    missingWhere: hasNoWhere(statement) || only?.missingWhere === true,
    opaque: differentParts([...bound.opaque, ...unknown]),
    inner: inner.map((one) => one.understanding),
    sessionEffects: effectsOf(flow, bound, made),
  };
  return { understanding, kinds: last?.kinds ?? made.result?.columns.map(({ kind }) => kind) ?? [] };
}

function outputsOf(
  flow: Flow,
  { statement }: Bound,
  result: RelationFlow | undefined,
): readonly OutputColumn[] {
  const query = statement.kind === 'unload' ? statement.source : statement;
  if (result === undefined || query.kind !== 'query') return [];
  if (result.columns.length !== query.columns.length) throw new Error('a result with other columns');
  return query.columns.map(({ name }, index) => {
    const { sources, unresolved } = sourcesOf(flow, result.columns[index]!.value);
    const { start, end } = placeOf(query, index);
    return { name, sources, ...(unresolved === null ? {} : { unresolved }), range: { start, end } };
  });
}

/** The item that a column of a result is written as; of a set operation, in the first query that has it. */
function placeOf(query: BoundQuery, index: number): SourceRange {
  let body: BoundBody = query;
  let at = index;
  for (;;) {
    switch (body.kind) {
      case 'query':
        ({ body } = body);
        break;
      case 'set_operation': {
        const places: readonly number[] = body.places[at]!;
        const first = places.findIndex((place) => place >= 0);
        at = places[first]!;
        body = body.operands[first]!;
        break;
      }
      case 'select':
        return body.outputs[at]!.at;
      case 'values':
        return body.at;
      default:
        return body satisfies never;
    }
  }
}

function outputsOfStep({ understanding }: Followed): readonly OutputColumn[] {
  return understanding.understood ? understanding.outputs : [];
}

/** The statements inside this one; each sees the results of those before it. */
function innerOf({ statement }: Bound, budget: Budget): readonly Followed[] {
  const done: Followed[] = [];
  for (const inner of innerStatements(statement)) done.push(innerFollowed(inner, budget, done));
  return done;
}

function innerFollowed(inner: BoundInnerStatement, budget: Budget, before: readonly Followed[]): Followed {
  if (inner.bound !== null) return followed(inner.bound, budget, before);
  const { kind, range, problem } = inner.problem;
  return { understanding: { understood: false, kind, range, problem }, kinds: [] };
}

function stepRelation(bases: Map<string, Base>, { understanding, kinds }: Followed): RelationFlow {
  if (!understanding.understood)
    return { columns: [], rows: null, open: opaque('a step that is not understood', understanding.range) };
  const columns = understanding.outputs.map(({ sources, unresolved }, index) => ({
    value: recordedOrigin(bases, sources, unresolved ?? null),
    kind: kinds[index] ?? 'unknown',
  }));
  return { columns, rows: null, open: null };
}

/** A variable is set to the origin of the value assigned to it. */
function effectsOf(flow: Flow, { statement, sessionEffects }: Bound, { written }: StatementFlow) {
  if (statement.kind !== 'set') return sessionEffects;
  const set = statement.assignments.map(({ name, literal }, index): SessionEffect => {
    const { sources } = sourcesOf(flow, written[index]!.value);
    return { type: 'set_variable', name, sources, ...(literal === null ? {} : { literal }) };
  });
  return [...sessionEffects.filter(({ type }) => type !== 'set_variable'), ...set];
}

function differentParts(parts: readonly OpaquePart[]): readonly OpaquePart[] {
  const different = new Map(parts.map((part) => [`${part.range.start} ${part.reason}`, part]));
  return [...different.values()];
}

function unlimited({ kind, range }: Bound, open: OpaquePart): Followed {
  const message = `the number of columns in the result is not known: ${open.reason}`;
  const problem = { code: 'unsupported', message, range: open.range } as const;
  return { understanding: { understood: false, kind, range, problem }, kinds: [] };
}

function notUnderstood({ kind, range }: Bound, thrown: unknown): NotUnderstood {
  return { understood: false, kind, range, problem: problemOf(thrown, range) };
}
