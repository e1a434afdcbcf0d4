import type { Tokens } from './words-at.ts';

/** Inside a literal, a comment or a number: nothing is proposed there. */
export function isInside({ text, kinds, starts, ends }: Tokens, before: number, offset: number): boolean {
  const last = before - 1;
  if (
    last >= 0 &&
    ends[last]! >= offset &&
    starts[last]! < offset &&
    /^(string|dollars|number|stage|url|variable)$/.test(kinds[last]!)
  )
    return true;
  const gap = text.slice(last < 0 ? 0 : ends[last], offset);
  return /--[^\n]*$|\/\/[^\n]*$|\/\*(?:(?!\*\/)[\s\S])*$/.test(gap);
}

/** Words that the name of an object stands behind. */
export const OBJECT_WORDS: ReadonlySet<string> = new Set([
  'FROM',
  'JOIN',
  'INTO',
  'UPDATE',
  'TABLE',
  'VIEW',
  'DESCRIBE',
  'DESC',
  'DATABASE',
  'SCHEMA',
  'USING',
  'TRUNCATE',
  'USE',
]);

export function isFromList({ kinds, keywords }: Tokens, before: number): boolean {
  let depth = 0;
  for (let at = before - 1; at >= 0; at -= 1) {
    if (kinds[at] === ')') depth += 1;
    else if (kinds[at] === '(' && depth > 0) depth -= 1;
    else if (kinds[at] === '(') return false;
    else if (depth === 0 && keywords[at] === 'FROM') return true;
    else if (
      depth === 0 &&
      ['SELECT', 'WHERE', 'BY', 'ON', 'SET', 'HAVING', 'VALUES'].includes(keywords[at]!)
    )
      return false;
  }
  return false;
}

/** `INSERT INTO t (`, `UPDATE t SET`: names of columns, and no expressions. */
export function isColumnList({ kinds, keywords }: Tokens, before: number): boolean {
  if (keywords[before - 1] === 'SET') return true;
  const open = kinds.lastIndexOf('(', before - 1);
  return (
    open >= 0 &&
    kinds.indexOf(')', open) === -1 &&
    keywords.slice(0, open).includes('INTO') &&
    !keywords.slice(0, open).includes('SELECT')
  );
}
