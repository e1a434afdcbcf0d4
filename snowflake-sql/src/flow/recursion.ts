import type { BoundCte } from '../bound/index.ts';
import type { Derivation, OpaquePart } from '../understanding.ts';
import { spend } from '../budget.ts';
import { allUnresolved, GIVEN, NOTHING, type Origin } from './origin.ts';
import { queryFlow } from './queries.ts';
import { type Base, newBase, type Source, sourceOf, weakened } from './sources.ts';
import type { Flow, RelationFlow } from './state.ts';

/**
 * A recursive query, which is analysed once. Meanwhile its own columns stand for themselves; what they are made of is
 * solved afterwards, when all feeds between them are known. What its own rows depend on is not known inside it, and not
 * needed: its readers depend on all of them.
 */
export function recursiveCteFlow(flow: Flow, cte: BoundCte): RelationFlow {
  const own = cte.columns.map((_, index) => newBase(`recursive ${cte.id} ${index}`, null));
  const itself = (anchor: RelationFlow | null): RelationFlow => ({
    columns: own.map((base, index) => ({
      value: { ...NOTHING, sources: [sourceOf(base, 'direct')] },
      kind: anchor?.columns[index]?.kind ?? 'unknown',
    })),
    rows: null,
    open: anchor?.open ?? null,
  });
  flow.ctes.set(cte.id, itself(null));
  const { body } = cte.query;
  if (body.kind === 'set_operation') {
    flow.anchors.set(body, (anchor) => flow.ctes.set(cte.id, itself(anchor)));
  }
  const made = queryFlow(flow, cte.query);
  const solved = solve(flow, own, made);
  own.forEach((base, index) => (base.solution = solved[index] ?? NOTHING));
  return {
    ...made,
    columns: made.columns.map((column, index) => ({ ...column, value: solved[index] ?? column.value })),
  };
}

/** `GIVEN` is a constant from the text. */
type Item = Source | OpaquePart | typeof GIVEN;

/** What each column is made of, directly or through other columns of the same query. */
function solve({ budget }: Flow, own: readonly Base[], { columns }: RelationFlow): readonly Origin[] {
  const places = new Map(own.map((base, index) => [base, index]));
  const feeds = columns.map((): { readonly to: number; readonly how: Derivation }[] => []);
  const found = columns.map(() => new Set<Item>());
  const waiting: { readonly at: number; readonly item: Item }[] = [];
  const add = (at: number, item: Item) => {
    spend(budget);
    if (found[at]!.has(item)) return;
    found[at]!.add(item);
    waiting.push({ at, item });
  };
  columns.forEach(({ value: { sources, unresolved, given } }, to) => {
    for (const source of sources) {
      const from = places.get(source.base);
      if (from === undefined) add(to, source);
      else feeds[from]?.push({ to, how: howOf(source) });
    }
    if (unresolved !== null) add(to, unresolved);
    if (given) add(to, GIVEN);
  });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, item } = next;
    for (const { to, how } of feeds[at]!) add(to, 'base' in item ? weakened(item, how) : item);
  }
  return columns.map(({ value: { references } }, index) => {
    const items = [...found[index]!];
    const sources = items.filter((item) => 'base' in item);
    const given = items.includes(GIVEN);
    return {
      // One column may pass a constant from the text on to another.
      sources: given ? sources.map((source) => weakened(source, 'expression')) : sources,
      unresolved: allUnresolved(items.filter((item) => 'opaque' in item)),
      given,
      references,
    };
  });
}

/** Parts of parts may be of any depth, so the result is derived from the whole. */
export function howOf({ how, path }: Source): Derivation {
  return how === 'direct' && path.length > 0 ? 'expression' : how;
}
