import type { BoundColumns, BoundExpression, BoundOutput } from '../bound/index.ts';
import type { Star } from '../tree/query.ts';
import type { OpaquePart } from '../understanding.ts';
import { type Binder, placeOf, spend, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { formatIdentifier } from '../object-name.ts';
import { unknownColumn, Unresolvable } from '../problem.ts';
import { columnAt, relationsNamed, type Scope, type ScopedRelation } from './scope.ts';

/**
 * The columns that a `*` expands to, in order, with its modifiers applied.
 *
 * @param counted - whether only rows are counted (`COUNT(*)`): how many columns files have does not matter then
 */
export function expandStar(
  binder: Binder,
  scope: Scope,
  star: Star,
  counted = false,
): { readonly columns: readonly BoundOutput[]; readonly open: OpaquePart | null } {
  visit(binder, star);
  const qualifier = star.qualifier?.parts.map(({ name }) => name) ?? [];
  const named = namedRelations(scope, qualifier);
  if (named.length === 0) {
    if (qualifier.length === 0)
      throw new Unresolvable('object_unknown', '`*` has no columns to stand for', star);
    throw unknownColumn(qualifier.map(formatIdentifier).join('.'), star);
  }
  const { keeps, rename, replace } = modifiers(binder, scope, star);
  const at = placeOf(binder, star);
  const found = new Set<string>();
  const entries: StarEntry[] = [];
  for (const of of named) {
    if (of.relation.kind === 'staged' && of.relation.what === 'rows' && !counted)
      throw new Unresolvable(
        'unsupported',
        'the columns of files are named by their places: `$1`, `$2`',
        star,
      );
    spend(binder, of.names.length);
    of.names.forEach((name, index) => {
      if (qualifier.length === 0 && of.hidden.has(name)) return;
      found.add(name);
      if (!keeps(name)) return;
      const merged = qualifier.length === 0 ? scope.merged.get(name) : undefined;
      const expression = () =>
        replace.get(name) ?? merged ?? columnAt(binder, of.relation.id, index, name, star);
      entries.push({ of, name, expression });
    });
  }
  const others = qualifier.length === 0 ? keysFirst(entries, scope.merges) : entries;
  const columns = entries.map((entry, index): BoundOutput => {
    const other = others[index]!;
    const readings = entry === other ? [entry] : [entry, other];
    const [first, ...more] = readings.map(({ expression }) => expression());
    const expression: BoundExpression =
      more.length === 0 ? first! : { kind: 'either', readings: [first!, ...more], at };
    return { name: rename.get(entry.name) ?? entry.name, named: true, expression, at };
  });
  const open = named.find(({ relation }) => relation.open !== null)?.relation.open ?? null;
  const missing = modifiedNames(star).find((name) => !found.has(name));
  if (missing !== undefined && open === null) throw unknownColumn(formatIdentifier(missing), star);
  return { columns, open };
}

/** A `*` where an expression stands. */
export function bindStar(binder: Binder, scope: Scope, star: Star, counted = false): BoundColumns {
  const { columns, open } = expandStar(binder, scope, star, counted);
  return { kind: 'columns', qualified: star.qualifier !== null, columns, open, at: placeOf(binder, star) };
}

/** A column that a `*` stands for. */
interface StarEntry {
  readonly of: ScopedRelation;
  readonly name: string;
  /** A reference of its own each time. */
  readonly expression: () => BoundExpression;
}

/**
 * The documentation does not say where `*` puts the columns of USING and NATURAL: where the left side has them, as
 * they are written out here, or before all others of the join, as the SQL standard has it. This is the second reading.
 */
function keysFirst(entries: readonly StarEntry[], merges: Scope['merges']): readonly StarEntry[] {
  let order = entries;
  for (const { names, left } of merges) {
    const isLeft = new Set(left);
    const places = new Map(names.map((name, place) => [name, place]));
    const isKey = ({ of, name }: StarEntry) => isLeft.has(of) && places.has(name);
    const start = order.findIndex(({ of }) => isLeft.has(of));
    const keys = order
      .filter(isKey)
      .toSorted((one, other) => places.get(one.name)! - places.get(other.name)!);
    const rest = order.slice(start).filter((entry) => !isKey(entry));
    if (keys.length > 0) order = [...order.slice(0, start), ...keys, ...rest];
  }
  return order;
}

function namedRelations(scope: Scope, qualifier: readonly string[]): readonly ScopedRelation[] {
  const here = qualifier.length === 0 ? scope.relations : relationsNamed(scope, qualifier);
  // `o.*` in a correlated query may refer to the enclosing query; in a lambda, `*` refers to what surrounds it.
  const isOwn = here.length > 0 || scope.parent === null;
  return isOwn || (qualifier.length === 0 && scope.lambdas.size === 0)
    ? here
    : namedRelations(scope.parent, qualifier);
}

function modifiers(binder: Binder, scope: Scope, star: Star) {
  const pattern = star.ilike === null ? null : star.ilike.value.toLowerCase();
  const excluded = new Set(star.exclude.map((column) => lastName(binder, column)));
  const rename = new Map(star.rename.map(({ from, to }) => [lastName(binder, from), to.name]));
  const replace = new Map(
    star.replace.map(({ column, expression }) => [column.name, bindExpression(binder, scope, expression)]),
  );
  const keeps = (name: string) =>
    !excluded.has(name) && (pattern === null || isLike(name.toLowerCase(), pattern));
  return { keeps, rename, replace };
}

function lastName(binder: Binder, column: Star['exclude'][number]): string {
  visit(binder, column);
  return column.parts.at(-1)!.name;
}

function modifiedNames({ exclude, replace, rename }: Star): readonly string[] {
  return [
    ...exclude.map(({ parts }) => parts.at(-1)!.name),
    ...replace.map(({ column }) => column.name),
    ...rename.map(({ from }) => from.parts.at(-1)!.name),
  ];
}

/**
 * LIKE with limited backtracking: only to the last `%`, so it takes at most (length of the name × length of the pattern)
 * steps. `%` matches any characters, `_` any single one.
 */
function isLike(text: string, pattern: string): boolean {
  let [at, place] = [0, 0];
  let [retryAt, retryPlace] = [-1, -1];
  while (at < text.length) {
    const wanted = pattern[place];
    if (wanted === '%') {
      [retryPlace, retryAt] = [place, at];
      place += 1;
    } else if (wanted !== undefined && (wanted === '_' || wanted === text[at])) {
      at += 1;
      place += 1;
    } else if (retryPlace !== -1) {
      retryAt += 1;
      [at, place] = [retryAt, retryPlace + 1];
    } else return false;
  }
  while (pattern[place] === '%') place += 1;
  return place === pattern.length;
}
