import { SluiceError } from '../errors.ts';
import type { Policy, TaggedColumn } from '../policy/index.ts';

/** A row of an export, by column name, upper-cased. */
export type ExportRow = Readonly<Record<string, string>>;

export interface ImportedTags {
  readonly tagged: readonly TaggedColumn[];
  /** Rows about columns whose tag the policy's `snowflake_tags` does not map. */
  readonly unmapped: number;
  /** Rows about whole tables, schemas and other things. */
  readonly notColumns: number;
}

/**
 * From rows of Snowflake's TAG_REFERENCES (the account usage view or the table function) to tags on columns,
 * by the policy's `snowflake_tags`. Snowflake's classification shows there as the system tags
 * SEMANTIC_CATEGORY and PRIVACY_CATEGORY. Throws `request_malformed` when a column that is needed is missing.
 */
export function importRows(rows: readonly ExportRow[], policy: Policy): ImportedTags {
  let unmapped = 0;
  let notColumns = 0;
  const tagged = rows.flatMap((row, index) => {
    const field = (name: string): string => {
      const value = row[name];
      if (value !== undefined) return value;
      throw new SluiceError('request_malformed', `row ${index + 1} has no \`${name}\``, {
        advice:
          'export OBJECT_DATABASE, OBJECT_SCHEMA, OBJECT_NAME, COLUMN_NAME, TAG_NAME and TAG_VALUE of TAG_REFERENCES',
      });
    };
    const column = field('COLUMN_NAME');
    if (column === '') {
      notColumns++;
      return [];
    }
    const tags = policy.importedTags(field('TAG_NAME'), field('TAG_VALUE'));
    if (tags.length === 0) unmapped++;
    const object = {
      database: field('OBJECT_DATABASE'),
      schema: field('OBJECT_SCHEMA'),
      name: field('OBJECT_NAME'),
    };
    return tags.map((tag) => ({ column: { object, column }, tag: { tag } }));
  });
  return { tagged, unmapped, notColumns };
}

/** Rows of a CSV text with a header line (RFC 4180), or of a JSON array of objects. Throws `request_malformed`. */
export function parseRows(text: string): readonly ExportRow[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed.startsWith('[')) return parseJsonRows(trimmed);
  const [header, ...lines] = parseCsv(trimmed);
  if (header === undefined) return [];
  return lines.map((cells, index) => {
    if (cells.length !== header.length) {
      throw new SluiceError(
        'request_malformed',
        `line ${index + 2} has ${cells.length} values where the header has ${header.length}`,
      );
    }
    return Object.fromEntries(header.map((name, column) => [name.trim().toUpperCase(), cells[column]!]));
  });
}

function parseJsonRows(text: string): readonly ExportRow[] {
  const rows = readJson(text);
  if (!Array.isArray(rows)) throw new SluiceError('request_malformed', 'expected a JSON array of rows');
  return rows.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null) {
      throw new SluiceError('request_malformed', `expected an object as row ${index + 1}`);
    }
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name.toUpperCase(),
        typeof value === 'string' ? value : '',
      ]),
    );
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SluiceError('request_malformed', 'expected a JSON array of rows', { cause });
  }
}

function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let row: string[] = [];
  while (cell.lastIndex < text.length || row.length > 0) {
    const match = cell.exec(text);
    if (match === null) throw new SluiceError('request_malformed', `line ${rows.length + 1} is no CSV`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
