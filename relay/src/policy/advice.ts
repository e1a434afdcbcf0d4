import {
  type ColumnRef,
  type ColumnUse,
  formatColumn,
  formatIdentifier,
  functionNamed,
} from '../statement/index.ts';
import { type Aspect, functionName } from './aspects.ts';
import { hasTokens, hiddenTags, type MaskScope } from './masks.ts';
import { visible } from './visible.ts';

type Of<Type extends Aspect['type']> = Extract<Aspect, { type: Type }>;

/** What is refused, in plain words: the column and its tags, and the clause or function that uses it. */
export function useReason({ column, as, by, fails, how }: ColumnUse, tags: readonly string[]): string {
  const it = how === 'direct' ? 'it' : 'what is made of it';
  return `${visible(formatColumn(column))} is masked (${tags.join(', ')}), and ${using(as, it, by, fails)} would tell its values`;
}

function using(as: ColumnUse['as'], it: string, by = '', fails = false): string {
  const where = by === '' ? '' : ` (${by})`;
  if (fails) return `whether ${by === '' ? 'this' : by} fails`;
  if (by === 'FLATTEN') return 'how many rows FLATTEN makes of it';
  switch (as) {
    case 'compare':
    case 'equal':
      return `comparing ${it}${where}`;
    case 'join':
      return `joining by ${it}${where}`;
    case 'group':
      return `${by === 'DISTINCT' ? 'telling its values apart' : `grouping by ${it}`}${where}`;
    case 'order':
      return `ordering by ${it}${where}`;
    case 'window':
      return `placing rows by ${it} in a window${where}`;
    case 'condition':
      return `asking whether it is there${where}`;
    case 'aggregate':
    case 'count':
    case 'argument':
      return `handing ${it} over${where}`;
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
): string {
  const { column, as, by = '', fails, how } = use;
  const name = nameOf(column);
  if (isInside(scope, use))
    return `take the path that is needed instead of the whole document, such as \`${name}:part.of.it\``;
  if (fails === true) return failingAdvice(name, by);
  switch (as) {
    case 'compare':
    case 'equal':
      return comparingAdvice(name, use, mayBeAsked);
    case 'join':
      return `join by an id, and take ${name} from the table that is joined`;
    case 'group':
      if (how !== 'direct' && hasTokens(scope, column, 'group'))
        return `group by ${name} itself, which runs on tokens of it`;
      return by === 'DISTINCT'
        ? `leave ${name} out of the DISTINCT: select the ids in a subquery, and join ${name} to its result`
        : `group by an id in a subquery, and join ${name} to its result`;
    case 'order':
      return 'order by a column that is not masked, such as an id or a date';
    case 'window':
      return 'partition and order by columns that are not masked, such as an id or a date';
    case 'condition':
      return `leave the test out: NULL is shown as NULL in ${name} itself`;
    case 'aggregate':
    case 'count':
    case 'argument':
      return `hand over something that is not masked in place of ${name}`;
    default:
      return as satisfies never;
  }
}

function failingAdvice(name: string, by: string): string {
  if (by.startsWith('CAST ')) return `use TRY_CAST, which does not fail, or leave the cast of ${name} out`;
  const trying = `TRY_${by}`;
  if (functionNamed(trying) !== undefined)
    return `use ${trying}, which does not fail, or take ${name} without ${by}`;
  return `take ${name} as it is, without ${by === '' ? 'the calculation' : by}`;
}

function comparingAdvice(
  name: string,
  { as, by = '' }: ColumnUse,
  mayBeAsked: (as: ColumnUse['as']) => boolean,
): string {
  switch (by) {
    case 'UNION':
      return 'use UNION ALL, which compares nothing';
    case 'INTERSECT':
    case 'EXCEPT':
    case 'MINUS':
      return `compare ids instead (WHERE ID IN ...), and select ${name} beside them`;
    case 'PIVOT':
      return 'pivot by a column that is not masked';
    default: {
      const exact = as !== 'equal' && mayBeAsked('equal');
      const asking = exact
        ? `, or ask for one exact value (${name} = ...), which people may let through`
        : '';
      return `filter and choose by a column that is not masked, or by whether there is a value (${name} IS NULL)${asking}`;
    }
  }
}

/** Whether what is masked lies inside of what is used, and so need not be used with it. */
function isInside(scope: MaskScope, use: ColumnUse): boolean {
  const hidden = hiddenTags(scope, use);
  return hidden.length > 0 && hidden.every(({ path = [] }) => path.length > 0);
}

/** `... would flow to ...`: from where, with its tags. */
export function flowSource({ flow, tags }: Of<'flow'>): string {
  if (tags === 'any' || 'opaque' in flow.from) return 'data of unknown origin';
  return `${visible(formatColumn(flow.from.column))} (${tags.join(', ')})`;
}

export function flowAdvice({ flow, to }: Of<'flow'>): string {
  const what = 'opaque' in flow.from ? 'what is of unknown origin' : nameOf(flow.from.column);
  switch (to) {
    case 'column':
      return `leave ${what} out of what is written, and keep an id by which it can be joined`;
    case 'location':
      return `leave ${what} out of what is unloaded; a SELECT shows it masked`;
    case 'variable':
      return `keep an id in the variable, and select ${what} by it where it is needed`;
    default:
      return to satisfies never;
  }
}

export function opaqueAdvice({ by, part }: Of<'opaque'>): string {
  const [named] = part.functions ?? [];
  const called = by ?? (named === undefined ? null : { name: named, builtIn: false, range: part.range });
  return called === null
    ? 'write this part out as a statement of its own, with nothing in it that only running it would tell'
    : `use built-in functions in place of ${visible(functionName(called))}, or have the policy declare it`;
}

export function unresolvedAdvice({ output }: Of<'unresolved'>): string {
  return `leave the output ${visible(output.name)} out, or make it of columns and built-in functions`;
}

function nameOf({ object, column }: ColumnRef): string {
  return visible(`${formatIdentifier(object.name)}.${formatIdentifier(column)}`);
}
