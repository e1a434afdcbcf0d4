import type { Star } from '../tree/query.ts';
import { originOf } from './expressions.ts';
import { Unresolvable } from './problem.ts';
import type { Relation, RelationColumn } from './relation.ts';
import { qualifies, type Scope } from './scope.ts';
import type { Walk } from './walk.ts';

/** The columns that a `*` stands for, in order, with its modifiers applied. */
export function expandStar(walk: Walk, scope: Scope, star: Star): Relation {
  const qualifier = star.qualifier?.parts.map(({ name }) => name) ?? [];
  const named = namedRelations(scope, qualifier);
  if (named.length === 0) {
    const what =
      qualifier.length === 0
        ? 'there is nothing that `*` could stand for'
        : `unknown table \`${qualifier.join('.')}\``;
    throw new Unresolvable('object_unknown', what, star);
  }
  const all = named.flatMap(({ relation, hidden }) =>
    relation.columns
      .filter(({ name }) => qualifier.length > 0 || !hidden.has(name))
      .map((column) => mergedColumn(scope, qualifier, column)),
  );
  const open = named.find(({ relation }) => relation.open !== null)?.relation.open ?? null;
  return { columns: modified(walk, scope, star, all), open };
}

function namedRelations(scope: Scope, qualifier: readonly string[]): Scope['relations'] {
  const here = scope.relations.filter((scoped) => qualifies(qualifier, scoped));
  // `o.*` in a correlated query may name the query around it.
  return here.length > 0 || qualifier.length === 0 || scope.parent === null
    ? here
    : namedRelations(scope.parent, qualifier);
}

/** A column of USING or NATURAL holds either side's value. */
function mergedColumn(scope: Scope, qualifier: readonly string[], column: RelationColumn): RelationColumn {
  const merged = qualifier.length === 0 ? scope.merged.get(column.name) : undefined;
  return merged === undefined ? column : { name: column.name, origin: merged };
}

function modified(
  walk: Walk,
  scope: Scope,
  star: Star,
  all: readonly RelationColumn[],
): readonly RelationColumn[] {
  const pattern = star.ilike === null ? null : likePattern(star.ilike.value);
  const excluded = new Set(star.exclude.map(({ parts }) => parts.at(-1)!.name));
  const replaced = new Map(star.replace.map(({ column, expression }) => [column.name, expression]));
  const renamed = new Map(star.rename.map(({ from, to }) => [from.parts.at(-1)!.name, to.name]));
  for (const name of [...excluded, ...replaced.keys(), ...renamed.keys()]) {
    if (!all.some((column) => column.name === name)) {
      throw new Unresolvable('column_unknown', `invalid identifier \`${name}\``, star);
    }
  }
  return all
    .filter(({ name }) => !excluded.has(name) && (pattern === null || pattern.test(name)))
    .map(({ name, origin }) => {
      const replacement = replaced.get(name);
      return {
        name: renamed.get(name) ?? name,
        origin: replacement === undefined ? origin : originOf(walk, scope, replacement),
      };
    });
}

/** LIKE's pattern, without regard to case: `%` any characters, `_` any one. */
function likePattern(pattern: string): RegExp {
  const source = Array.from(pattern, (character) => {
    if (character === '%') return '.*';
    return character === '_' ? '.' : RegExp.escape(character);
  });
  return new RegExp(`^${source.join('')}$`, 'isu');
}
