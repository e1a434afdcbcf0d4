import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { type Cell, parseRows } from '../../../../encoding/index.ts';
import type { CountedRows, ResultColumn, ResultEncoding, RowCounts } from '../../../result.ts';
import type { SessionParameters, SessionState } from '../../../session-state.ts';
import { unreadable } from '../failures/unavailable.ts';
import { UnknownType, unsupportedAnswer } from '../failures/unsupported.ts';
import { columnOf, rowtypeEntry } from './columns.ts';
import { parameterList, readAs } from './envelope.ts';
import type { SplitAnswer } from './split-answer.ts';

/** What an answer says of the statement and the session. */
export interface SessionPart {
  readonly queryId: string;
  readonly statementTypeId: number;
  readonly parameters: SessionParameters;
  /** What it says of the session; what it does not say is not there. */
  readonly state: Partial<SessionState>;
  readonly queryContext: unknown;
}

/** What a statement was answered with (driver protocol, section 4.4), checked. */
export interface ResultData extends SessionPart {
  readonly columns: readonly ResultColumn[];
  readonly encoding: ResultEncoding;
  readonly total: number;
  /** The rows that came with it, in the encoding; null for none. */
  readonly first: { readonly rowCount: number; readonly bytes: Uint8Array } | null;
  readonly links: ResultLinks;
  readonly changed: RowCounts | null;
}

export interface ResultLinks {
  readonly parts: readonly ResultLink[];
  /** Sent with each request for a part. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ResultLink {
  readonly url: string;
  readonly rowCount: number;
  readonly uncompressedSize: number;
  readonly compressedSize: number | null;
}

/** Parts that a result may have: of a few MB each, as Snowflake makes them, that is terabytes. */
const MOST_PARTS = 200_000;

export const queryIdText = z.string().regex(/^[0-9a-zA-Z-]{1,64}$/);
const count = z.int().min(0);
const name = z.string().nullish();

const link = z.object({
  url: z.string().max(16_384),
  rowCount: count,
  uncompressedSize: count,
  compressedSize: count.nullish(),
});

const sessionData = z.object({
  queryId: queryIdText,
  statementTypeId: count.nullish(),
  parameters: parameterList,
  finalDatabaseName: name,
  finalSchemaName: name,
  finalWarehouseName: name,
  finalRoleName: name,
  queryContext: z.unknown().optional(),
});

const resultData = sessionData.extend({
  queryResultFormat: z.enum(['json', 'arrow']).nullish(),
  rowtype: z.array(rowtypeEntry),
  // Its rows have been taken out.
  rowset: z.array(z.never()).nullish(),
  rowsetBase64: z.base64().nullish(),
  total: count.nullish(),
  chunks: z.array(link).max(MOST_PARTS).nullish(),
  chunkHeaders: z.record(z.string(), z.string()).nullish(),
  qrmk: z.string().nullish(),
});

/** Answers of PUT and GET have these, and no rows: addresses and credentials of storage. */
const OF_STAGES = ['stageInfo', 'encryptionMaterial', 'presignedUrls', 'src_locations', 'command'];

/** Whether it is what PUT and GET are answered with. */
export function isOfStage(data: unknown): data is object {
  return typeof data === 'object' && data !== null && OF_STAGES.some((each) => Object.hasOwn(data, each));
}

/** The same of an answer that is no result. @throws SluiceError `warehouse_unavailable` */
export function readSessionData(data: unknown): SessionPart {
  return sessionIn(readAs(sessionData, data));
}

function sessionIn(read: z.output<typeof sessionData>): SessionPart {
  return {
    queryId: read.queryId,
    statementTypeId: read.statementTypeId ?? 0,
    state: stateIn(read),
    parameters: read.parameters,
    queryContext: read.queryContext,
  };
}

/**
 * @throws SluiceError `warehouse_unavailable` when it is not what the protocol says, or does not add up;
 * `unsupported_by_warehouse` for an answer about a stage, of which nothing is kept. UnknownType.
 */
export async function readResultData(data: unknown, rows: SplitAnswer['rows']): Promise<ResultData> {
  if (isOfStage(data)) {
    throw unsupportedAnswer('moves files to or from a stage, which the relay does not pass on');
  }
  const read = readAs(resultData, data);
  const columns = read.rowtype.map((entry) => {
    const column = columnOf(entry);
    if (column === null) throw new UnknownType();
    return column;
  });
  const encoding = read.queryResultFormat ?? 'json';
  const links = linksIn(read);
  const first =
    encoding === 'json' ? firstInJson(rows, columns) : await firstInArrow(read.rowsetBase64, columns);
  const total = links.parts.reduce((sum, { rowCount }) => sum + rowCount, first?.rowCount ?? 0);
  // Rows that are announced and not there would be missed by nobody.
  if (read.total != null && read.total !== total) throw unreadable();
  return {
    ...sessionIn(read),
    columns,
    encoding,
    total,
    first,
    links,
    changed: changedIn(read.statementTypeId ?? 0, columns, encoding === 'json' ? first : null),
  };
}

function linksIn({ chunks, chunkHeaders, qrmk }: z.output<typeof resultData>): ResultLinks {
  const parts = (chunks ?? []).map(({ compressedSize, ...each }) => ({
    ...each,
    compressedSize: compressedSize ?? null,
  }));
  if (chunkHeaders != null) return { parts, headers: chunkHeaders };
  if (qrmk == null) return { parts, headers: {} };
  // Driver protocol, section 7.
  const prefix = 'x-amz-server-side-encryption-customer';
  return { parts, headers: { [`${prefix}-algorithm`]: 'AES256', [`${prefix}-key`]: qrmk } };
}

function firstInJson(rows: SplitAnswer['rows'], columns: readonly ResultColumn[]): ResultData['first'] {
  if (rows === null) return null;
  const scanned = rows(columns.length);
  if (scanned === null || !isUtf8(scanned.bytes)) throw unreadable();
  const { bytes, rowCount } = scanned;
  return rowCount === 0 ? null : { bytes, rowCount };
}

async function firstInArrow(
  text: string | null | undefined,
  columns: readonly ResultColumn[],
): Promise<ResultData['first']> {
  if (text == null || text === '') return null;
  const bytes = Buffer.from(text, 'base64');
  // Loaded on demand: the module is large, and most relays never need it.
  const { countArrowRows } = await import('./arrow-rows.ts');
  const rowCount = countArrowRows(bytes, columns);
  if (rowCount === null) throw unreadable();
  return rowCount === 0 ? null : { bytes, rowCount };
}

function stateIn(read: z.output<typeof sessionData>): Partial<SessionState> {
  const { finalDatabaseName, finalSchemaName, finalWarehouseName, finalRoleName } = read;
  return {
    ...(finalDatabaseName === undefined ? {} : { database: finalDatabaseName }),
    ...(finalSchemaName === undefined ? {} : { schema: finalSchemaName }),
    ...(finalWarehouseName === undefined ? {} : { warehouse: finalWarehouseName }),
    ...(finalRoleName === undefined ? {} : { role: finalRoleName }),
  };
}

const COUNTS = {
  'number of rows inserted': 'inserted',
  'number of rows updated': 'updated',
  'number of rows deleted': 'deleted',
  rows_loaded: 'inserted',
} as const satisfies Record<string, CountedRows>;

/** What DML answers says by its columns' names what it changed (driver protocol, section 4.5). */
function changedIn(
  statementTypeId: number,
  columns: readonly ResultColumn[],
  first: ResultData['first'],
): RowCounts | null {
  const isDml = statementTypeId >= 0x3000 && statementTypeId < 0x4000;
  if (!isDml || first === null) return null;
  const rows = decoded(first.bytes);
  const counts = { inserted: 0, updated: 0, deleted: 0, multiJoined: 0 };
  const does = new Set<CountedRows>();
  columns.forEach(({ name }, index) => {
    // Of an INSERT into several tables, each has a column of its own.
    const told = name.toLowerCase().replace(/^(number of rows inserted) into .*$/s, '$1');
    const counted = COUNTS[told as keyof typeof COUNTS];
    const sum = rows.reduce((all, row) => all + Number(row[index] ?? 0), 0);
    if (told === 'number of multi-joined rows updated') counts.multiJoined += sum;
    if (counted === undefined) return;
    does.add(counted);
    counts[counted] += sum;
  });
  return does.size === 0 ? null : { ...counts, does: [...does] };
}

function decoded(bytes: Uint8Array): Cell[][] {
  try {
    return parseRows(bytes);
  } catch {
    throw unreadable();
  }
}
