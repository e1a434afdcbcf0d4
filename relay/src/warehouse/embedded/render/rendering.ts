import { type ObjectName } from '@sluice/snowflake-sql';
import {
  type Bound,
  type BoundCall,
  type BoundRelation,
  type BoundView,
  createGrowth,
  type CteId,
  type Floor,
  type Growth,
  indexRelations,
  type Reading,
  type RelationId,
} from '@sluice/snowflake-sql/execution';
import type { SessionAnswers } from '../../session-state.ts';
import { quoted, shown } from '../../../text/index.ts';
import { unsupported } from '../errors.ts';
import { createGuards, type Guards } from './guards.ts';
import { createTypes, type Types } from '../types/types.ts';
import { createIdentities, type Identities } from './identity.ts';
import { parameterOf, renderObjectName } from './names.ts';

/** A column of a query that is asked for: under which reading, and what it is to be called. */
export interface Wanted {
  readonly index: number;
  readonly reading: Reading;
  readonly name: string;
  /** The offset of a TIMESTAMP_TZ, and not its instant (offsets.ts). */
  readonly offset?: true | undefined;
}

/**
 * One statement on its way to DuckDB's SQL. Expressions are rendered before what they read, and note here which
 * columns they want of it, under which reading; what nobody wants is not read.
 */
export interface Rendering extends SessionAnswers {
  readonly relations: ReadonlyMap<RelationId, BoundRelation>;
  readonly guards: Guards;
  readonly identities: Identities;
  readonly types: Types;
  /** Which texts may be too long. */
  readonly growth: Growth;
  /** Notes that a column is wanted, and tells its name within whatever makes it. */
  want(of: Wanting, index: number, reading: Reading, offset?: true): string;
  wantedOf(of: Wanting): readonly Wanted[];
  /** What it is called in the text. */
  nameOf(of: Wanting): string;
  /** Notes that a common table expression or a view is read at all. */
  read(of: Wanting): void;
  isRead(of: Wanting): boolean;
  objectName(name: ObjectName): string;
  /** Whether something is read that shows how objects are defined. */
  readonly showsDefinitions: boolean;
  showDefinitions(): void;
  /** Where a bind's value is found. */
  bindNamed(name: string): string;
  /** A name that nothing else has. */
  fresh(prefix: string): string;
  /** Counts what is rendered, and throws when it is too much. */
  spend(amount: number): void;
  /** Counts conditions joined by AND or OR, and throws when there are too many for DuckDB to plan. */
  join(conditions: number): void;
  /** Counts queries that set operations are of, and throws when there are too many for DuckDB to plan. */
  unite(queries: number): void;
  /** In a column's DEFAULT, DuckDB takes no lambda. */
  readonly withoutLambdas: boolean;
  /** Work that is inside of other work of its kind. */
  nested<Result>(work: () => Result): Result;
}

export type Wanting =
  { readonly relation: RelationId } | { readonly cte: CteId } | { readonly view: BoundView };

/** How long the text for DuckDB may become, and how deep expressions may nest in it. */
const LONGEST = 4 * 1024 * 1024;
const DEEPEST = 400;
/** What a node costs at least, in characters. */
const NODE = 4;
/**
 * Conditions joined by AND or OR, in all. DuckDB's optimizer compares each of a chain with all others, and cannot be
 * interrupted meanwhile: 10,000 take it a second or two, 40,000 half a minute.
 */
const MOST_CONDITIONS = 10_000;
/** Queries of set operations, in all: the same again. 1,000 take DuckDB half a second, 8,000 a quarter of a minute. */
const MOST_UNITED = 1_000;

export function createRendering(
  bound: Bound,
  floor: Floor,
  answers: SessionAnswers,
  bindNamed: (name: string) => string = parameterOf,
  withoutLambdas = false,
): Rendering {
  const relations = indexRelations(bound.statement);
  const guards = createGuards(relations, floor);
  const wanted = new Map<string, Map<string, Wanted>>();
  const read = new Set<string>();
  const viewNumbers = new Map<BoundView, number>();
  let spent = 0;
  let joined = 0;
  let united = 0;
  let depth = 0;
  let names = 0;
  let showsDefinitions = false;

  const nameOf = (of: Wanting) => {
    if ('relation' in of) return `r${of.relation}`;
    if ('cte' in of) return `q${of.cte}`;
    return viewName(of.view);
  };
  const viewName = (view: BoundView) => {
    if (!viewNumbers.has(view)) viewNumbers.set(view, viewNumbers.size);
    return `v${viewNumbers.get(view)}`;
  };
  return {
    ...answers,
    relations,
    guards,
    identities: createIdentities(),
    types: createTypes(relations),
    growth: createGrowth(() => relations),
    want(of, index, reading, offset) {
      const key = nameOf(of);
      const name = `c${index}${reading === 'direct' ? '' : `_${reading}`}${offset === true ? '_z' : ''}`;
      const columns = wanted.get(key) ?? new Map<string, Wanted>();
      wanted.set(key, columns.set(name, { index, reading, name, offset }));
      return name;
    },
    wantedOf: (of) => [...(wanted.get(nameOf(of))?.values() ?? [])],
    nameOf,
    read: (of) => void read.add(nameOf(of)),
    isRead: (of) => read.has(nameOf(of)),
    objectName(name) {
      if (name.schema === 'INFORMATION_SCHEMA') showsDefinitions = true;
      return renderObjectName(name, answers.temporary);
    },
    get showsDefinitions() {
      return showsDefinitions;
    },
    showDefinitions() {
      showsDefinitions = true;
    },
    bindNamed(name) {
      if (!/^\w+$/.test(name)) throw unsupported('a bind of this name');
      return bindNamed(name);
    },
    withoutLambdas,
    fresh: (prefix) => `${prefix}${(names += 1)}`,
    spend(amount) {
      spent += amount + NODE;
      if (spent > LONGEST) throw tooComplex();
    },
    join(conditions) {
      joined += conditions;
      if (joined > MOST_CONDITIONS) throw tooManyConditions();
    },
    unite(queries) {
      united += queries;
      if (united > MOST_UNITED) throw tooManyUnited();
    },
    nested(work) {
      depth += 1;
      if (depth > DEEPEST) throw tooComplex();
      try {
        return work();
      } finally {
        depth -= 1;
      }
    },
  };
}

/** The whole text is measured once more: some of it is written without being counted. */
export function checkLength(sql: string): string {
  if (sql.length > LONGEST) throw tooComplex();
  // DuckDB takes a NUL for the end of the text.
  if (sql.includes('\0')) throw unsupported('a NUL character');
  return sql;
}

export function tooComplex(): Error {
  return unsupported('a statement that is as long as this one when its views and aliases are written out');
}

function tooManyConditions(): Error {
  return unsupported(
    `more than ${MOST_CONDITIONS} conditions joined by AND and OR: compare with a list (IN) or join a table of values`,
  );
}

function tooManyUnited(): Error {
  return unsupported(
    `more than ${MOST_UNITED} queries in set operations: write rows as VALUES, or keep them in a table`,
  );
}

export function builtInName(call: BoundCall): string {
  if (!call.builtIn) throw unsupported(shown`the function ${quoted(call.name.name)}, which is not built in`);
  if (call.method) throw unsupported('methods');
  return call.name.name;
}
