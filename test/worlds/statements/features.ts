import type { FunctionForm } from './form.ts';
import { aggregateForms, scalarForms, windowForms } from './function-forms.ts';
import type { Type } from './shop-schema.ts';

/** What the grammar of generated statements has to choose from, beside functions. */
const EXPRESSIONS = [
  'CASE',
  'simple CASE',
  'cast',
  'TRY_CAST',
  'operator',
  'subquery',
  'COLLATE',
  'path',
  'conversion',
  'own name',
  'comparison',
  'BETWEEN',
  'IN',
  'IS NULL',
  'LIKE',
  'RLIKE',
  'IN subquery',
  'EXISTS',
  'ANY or ALL',
  'IS DISTINCT FROM',
] as const;

const CLAUSES = [
  'WHERE',
  'GROUP BY',
  'ROLLUP',
  'CUBE',
  'HAVING',
  'DISTINCT',
  'QUALIFY',
  'ORDER BY',
  'LIMIT',
  'OFFSET',
  'star',
  'PARTITION BY',
  'window ORDER BY',
  'derived table',
  'VALUES',
  'FLATTEN',
  'SPLIT_TO_TABLE',
  'GENERATOR',
  'PIVOT',
  'UNPIVOT',
  'LATERAL query',
  'JOIN ON',
  'JOIN on one name',
  'JOIN USING',
  'NATURAL JOIN',
  'CROSS JOIN',
  'ASOF JOIN',
  'UNION ALL',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'BY NAME',
  'WITH',
  'WITH RECURSIVE',
] as const;

const CHANGES = [
  'CREATE TABLE AS',
  'types of a new table',
  'CREATE VIEW',
  'CREATE TABLE',
  'CLONE',
  'INSERT',
  'INSERT into the same names',
  'INSERT OVERWRITE',
  'INSERT ALL',
  'UPDATE',
  'DELETE',
  'MERGE',
  'TRUNCATE',
  'DROP',
  'ALTER',
  'ALTER COLUMN',
  'column definitions',
] as const;

const STATEMENTS = [
  'variables',
  'USE',
  'copy',
  'RESULT_SCAN',
  'sequence',
  'EXECUTE IMMEDIATE',
  'EXPLAIN',
  'metadata',
  'stages',
] as const;

/** Of these, what is made of a value says most where it is of another type. */
const TYPED: readonly (readonly [(typeof EXPRESSIONS)[number], readonly Type[]])[] = [
  ['cast', ['number', 'date', 'timestamp', 'truth', 'number', 'json', 'text']],
  ['TRY_CAST', ['number', 'date']],
  ['operator', ['number', 'number', 'text', 'date']],
  ['conversion', ['number', 'date', 'truth', 'truth']],
];

/** What stands for the functions, which are chosen among by their forms. */
type Calls = 'call' | 'aggregate call' | 'window call';

export type Feature =
  | (typeof EXPRESSIONS)[number]
  | (typeof CLAUSES)[number]
  | (typeof CHANGES)[number]
  | (typeof STATEMENTS)[number]
  | Calls
  | 'query'
  | 'change';

/** What a statement is about: it has this more often than anything else, and something sensitive inside of it. */
export interface Focus {
  readonly feature: Feature | null;
  readonly form: FunctionForm | null;
  /** Of the expressions that it makes, if it is one. */
  readonly type: Type | null;
}

export const NO_FOCUS: Focus = { feature: null, form: null, type: null };

const forms = ([feature, list]: readonly [Calls, readonly FunctionForm[]]): readonly Focus[] =>
  list.map((form) => ({ feature, form, type: form.makes }));

const functions: readonly Focus[] = [
  ...forms(['call', scalarForms]),
  ...forms(['aggregate call', aggregateForms]),
  ...forms(['aggregate call', aggregateForms]),
  ...forms(['window call', windowForms]),
];
const about = (features: readonly Feature[]): readonly Focus[] =>
  features.map((feature) => ({ ...NO_FOCUS, feature }));
const typed: readonly Focus[] = TYPED.flatMap(([feature, types]) =>
  types.map((type) => ({ ...NO_FOCUS, feature, type })),
);
/** What is told is mostly told by expressions and clauses. */
const others: readonly Focus[] = [
  ...about(CLAUSES),
  ...about(EXPRESSIONS),
  ...typed,
  ...about(CLAUSES),
  ...about(CHANGES),
  ...about(STATEMENTS),
];

/** What these name: features, or forms of functions by how they begin. Throws for a name of nothing. */
export function focusesOn(names: readonly string[]): readonly Focus[] {
  return names.flatMap((name) => {
    const found = [...functions, ...others].filter(({ feature, form }) =>
      form === null ? feature === name : form.text.startsWith(name),
    );
    if (found.length === 0) throw new Error(`there is no feature \`${name}\``);
    return found;
  });
}

/** The statement's of that number: every function and every other feature gets its turn. */
export function focusOf(number: number): Focus {
  const list = number % 4 === 0 ? functions : others;
  const turn = number % 4 === 0 ? number / 4 : number - Math.ceil(number / 4);
  // Neighbours in the list are alike; those in a session should not be.
  return list[(turn * STRIDE) % list.length]!;
}

/** Of no factor in common with how many there are of anything. */
const STRIDE = 7919;

/** Whether it is made where an expression is. */
export function isExpression({ feature }: Focus): boolean {
  return feature === 'call' || includes(EXPRESSIONS, feature);
}

const MEETINGS = ['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'BY NAME', 'VALUES', 'CASE'] as const;

/** Whether values meet there, so that two that are sensitive may tell what one does not. */
export function isMeeting({ feature }: Focus): boolean {
  return includes(MEETINGS, feature);
}

/** Whether it is a way of changing something. */
export function isChange({ feature }: Focus): boolean {
  return includes(CHANGES, feature);
}

/** Whether it is a kind of statement, and nothing of a query. */
export function isStatement({ feature }: Focus): boolean {
  return includes(STATEMENTS, feature);
}

function includes(list: readonly Feature[], feature: Feature | null): boolean {
  return feature !== null && list.includes(feature);
}
