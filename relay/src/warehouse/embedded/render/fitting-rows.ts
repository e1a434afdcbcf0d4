import type { Bound, BoundLoad, BoundQuery, BoundStaged } from '@sluice/snowflake-sql/execution';
import { LONGEST_BINARY, LONGEST_TEXT, type SnowflakeType, typeOfName } from '../types/snowflake-type.ts';
import { storedAs } from './data-types.ts';
import { fitted } from './fit.ts';
import { checkWritable } from './names.ts';
import { quoteName } from './quote.ts';
import { checkLength, createRendering } from './rendering.ts';
import type { RenderOptions } from './render.ts';
import { renderNumbered } from './staged.ts';

/** Why a value does not fit into its column. */
export const MISFITS = ['unread', 'long', 'null'] as const;

/** A load that leaves out rows that do not fit. */
export interface FittingRows {
  readonly insert: string;
  /**
   * Asks, of one file, for its rows, those that do not fit, the number of the first of these, and what is first wrong with
   * it: the place of the column times the number of `MISFITS`, and that of the misfit among these. Lines of CSV that are no
   * rows are noted.
   */
  readonly check: string;
  /** Snowflake's number of what is wrong, by the same number. */
  readonly codes: readonly string[];
}

/** Each value is tried by itself: what fails is NULL instead of what it would be in. */
export function renderFittingRows(
  bound: Bound,
  { target, columns, source }: BoundLoad & { readonly source: BoundQuery },
  staged: BoundStaged,
  { floor, answers }: RenderOptions,
): FittingRows {
  const rendering = createRendering(bound, floor, answers);
  checkWritable(target.object);
  const tried = columns.map((column, index) => {
    const at = target.columns.indexOf(column);
    const type = target.types[at] ?? '';
    const stored = typeOfName(type);
    const given = rendering.types.ofQuery(source, index);
    const value = fitted(rendering, `r.o${index}`, given, anyLength(stored, type));
    return {
      tried: `try(struct_pack(v := CAST(${value} AS ${storedAs(stored)}))) AS s${index}`,
      misfit: misfitOf(index, stored, target.required[at] ?? true),
    };
  });
  const misfit = `coalesce(${[...tried.map((one) => one.misfit), 'NULL'].join(', ')})`;
  const rows = (lines: 'skip' | 'note') =>
    `(SELECT r.n, ${tried.map((one) => one.tried).join(', ')} FROM ${renderNumbered(staged, lines)} AS r)`;
  const into = `INSERT INTO ${rendering.objectName(target.object)} (${columns.map(quoteName).join(', ')})`;
  return {
    codes: columns.flatMap((column) =>
      codesOf(typeOfName(target.types[target.columns.indexOf(column)] ?? '')),
    ),
    insert: checkLength(
      `${into} SELECT ${columns.map((_, index) => `s${index}.v`).join(', ')} FROM ${rows('skip')} WHERE ${misfit} IS NULL`,
    ),
    check: checkLength(
      `SELECT CAST(count(*) AS INTEGER), CAST(count(m) AS INTEGER), CAST(min(n) FILTER (m IS NOT NULL) AS INTEGER),
        CAST(min_by(m, n) FILTER (m IS NOT NULL) AS INTEGER) FROM (SELECT n, ${misfit} AS m FROM ${rows('note')})`,
    ),
  };
}

function misfitOf(index: number, type: SnowflakeType, isRequired: boolean): string {
  const [unread, long, isNull] = MISFITS.map((_, misfit) => index * MISFITS.length + misfit);
  const length = lengthOf(type, `s${index}.v`);
  return [
    `CASE WHEN s${index} IS NULL THEN ${unread}`,
    ...(length === null ? [] : [`WHEN ${length} THEN ${long}`]),
    ...(isRequired ? [`WHEN s${index}.v IS NULL THEN ${isNull}`] : []),
    'END',
  ].join(' ');
}

/** In the order of `MISFITS`. */
function codesOf({ kind }: SnowflakeType): readonly string[] {
  return [UNREAD[kind] ?? '100038', '100078', '100072'];
}

const UNREAD: Partial<Record<SnowflakeType['kind'], string>> = {
  boolean: '100037',
  date: '100040',
  time: '100108',
  timestamp_ntz: '100035',
  timestamp_ltz: '100035',
  timestamp_tz: '100035',
  binary: '100115',
};

function lengthOf(type: SnowflakeType, value: string): string | null {
  if (type.kind === 'text' && type.length < LONGEST_TEXT) return `length(${value}) > ${type.length}`;
  if (type.kind === 'binary' && type.length < LONGEST_BINARY)
    return `octet_length(${value}) > ${type.length}`;
  return null;
}

/** Its length is looked at afterwards. */
function anyLength({ kind }: SnowflakeType, name: string): string {
  return kind === 'text' ? 'VARCHAR' : kind === 'binary' ? 'BINARY' : name;
}
