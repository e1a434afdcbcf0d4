import type { BoundLiteral } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { quoteString } from './quote.ts';
import type { Rendering } from './rendering.ts';

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
      if (value.unit.includes(' ') || value.value.value.includes(','))
        throw unsupported('compound intervals');
      return `CAST(${quoteString(value.unit === '' ? value.value.value : `${value.value.value} ${value.unit}`)} AS INTERVAL)`;
    case 'default':
      throw unsupported('DEFAULT, here');
    case 'level':
      throw unsupported('CONNECT BY');
    case 'sequence':
      throw unsupported('sequences');
    default:
      return value satisfies never;
  }
}

function renderTyped(type: string, text: string): string {
  if (type !== 'X')
    return `CAST(${quoteString(text)} AS ${type === 'DATE' || type === 'TIME' ? type : 'TIMESTAMP'})`;
  if (!/^(?:[0-9a-f]{2})*$/i.test(text))
    throw unsupported('a binary literal that is not of pairs of hexadecimal digits');
  return `unhex(${quoteString(text)})`;
}
