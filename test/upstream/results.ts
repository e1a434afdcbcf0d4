import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ResultAnswer } from './answers.ts';
import { arrowRows } from './arrow-rows.ts';
import { rowtypeOf } from './columns.ts';
import { isArrowFor, parameterList } from './parameters.ts';
import type { SessionView } from './sessions.ts';
import type { LinkKeys, Packing, Storage } from './storage.ts';

export interface ResultSettings {
  readonly storage: Storage;
  readonly storageUrl: string;
  readonly keys: LinkKeys;
  readonly packing: Packing;
  readonly linkSeconds: number;
  readonly now: () => number;
}

export interface Finished {
  readonly queryId: string;
  readonly session: SessionView;
  readonly answer: ResultAnswer;
  readonly describeOnly: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly numberOfBinds: number;
}

/** The `data` of a result, with links made for this answer alone (driver protocol, sections 4.4, 7 and 8). */
export async function resultData(
  finished: Finished,
  settings: ResultSettings,
): Promise<Record<string, unknown>> {
  const { answer, describeOnly, session, parameters, queryId, numberOfBinds } = finished;
  const { columns, rows } = answer;
  const encoding =
    answer.encoding ?? (isArrowFor(session.client, session.parameters, parameters) ? 'arrow' : 'json');
  const total = describeOnly ? 0 : rows.total;
  const firstCount = Math.min(total, answer.portions?.first ?? total);
  const first = rows.rows(0, firstCount);
  const linked = total > firstCount ? await chunks(finished, encoding, firstCount, settings) : {};
  return {
    parameters: parameterList(session.parameters),
    rowtype: columns.map(rowtypeOf),
    ...(encoding === 'json'
      ? { rowset: first }
      : { rowsetBase64: firstCount === 0 ? '' : arrowRows(columns, first).toString('base64') }),
    total,
    returned: total,
    queryId,
    ...stateOf(session),
    numberOfBinds,
    arrayBindSupported: describeOnly,
    ...(describeOnly ? { metaDataOfBinds: [] } : {}),
    databaseProvider: null,
    statementTypeId: answer.statementTypeId,
    version: 1,
    sendResultTime: settings.now(),
    queryResultFormat: encoding,
    queryContext: {
      entries: [{ id: 0, timestamp: settings.now() * 1_000, priority: 0, context: 'CPjLNg==' }],
    },
    ...(answer.stats === undefined ? {} : { stats: answer.stats }),
    ...linked,
  };
}

export function stateOf({ database, schema, warehouse, role }: SessionView) {
  return {
    finalDatabaseName: database,
    finalSchemaName: schema,
    finalWarehouseName: warehouse,
    finalRoleName: role,
    sqlState: '00000',
  };
}

async function chunks(
  { answer, queryId }: Finished,
  encoding: 'json' | 'arrow',
  firstCount: number,
  { storage, storageUrl, keys, packing, linkSeconds, now }: ResultSettings,
) {
  const { columns, rows, portions } = answer;
  const key = randomBytes(32).toString('base64');
  const sse = {
    'x-amz-server-side-encryption-customer-key': key,
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  };
  const listed = [];
  for (let start = firstCount, index = 0; start < rows.total; start += portions!.chunk, index += 1) {
    const made = await rows.chunk(columns, encoding, start, portions!.chunk);
    const unpacked = packing === 'none' ? { ...made, bytes: gunzipSync(made.bytes) } : null;
    const from = start;
    const path = storage.add({
      queryId,
      index,
      load: async () => unpacked ?? (await rows.chunk(columns, encoding, from, portions!.chunk)),
      headers: keys === 'none' ? {} : sse,
      packing,
      expiresAt: now() + linkSeconds * 1_000,
    });
    listed.push({
      url: storageUrl + path,
      rowCount: made.rowCount,
      uncompressedSize: made.uncompressedSize,
      compressedSize: (unpacked ?? made).bytes.length,
    });
  }
  return {
    chunks: listed,
    qrmk: keys === 'qrmk' ? key : null,
    ...(keys === 'headers' ? { chunkHeaders: sse } : {}),
  };
}
