import { toNull, type CellMask, type ColumnShape } from './cell.ts';
import { DETECTORS, type Match } from './detectors/index.ts';
import { rewriteDocument, type Rewriting, unquote } from './document.ts';
import type { DetectorName } from './masking-policy.ts';
import { redact } from './simple-masks.ts';

/**
 * Masks what the chosen detectors recognise inside texts and leaves the rest. In documents, all strings, numbers and
 * key names are searched. A recognised number becomes null.
 */
export function detectMask(names: readonly DetectorName[], column: ColumnShape): CellMask {
  const replace = (text: string, key: string) => replaceMatches(text, findAll(names, text, key));
  switch (column.type) {
    case 'text':
      return (cell) => replace(cell, column.name);
    case 'fixed':
    case 'real':
    case 'decfloat':
      return (cell) => (replace(cell, column.name) === cell ? cell : null);
    case 'variant':
    case 'object':
    case 'array': {
      const redacted = redact(column);
      const rules = detecting(replace);
      return (cell) => rewriteDocument(cell, column.name, rules) ?? redacted(cell);
    }
    case 'binary':
      // Bytes cannot be searched as text without knowing their encoding.
      return toNull;
    case 'boolean':
    case 'date':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return (cell) => cell;
    default:
      return column.type satisfies never;
  }
}

function findAll(names: readonly DetectorName[], text: string, column: string): readonly Match[] {
  return names.flatMap((name) => DETECTORS[name]({ text, column }));
}

function replaceMatches(text: string, matches: readonly Match[]): string {
  if (matches.length === 0) return text;
  let masked = '';
  let from = 0;
  for (const { start, end } of matches.toSorted((a, b) => a.start - b.start)) {
    // Matches of two detectors may overlap. What is already masked must not be shown again.
    if (start >= from) masked += `${text.slice(from, start)}***`;
    from = Math.max(from, end);
  }
  return masked + text.slice(from);
}

/** Searches every string, number and key name. A value's key serves as its context, like a column's name. */
function detecting(replace: (text: string, key: string) => string): Rewriting<string> {
  return {
    inKey: (_, key) => key,
    inArray: (key) => key,
    scalar(key, value) {
      if (!value.startsWith('"')) return replace(value, key) === value ? value : 'null';
      const text = unquote(value);
      const replaced = replace(text, key);
      return replaced === text ? value : JSON.stringify(replaced);
    },
    whole: (_, value) => value,
    rename(name) {
      const replaced = replace(name, '');
      return replaced === name ? null : replaced;
    },
  };
}
