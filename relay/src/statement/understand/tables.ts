import type { CatalogObject, CatalogView } from '../catalog.ts';
import { formatObjectName } from '../object-name.ts';
import { parse } from '../parse.ts';
import type { Name } from '../tree/names.ts';
import { findObject } from './names.ts';
import { type Origin, unresolvedOrigin } from './origin.ts';
import { Unresolvable } from './problem.ts';
import { relationOfQuery } from './queries.ts';
import { relation, type Relation } from './relation.ts';
import { noteObject, type Walk } from './walk.ts';

/** The columns of a table, or of what a view's definition makes. */
export function relationOfTable(walk: Walk, name: Name): Relation {
  const found = findObject(walk, name);
  if (found.type === 'function') {
    throw new Unresolvable(
      'object_unknown',
      `object \`${formatObjectName(found.name)}\` does not exist or not authorized`,
      name,
    );
  }
  noteObject(walk, found.type, found.name, 'read', name);
  return relationOfObject(walk, found, name);
}

/** A table's columns are where values come from; a view's come from its definition. */
export function relationOfObject(
  walk: Walk,
  found: Exclude<CatalogObject, { type: 'function' }>,
  at: Name,
): Relation {
  if (found.type === 'view' && found.definition !== undefined)
    return relationOfView(walk, found, found.definition, at);
  return relation(
    found.columns.map(({ name }) => ({
      name,
      origin: {
        sources: [{ column: { object: found.name, column: name }, how: 'direct' }],
        unresolved: null,
      },
    })),
  );
}

function relationOfView(walk: Walk, view: CatalogView, definition: string, at: Name): Relation {
  const key = formatObjectName(view.name);
  const known = walk.views.get(key);
  if (known !== undefined) return known;
  const ownColumns = (origin: (index: number) => Origin): Relation =>
    relation(view.columns.map(({ name }, index) => ({ name, origin: origin(index) })));
  const unknown = (reason: string) => ownColumns(() => unresolvedOrigin(reason, at));

  // Meanwhile: a view that names itself finds columns of unknown origin, and the walk ends.
  walk.views.set(key, unknown(`the view ${key}, which is made of itself`));
  const parsed = parse(definition);
  let result: Relation;
  if (parsed.outcome !== 'parsed' || parsed.statement.kind !== 'query') {
    result = unknown(`the definition of the view ${key}, which is not understood`);
  } else {
    const made = relationOfQuery(insideView(walk, view, at), null, new Map(), parsed.statement);
    // By place, since the view may name its columns otherwise.
    result =
      made.open === null && made.columns.length === view.columns.length
        ? ownColumns((index) => made.columns[index]!.origin)
        : unknown(`the definition of the view ${key}, whose columns are not known`);
  }
  walk.views.set(key, result);
  return result;
}

/** Names in a view mean what they mean in its own schema, whoever reads it. */
function insideView(walk: Walk, { name: { database, schema }, name }: CatalogView, at: Name): Walk {
  return {
    ...walk,
    context: { ...walk.context, database, schema },
    through: walk.through ?? { view: name, range: { start: at.start, end: at.end } },
    steps: [],
  };
}
