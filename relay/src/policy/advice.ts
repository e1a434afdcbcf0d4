import { type ColumnUse } from '@sluice/snowflake-sql';
import { functionNamed } from '@sluice/snowflake-sql/execution';
import { quoted, revealed, shown, type ShownText, wordsShown } from '../text/index.ts';
import type { Aspect } from './aspects.ts';
import { hasTokens, hiddenTags, type MaskScope } from './masks.ts';
import { columnShown, functionShown, nameShown, shortColumnShown } from './names.ts';

type Of<Type extends Aspect['type']> = Extract<Aspect, { type: Type }>;

/** What is refused, in plain words: the column and its tags, and the clause or function that uses it. */
export function useReason({ column, as, by, fails, how }: ColumnUse, tags: readonly string[]): ShownText {
  const it = how === 'direct' ? 'it' : 'what is made of it';
  return shown`${columnShown(column)} is masked (${wordsShown(tags)}), and ${using(as, it, by, fails)} would tell its values`;
}

function using(as: ColumnUse['as'], it: 'it' | 'what is made of it', by = '', fails = false): ShownText {
  const where = by === '' ? '' : shown` (${clause(by)})`;
  if (fails) return shown`whether ${by === '' ? 'this' : clause(by)} fails`;
  if (by === 'FLATTEN') return shown`how many rows FLATTEN makes of it`;
  switch (as) {
    case 'compare':
    case 'equal':
      return shown`comparing ${it}${where}`;
    case 'join':
      return shown`joining by ${it}${where}`;
    case 'group':
      return by === 'DISTINCT' ? shown`telling its values apart${where}` : shown`grouping by ${it}${where}`;
    case 'order':
      return shown`ordering by ${it}${where}`;
    case 'window':
      return shown`placing rows by ${it} in a window${where}`;
    case 'condition':
      return shown`asking whether it is there${where}`;
    case 'aggregate':
    case 'count':
    case 'argument':
      return shown`handing ${it} over${where}`;
    default:
      return as satisfies never;
  }
}

/**
 * A form of the statement that passes, for whoever wrote it and saw a use of a masked column refused.
 * @param mayBeAsked - whether some rule lets people decide on the column's use as this.
 */
export function useAdvice(
  scope: MaskScope,
  use: ColumnUse,
  mayBeAsked: (as: ColumnUse['as']) => boolean,
): ShownText {
  const { column, as, by = '', fails, how } = use;
  const name = shortColumnShown(column);
  if (by === 'PIVOT') return pivotAdvice(as);
  if (isInside(scope, use))
    return shown`take the path that is needed instead of the whole document, such as \`${name}:part.of.it\``;
  if (fails === true) return failingAdvice(name, by);
  switch (as) {
    case 'compare':
    case 'equal':
      return comparingAdvice(name, use, mayBeAsked);
    case 'join':
      return shown`join by an id, and take ${name} from the table that is joined`;
    case 'group':
      if (how !== 'direct' && hasTokens(scope, column, 'group'))
        return shown`group by ${name} itself, which runs on tokens of it`;
      return groupingAdvice(name, by);
    case 'order':
      return shown`order by a column that is not masked, such as an id or a date`;
    case 'window':
      return shown`order by a column that is not masked, such as an id or a date`;
    case 'condition':
      return shown`leave the test out: NULL is shown as NULL in ${name} itself`;
    case 'aggregate':
    case 'count':
    case 'argument':
      return shown`hand over something that is not masked in place of ${name}`;
    default:
      return as satisfies never;
  }
}

/** PIVOT groups by every column that it is not told about. */
function pivotAdvice(as: ColumnUse['as']): ShownText {
  return as === 'group'
    ? shown`pivot a subquery that selects only the columns that the result needs, none of them masked`
    : shown`pivot by a column that is not masked`;
}

function groupingAdvice(name: ShownText, by: string): ShownText {
  switch (by) {
    case 'PARTITION BY':
      return shown`partition by a column that is not masked, such as an id or a place`;
    case 'DISTINCT':
      return shown`leave ${name} out of the DISTINCT: select the ids in a subquery, and join ${name} to its result`;
    default:
      return shown`aggregate first, and join then: group by an id in a subquery, and join ${name} to its result`;
  }
}

function failingAdvice(name: ShownText, by: string): ShownText {
  if (by.startsWith('CAST '))
    return shown`use TRY_CAST, which does not fail, or leave the cast of ${name} out`;
  if (functionNamed(`TRY_${by}`) !== undefined)
    return shown`use TRY_${clause(by)}, which does not fail, or take ${name} without ${clause(by)}`;
  return shown`take ${name} as it is, without ${by === '' ? 'the calculation' : clause(by)}`;
}

function comparingAdvice(
  name: ShownText,
  { as, by = '' }: ColumnUse,
  mayBeAsked: (as: ColumnUse['as']) => boolean,
): ShownText {
  switch (by) {
    case 'UNION':
      return shown`use UNION ALL, which compares nothing`;
    case 'INTERSECT':
    case 'EXCEPT':
    case 'MINUS':
      return shown`compare ids instead (WHERE ID IN ...), and select ${name} beside them`;
    default: {
      const exact = as !== 'equal' && mayBeAsked('equal');
      const asking = exact
        ? shown`, or ask for one exact value (${name} = ...), which people may let through`
        : '';
      return shown`filter and choose by a column that is not masked, or by whether there is a value (${name} IS NULL)${asking}`;
    }
  }
}

/** Whether what is masked lies inside of what is used, and so need not be used with it. */
function isInside(scope: MaskScope, use: ColumnUse): boolean {
  const hidden = hiddenTags(scope, use);
  return hidden.length > 0 && hidden.every(({ path = [] }) => path.length > 0);
}

/** `... would flow to ...`: from where, with its tags. */
export function flowSource({ flow, tags }: Of<'flow'>): ShownText {
  if (tags === 'any' || 'opaque' in flow.from) return shown`data of unknown origin`;
  return shown`${columnShown(flow.from.column)} (${wordsShown(tags)})`;
}

export function flowAdvice({ flow, to }: Of<'flow'>): ShownText {
  const what = 'opaque' in flow.from ? shown`what is of unknown origin` : shortColumnShown(flow.from.column);
  switch (to) {
    case 'column':
      return shown`leave ${what} out of what is written, and keep an id by which it can be joined`;
    case 'location':
      return shown`leave ${what} out of what is unloaded; a SELECT shows it masked`;
    case 'variable':
      return shown`keep an id in the variable, and select ${what} by it where it is needed`;
    default:
      return to satisfies never;
  }
}

export function opaqueAdvice({ by, part }: Of<'opaque'>): ShownText {
  const [named] = part.functions ?? [];
  const called = by ?? (named === undefined ? null : { name: named, builtIn: false, range: part.range });
  if (called?.builtIn === true) return shown`leave ${functionShown(called)} out`;
  return called === null
    ? shown`write this part out as a statement of its own, with nothing in it that only running it would tell`
    : shown`use built-in functions in place of ${functionShown(called)}, or have the policy declare it`;
}

export function unresolvedAdvice({ output }: Of<'unresolved'>): ShownText {
  return shown`leave the output ${nameShown(output.name)} out, or make it of columns and built-in functions`;
}

/** A clause, operator or built-in function, as the analysis calls it. */
function clause(by: string): ShownText {
  return /^[A-Z0-9_ ]{1,40}$|^[^\w\s"]{1,3}$/.test(by) ? revealed(by) : quoted(by, { most: 60 });
}
