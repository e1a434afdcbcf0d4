import { readdirSync, readFileSync } from 'node:fs';

/** A statement, and what Snowflake's documentation says that it gives. */
export interface TruthCase {
  /** The file that it stands in: what it is about. */
  readonly topic: string;
  readonly line: number;
  /** As it stands in the file: an expression, or a whole query. */
  readonly text: string;
  readonly sql: string;
  /** Rows of cells as `shown` writes them, or an error. */
  readonly expected: string;
  /** Whether the embedded warehouse is known not to have it, and says so by name. */
  readonly isMissing: boolean;
}

const folder = new URL('cases/', import.meta.url);

/**
 * The table, from `cases/*.txt`. A line is `EXPRESSION => VALUE` or `QUERY => ROW ; ROW`, with ` | ` between cells; `~` before it
 * says that it is missing here, `#` begins a comment.
 */
export function readCases(): readonly TruthCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .toSorted()
    .flatMap((name) =>
      readFileSync(new URL(name, folder), 'utf8')
        .split('\n')
        .flatMap((line, index) => caseOf(line, name.slice(0, -'.txt'.length), index + 1)),
    );
}

function caseOf(line: string, topic: string, number: number): readonly TruthCase[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const isMissing = line.startsWith('~ ');
  const [, text, expected] = /^(.*) => (.*)$/.exec(isMissing ? line.slice(2) : line) ?? [];
  if (text === undefined || expected === undefined) {
    throw new Error(`${topic}.txt:${number} is not of the form EXPRESSION => VALUE`);
  }
  const sql = /^(?:SELECT|WITH|SHOW|DESCRIBE|EXPLAIN)\b/i.test(text) ? text : `SELECT ${text}`;
  return [{ topic, line: number, text, sql, expected: expected.trim(), isMissing }];
}
