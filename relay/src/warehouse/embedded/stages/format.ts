import type { FormatOptions, FormatValue } from '@sluice/snowflake-sql';
import { unsupported } from '../errors.ts';

/** How a file is read or written. */
export type FileFormat = CsvFormat | JsonFormat | ParquetFormat;

export interface CsvFormat {
  readonly type: 'CSV';
  readonly delimiter: string;
  readonly skip: number;
  /** What fields may be enclosed by; empty for nothing. */
  readonly quote: string;
  /** Texts that stand for NULL; the first is written for it. */
  readonly nullIf: readonly string[];
  readonly emptyIsNull: boolean;
  readonly trims: boolean;
  /** Whether a line with another number of fields is an error. */
  readonly countsFields: boolean;
  readonly packed: boolean;
}

export interface JsonFormat {
  readonly type: 'JSON';
  readonly stripsOuterArray: boolean;
  readonly packed: boolean;
}

export interface ParquetFormat {
  readonly type: 'PARQUET';
  readonly binaryIsText: boolean;
}

/** Reads the options of a format. What would be read otherwise than it asks for is refused by name. */
export function readFormat(options: FormatOptions): FileFormat {
  const type = String(options['TYPE'] ?? 'CSV').toUpperCase();
  const read = reader(options, type);
  read.ignore(
    'TYPE',
    'PARSE_HEADER' in options && options['PARSE_HEADER'] === false ? 'PARSE_HEADER' : 'TYPE',
  );
  switch (type) {
    case 'CSV': {
      const format: CsvFormat = {
        type,
        packed: read.packed(),
        delimiter: read.text('FIELD_DELIMITER', ',') ?? NO_DELIMITER,
        skip: read.number('SKIP_HEADER', 0),
        quote: read.text('FIELD_OPTIONALLY_ENCLOSED_BY', null) ?? '',
        nullIf: read.texts('NULL_IF', ['\\N']),
        emptyIsNull: read.flag('EMPTY_FIELD_AS_NULL', true),
        trims: read.flag('TRIM_SPACE', false),
        countsFields: read.flag('ERROR_ON_COLUMN_COUNT_MISMATCH', true),
      };
      if (!['', '"', "'"].includes(format.quote)) throw unsupported('this FIELD_OPTIONALLY_ENCLOSED_BY');
      if (format.delimiter.length === 0 || format.delimiter.length > 4)
        throw unsupported('this FIELD_DELIMITER');
      read.only('RECORD_DELIMITER', ['\n', '\\n', 'AUTO', '\r\n']);
      read.only('ESCAPE', ['NONE']);
      read.only('ESCAPE_UNENCLOSED_FIELD', ['NONE', '\\', '\\\\', '\\N']);
      read.only('ENCODING', ['UTF8', 'UTF-8', 'AUTO']);
      read.only('MULTI_LINE', ['TRUE']);
      read.only('BINARY_FORMAT', ['HEX']);
      read.only('FILE_EXTENSION', []);
      read.times();
      read.ignore('SKIP_BLANK_LINES', 'VALIDATE_UTF8', 'SKIP_BYTE_ORDER_MARK');
      read.done();
      return format;
    }
    case 'JSON': {
      const format: JsonFormat = {
        type,
        packed: read.packed(),
        stripsOuterArray: read.flag('STRIP_OUTER_ARRAY', false),
      };
      read.only('STRIP_NULL_VALUES', ['FALSE']);
      read.only('ENABLE_OCTAL', ['FALSE']);
      read.only('ALLOW_DUPLICATE', ['FALSE']);
      read.only('TRIM_SPACE', ['FALSE']);
      read.only('NULL_IF', []);
      read.only('MULTI_LINE', ['TRUE']);
      read.only('BINARY_FORMAT', ['HEX']);
      read.times();
      read.ignore('SKIP_BYTE_ORDER_MARK', 'IGNORE_UTF8_ERRORS');
      read.done();
      return format;
    }
    case 'PARQUET': {
      const format: ParquetFormat = { type, binaryIsText: read.flag('BINARY_AS_TEXT', true) };
      read.only('TRIM_SPACE', ['FALSE']);
      read.only('NULL_IF', []);
      // How the file is packed stands in the file itself; types are as its logical types say.
      read.ignore('COMPRESSION', 'SNAPPY_COMPRESSION', 'USE_VECTORIZED_SCANNER', 'USE_LOGICAL_TYPE');
      read.done();
      return format;
    }
    default:
      throw unsupported(`files of the type ${type}`);
  }
}

/** What no text has in it: a line is one field. */
const NO_DELIMITER = '\u0001';

function reader(options: FormatOptions, type: string) {
  const left = new Set(Object.keys(options));
  const taken = (name: string): FormatValue | undefined => {
    left.delete(name);
    return options[name];
  };
  const wrong = (name: string) => unsupported(`this ${name} of ${type} files`);
  const upper = (value: FormatValue) => String(value).toUpperCase();
  const read = {
    text(name: string, other: string | null): string | null {
      const value = taken(name);
      if (value === undefined || value === null) return other;
      if (typeof value !== 'string') throw wrong(name);
      return value.toUpperCase() === 'NONE' ? null : unescaped(value);
    },
    number(name: string, other: number): number {
      const value = taken(name) ?? other;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw wrong(name);
      return value;
    },
    texts(name: string, other: readonly string[]): readonly string[] {
      const value = taken(name);
      if (value === undefined || value === null) return other;
      const all = typeof value === 'string' ? [value] : value;
      if (!Array.isArray(all)) throw wrong(name);
      return (all as readonly string[]).map(String);
    },
    flag(name: string, other: boolean): boolean {
      const value = taken(name) ?? other;
      if (['TRUE', 'FALSE'].includes(upper(value))) return upper(value) === 'TRUE';
      throw wrong(name);
    },
    only(name: string, allowed: readonly string[]): void {
      const value = taken(name);
      if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
      if (!allowed.includes(upper(value)) && !allowed.includes(String(value))) throw wrong(name);
    },
    /** Files are unpacked by what they begin with; written ones are packed unless it says otherwise. */
    packed(): boolean {
      const how = upper(taken('COMPRESSION') ?? 'AUTO');
      if (['AUTO', 'GZIP'].includes(how)) return true;
      if (['NONE', 'ZSTD'].includes(how)) return false;
      throw wrong('COMPRESSION');
    },
    times(): void {
      for (const name of ['DATE_FORMAT', 'TIME_FORMAT', 'TIMESTAMP_FORMAT']) read.only(name, ['AUTO']);
    },
    ignore(...names: readonly string[]): void {
      for (const name of names) left.delete(name);
    },
    done(): void {
      const [other] = left;
      if (other !== undefined) throw unsupported(`the option ${other} of ${type} files`);
    },
  };
  return read;
}

/** `'\t'` and `'0x7c'`, as Snowflake takes delimiters. */
function unescaped(text: string): string {
  const hex = /^(?:0x|\\x)([0-9a-f]{2})$/i.exec(text)?.[1];
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  return text.replaceAll('\\t', '\t').replaceAll('\\n', '\n').replaceAll('\\\\', '\\');
}
