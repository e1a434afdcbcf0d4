import type { Tree } from '@sluice/snowflake-sql';
import type { BoundLiteral } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { partsOfInterval } from '../types/interval.ts';
import { lengthOf } from './date-parts.ts';
import { quoteString } from './quote.ts';
import type { Rendering } from './rendering.ts';
import { renderNextValue } from './sequences.ts';

export function renderLiteral(value: BoundLiteral['value'], rendering: Rendering): string {
  switch (value.kind) {
    case 'string':
      rendering.spend(value.value.length);
      return quoteString(value.value);
    case 'number':
      if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value.text))
        throw unsupported('a number of this form');
      rendering.spend(value.text.length);
      return value.text;
    case 'boolean':
      return value.value ? 'TRUE' : 'FALSE';
    case 'null':
      return 'NULL';
    case 'typed_literal':
      rendering.spend(value.value.value.length);
      return renderTyped(value.type, value.value.value);
    case 'interval':
      return renderInterval(value);
    case 'default':
      throw unsupported('DEFAULT, here');
    case 'level':
      throw unsupported('CONNECT BY');
    case 'sequence':
      return renderNextValue(value.name);
    default:
      return value satisfies never;
  }
}

/** So many of each part, in their order. */
function renderInterval(literal: Tree.IntervalLiteral): string {
  const parts = partsOfInterval(literal);
  if (parts === null) throw unsupported('an interval of this form');
  return `(${parts.map(({ count, part }) => lengthOf(part, String(count))).join(' + ')})`;
}

function renderTyped(type: string, text: string): string {
  if (type !== 'X')
    return `CAST(${quoteString(text)} AS ${type === 'DATE' || type === 'TIME' ? type : 'TIMESTAMP'})`;
  if (!/^(?:[0-9a-f]{2})*$/i.test(text))
    throw unsupported('a binary literal that is not of pairs of hexadecimal digits');
  return `unhex(${quoteString(text)})`;
}
