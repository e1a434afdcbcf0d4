import {
  type ColumnTag,
  type DecisionContext,
  type Policy,
  type TaggedColumn,
  toldTags,
} from '../policy/index.ts';
import {
  type Catalog,
  type EarlierResult,
  formatColumn,
  keyOfObject,
  type LoadedObject,
  loadedCatalog,
  type ObjectName,
  type ResolutionContext,
  type VariableOrigin,
} from '@sluice/snowflake-sql';
import { bindTextsOf } from '../warehouse/bind-texts.ts';
import type { Binds, WarehouseCatalog } from '../warehouse/index.ts';
import type { LoadedNames, SessionSurroundings } from '../warehouse/planning.ts';
import { type OwnMask, ownMasks } from './own-masks.ts';

/** A text, and where all is that its meaning, the decision on it and what runs of it depend on. */
export interface Question {
  readonly sql: string;
  readonly binds: Binds;
  readonly catalog: Pick<WarehouseCatalog, 'load' | 'governs'>;
  readonly context: ResolutionContext;
  /** The tags of an object's columns that are known from elsewhere than the policy. */
  readonly taggedColumns: (object: ObjectName) => readonly TaggedColumn[];
  readonly policy: Policy;
  readonly deciding: Omit<DecisionContext, 'tags'>;
  readonly surroundings: SessionSurroundings;
}

/** The same with all of it at hand, and nothing else. Plain data, but for the policy: it goes to another thread as it is. */
export interface LoadedQuestion extends Pick<Question, 'sql' | 'binds' | 'deciding' | 'surroundings'> {
  readonly objects: readonly LoadedObject[];
  readonly session: Pick<ResolutionContext, 'database' | 'schema' | 'binds'> & {
    readonly bindTexts: ReadonlyMap<string, string>;
  };
  /** Those that the text names, or a view behind it. */
  readonly variables: ReadonlyMap<string, VariableOrigin>;
  readonly results: ReadonlyMap<string, EarlierResult>;
  /** Ids of the session's earlier results, newest last, where one is named by its place. */
  readonly resultIds: readonly string[];
  /** Whose tags were looked up: every object that the text can reach, its variables and earlier results too. */
  readonly tagged: { readonly objects: readonly ObjectName[]; readonly columns: readonly TaggedColumn[] };
  /** The tags that the warehouse itself has on columns of those. */
  readonly told: readonly TaggedColumn[];
  /** Its own masks on those. */
  readonly ownMasks: readonly OwnMask[];
}

/**
 * All that a text needs, at hand. What it reaches by a variable, or by an earlier result, it need not name: the warehouse is
 * asked once more, where it is it that tells what is sensitive.
 */
export async function loadedQuestion(question: Question, named: LoadedNames): Promise<LoadedQuestion> {
  const { sql, binds, context, taggedColumns, policy, catalog, deciding, surroundings } = question;
  const { database, schema, binds: families } = context;
  const variables = new Map<string, VariableOrigin>();
  for (const name of named.variables) {
    const origin = context.variables.get(name);
    if (origin !== undefined) variables.set(name, origin);
  }
  const isByPlace = [...named.results].some((which) => typeof which === 'number');
  const resultIds = isByPlace ? [...context.results.keys()] : [];
  const results = new Map<string, EarlierResult>();
  for (const which of named.results) {
    const id = typeof which === 'string' ? which : resultIds.at(which);
    const result = id === undefined ? undefined : context.results.get(id);
    if (result !== undefined) results.set(id!, result);
  }
  const reached = objectsReached(named.objects, variables, results);
  const unnamed = catalog.governs === true ? reached.slice(named.objects.length) : [];
  const behind =
    unnamed.length === 0 ? [] : await catalog.load(unnamed.map((name) => ({ name, type: 'table' as const })));
  // Of one that is gone nobody can tell any more.
  const gone = new Set(behind.flatMap(({ name, object }) => (object === null ? [keyOfObject(name)] : [])));
  const lookedUp = reached.filter((name) => !gone.has(keyOfObject(name)));
  return {
    sql,
    binds,
    deciding,
    surroundings,
    objects: named.objects,
    session: {
      ...(database === undefined ? {} : { database }),
      ...(schema === undefined ? {} : { schema }),
      ...(families === undefined ? {} : { binds: families }),
      bindTexts: bindTextsOf(binds),
    },
    variables,
    results,
    resultIds,
    tagged: { objects: lookedUp, columns: lookedUp.flatMap(taggedColumns) },
    told: [...named.objects, ...behind].flatMap((entry) => toldTags(policy, entry)),
    ownMasks: [...named.objects, ...behind].flatMap(ownMasks),
  };
}

function objectsReached(
  objects: readonly LoadedObject[],
  variables: ReadonlyMap<string, VariableOrigin>,
  results: ReadonlyMap<string, EarlierResult>,
): readonly ObjectName[] {
  const reached = new Map(objects.map(({ name }) => [keyOfObject(name), name]));
  const outputs = [...results.values()].flatMap((result) => result.outputs);
  const files = objects.flatMap(({ object }) => (object?.type === 'stage' ? object.contents : []));
  for (const { sources } of [...variables.values(), ...outputs, ...files]) {
    for (const { column } of sources) reached.set(keyOfObject(column.object), column.object);
  }
  return [...reached.values()];
}

/** What is asked of a loaded question: whatever was not loaded, nobody knows. */
export interface LoadedParts {
  readonly catalog: Catalog;
  readonly context: ResolutionContext;
  readonly deciding: DecisionContext;
}

export function partsOf(question: LoadedQuestion): LoadedParts {
  const { objects, session, variables, results, resultIds, deciding } = question;
  return {
    catalog: loadedCatalog(objects),
    context: {
      ...session,
      variables,
      results: { get: (id) => results.get(id), keys: () => resultIds.values() },
    },
    deciding: { ...deciding, tags: { tagsOf: tagsOfLoaded(question) } },
  };
}

/** Thrown when something was not loaded that the decision needs. */
export class NotLoaded extends Error {}

/** No tags is an answer too: of an object that was not loaded there is none. */
function tagsOfLoaded({ tagged, told }: Pick<LoadedQuestion, 'tagged' | 'told'>) {
  const lookedUp = new Set(tagged.objects.map(keyOfObject));
  const byColumn = new Map<string, ColumnTag[]>();
  for (const { column, tag } of [...tagged.columns, ...told]) {
    const key = formatColumn(column);
    byColumn.set(key, [...(byColumn.get(key) ?? []), tag]);
  }
  return (column: TaggedColumn['column']): readonly ColumnTag[] => {
    if (!lookedUp.has(keyOfObject(column.object)))
      throw new NotLoaded(`tags of ${formatColumn(column)} were not loaded`);
    return byColumn.get(formatColumn(column)) ?? [];
  };
}
