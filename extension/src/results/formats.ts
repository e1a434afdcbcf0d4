import type { JsonValue } from '@sluice/contract';
import { textOf } from './cells.ts';
import { type ResultColumn, typeOf } from './columns.ts';

/** What rows are copied and exported as. */
export type RowFormat = 'csv' | 'tsv' | 'json';

export type Row = readonly JsonValue[];

/** Writes rows piece by piece, so that a result of any size is never whole in memory. */
export interface RowWriter {
  readonly head: () => string;
  readonly rows: (rows: readonly Row[]) => string;
  readonly tail: () => string;
}

export interface WriterOptions {
  readonly columns: readonly ResultColumn[];
  readonly withHeaders: boolean;
}

export function rowWriter(format: RowFormat, options: WriterOptions): RowWriter {
  switch (format) {
    case 'csv':
      return delimited(options, { separator: ',', end: '\r\n' });
    case 'tsv':
      return delimited(options, { separator: '\t', end: '\n' });
    case 'json':
      return json(options);
    default:
      return format satisfies never;
  }
}

interface Delimiters {
  readonly separator: string;
  readonly end: string;
}

/** RFC 4180. NULL is an empty field, an empty text is `""`. */
function delimited({ columns, withHeaders }: WriterOptions, { separator, end }: Delimiters): RowWriter {
  const line = (fields: readonly string[]) => fields.join(separator) + end;
  return {
    head: () => (withHeaders ? line(columns.map(({ name }) => field(name, separator))) : ''),
    rows: (rows) =>
      rows
        .map((row) => line(row.map((value) => (value === null ? '' : field(textOf(value)!, separator)))))
        .join(''),
    tail: () => '',
  };
}

function field(text: string, separator: string): string {
  const safe = withoutFormula(text);
  return safe === '' || /["\r\n\t]/.test(safe) || safe.includes(separator)
    ? `"${safe.replaceAll('"', '""')}"`
    : safe;
}

/**
 * Text that a spreadsheet would take for a formula, made text: whoever wrote a row must not have something computed, or
 * fetched, where somebody opens it (OWASP, "CSV Injection"). Numbers stay as they are.
 */
export function withoutFormula(text: string): string {
  return BEGINS_FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** Also after blanks, which spreadsheets cut off, and in full width, which some take for the same. */
const BEGINS_FORMULA = /^[\s\0\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Columns apart from rows: two columns may have one name. What a column was masked by goes along, so that nobody who is
 * handed the file takes it for the values.
 */
function json({ columns, withHeaders }: WriterOptions): RowWriter {
  let isFirst = true;
  const described = columns.map((column) => ({
    name: column.name,
    type: typeOf(column),
    ...(column.masked === undefined ? {} : { masked: column.masked }),
    ...(column.computedOn === undefined ? {} : { computedOn: column.computedOn }),
  }));
  return {
    head: () => (withHeaders ? `{"columns":${JSON.stringify(described)},\n"rows":[\n` : '[\n'),
    rows: (rows) =>
      rows
        .map((row) => {
          const lead = isFirst ? '' : ',\n';
          isFirst = false;
          return `${lead}${JSON.stringify(row)}`;
        })
        .join(''),
    tail: () => (withHeaders ? '\n]}\n' : '\n]\n'),
  };
}
