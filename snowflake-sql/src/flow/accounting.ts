import type { SourceRange } from '../source-range.ts';
import type {
  ColumnFlow,
  ColumnSource,
  ColumnUse,
  Derivation,
  FlowTarget,
  OpaquePart,
  UnderstandingProblem,
} from '../understanding.ts';
import { spend } from '../budget.ts';
import { allUnresolved, type Origin } from './origin.ts';
import { howOf } from './recursion.ts';
import { itemsOf } from './rope.ts';
import { columnSource, type Source, weakened } from './sources.ts';
import type { Flow } from './state.ts';
import type { Tell, Tells } from './tells.ts';

/** A value that is written somewhere else. */
export interface Written {
  readonly value: Origin;
  readonly to: FlowTarget;
  readonly at: SourceRange;
}

/** How a statement uses columns, and which of its parts are opaque, derived from everything that it reveals. */
export function usesOf(
  flow: Flow,
  told: readonly Tell[],
): { readonly uses: readonly ColumnUse[]; readonly opaque: readonly OpaquePart[] } {
  const uses = new Map<string, ColumnUse>();
  const unknown: OpaquePart[] = [];
  for (const tell of told) {
    if (tell.kind === 'opaque') {
      unknown.push(tell.part);
      continue;
    }
    const { sources, unresolved } = settled(flow, tell.value);
    for (const { base, how, path } of sources) {
      // How many values there are reveals none of them.
      if (how === 'counted' || base.column === null) continue;
      const key = `${tell.as} ${tell.keyed ? 'keyed ' : ''}${base.key} ${path.length === 0 ? '' : JSON.stringify(path)}`;
      const known = uses.get(key);
      // Of equal uses, one is kept: the one that is hardest to protect.
      if (known !== undefined && ORDINARY.indexOf(known.how!) >= ORDINARY.indexOf(how)) continue;
      const { start, end } = tell.at;
      uses.set(key, {
        column: base.column,
        as: tell.as,
        range: { start, end },
        ...(path.length > 0 ? { path } : {}),
        how,
        ...(tell.failing ? { fails: true } : {}),
        ...(tell.keyed ? { keyed: true } : {}),
        ...(tell.by === undefined ? {} : { by: tell.by }),
      });
    }
    // A predicate on something unknown may be a predicate on anything.
    if (unresolved !== null && !(tell.failing && unresolved.functions !== undefined))
      unknown.push(unresolved);
  }
  return { uses: [...uses.values()], opaque: unknown };
}

/**
 * From easiest to hardest to protect: distinct values can be counted, and whole values distinguished, without seeing
 * them.
 */
const ORDINARY: readonly Derivation[] = ['counted', 'distinct', 'direct', 'aggregate', 'expression'];

/** Where a value finally comes from, with the columns of recursive queries resolved. */
export function sourcesOf(
  flow: Flow,
  origin: Origin,
): { readonly sources: readonly ColumnSource[]; readonly unresolved: OpaquePart | null } {
  const { sources, unresolved } = settled(flow, origin);
  return {
    sources: sources.flatMap((source) =>
      source.base.column === null ? [] : [columnSource(source, source.base.column)],
    ),
    unresolved,
  };
}

export function flowsOf(flow: Flow, written: readonly Written[]): readonly ColumnFlow[] {
  return written.flatMap(({ value, to, at }) => {
    const range = { start: at.start, end: at.end };
    const { sources, unresolved } = sourcesOf(flow, value);
    return [
      ...sources.filter((from) => !stays(from, to)).map((from) => ({ from, to, range })),
      ...(unresolved === null ? [] : [{ from: unresolved, to, range }]),
    ];
  });
}

/**
 * What the analysis lost, if anything. Every column reference must have been visited, and be in an output, in a column
 * of a relation, in a value that is written elsewhere or in a use. Every recorded use must have reached the statement.
 */
export function forgotten(
  { budget, account }: Flow,
  told: readonly Tell[],
  values: readonly Origin[],
  at: SourceRange,
): UnderstandingProblem | null {
  const reached = new Set(told);
  const ropes = [
    ...account.kept,
    ...values.map(({ references }) => references),
    ...told.map((tell) => (tell.kind === 'use' ? tell.value.references : null)),
  ];
  const found = new Set(itemsOf(budget, ropes));
  let isWhole = account.told.every((tell) => reached.has(tell));
  for (let number = 0; isWhole && number < account.numbers; number += 1) {
    isWhole = account.visited.has(number) && found.has(number);
  }
  if (isWhole) return null;
  return {
    code: 'unsupported',
    message: 'part of the statement was not analysed',
    range: { start: at.start, end: at.end },
  };
}

export function allTold({ budget }: Flow, tells: Tells): readonly Tell[] {
  return itemsOf(budget, [tells]);
}

/** The origin, with the columns of recursive queries replaced by what they are made of. */
function settled(flow: Flow, origin: Origin): Pick<Origin, 'sources' | 'unresolved'> {
  spend(flow.budget, origin.sources.length + 1);
  if (origin.sources.every(({ base }) => base.column !== null)) return origin;
  const sources = new Set<Source>();
  const unresolved = origin.unresolved === null ? [] : [origin.unresolved];
  const waiting: Source[] = [...origin.sources];
  const seen = new Set<Source>();
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    spend(flow.budget);
    const { base } = source;
    if (seen.has(source)) continue;
    seen.add(source);
    if (base.column !== null) {
      sources.add(source);
      continue;
    }
    if (base.solution === null) throw new Error('a recursive query that could not be analysed');
    const how = howOf(source);
    waiting.push(...base.solution.sources.map((part) => weakened(part, how)));
    if (base.solution.unresolved !== null) unresolved.push(base.solution.unresolved);
  }
  return { sources: [...sources], unresolved: allUnresolved(unresolved) };
}

/** A value that is written to the column it comes from flows nowhere. */
function stays({ column, how, path }: ColumnSource, to: FlowTarget): boolean {
  return (
    to.type === 'column' &&
    how === 'direct' &&
    path === undefined &&
    column.column === to.column.column &&
    column.object.name === to.column.object.name &&
    column.object.schema === to.column.object.schema &&
    column.object.database === to.column.object.database
  );
}
