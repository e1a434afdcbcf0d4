import type { FastifyReply } from 'fastify';
import { isSettled, type Queries, type Query, type SpooledResult } from '../../queries/index.ts';
import type { ChunkSecrets } from './chunk-secret.ts';
import type { Listening } from './deps.ts';
import { fail, sendAgain } from './envelope.ts';
import { resultParameters } from './parameters.ts';
import { sendTransfer } from './present-transfer.ts';
import { presentResult } from './present-result.ts';
import { toRowType } from './row-type.ts';
import type { UploadPlaces } from './upload-places.ts';

/** What answers to statements are made with. */
export interface Answering {
  readonly secrets: ChunkSecrets;
  readonly uploads: UploadPlaces;
}

/** Holds the request until the statement is done, or tells the client to ask again (driver protocol, section 5). */
export async function respondWhenSettled(
  { queries, options, origin }: Listening,
  { secrets, uploads }: Answering,
  reply: FastifyReply,
  query: Query,
): Promise<FastifyReply> {
  const gone = new AbortController();
  const onClose = () => gone.abort();
  reply.raw.once('close', onClose);
  const status = await queries.wait(query, options.longPollMs, { signal: gone.signal });
  reply.raw.off('close', onClose);
  if (!isSettled(status)) return inProgress(queries, reply, query);
  if (status.phase === 'failed' && status.error.code === 'statement_elsewhere')
    return sendAgain(reply, status.error);
  if (status.phase === 'failed') return fail(reply, status.error, { queryId: query.queryId });
  const { transfer } = status.result;
  if (transfer !== undefined) {
    const result = { ...status.result, transfer };
    uploads.note(query, result);
    return sendTransfer(reply, query, result, origin());
  }
  return sendResult(reply, query, status.result, chunkFields(secrets, origin(), query, status.result));
}

/** The answer to `asyncExec` (driver protocol, section 5.3). */
export function accepted({ queries }: Listening, reply: FastifyReply, query: Query): FastifyReply {
  return inProgress(queries, reply, query);
}

/**
 * Of a statement that was sent with `asyncExec`, gosnowflake goes on polling for its own code alone, and takes the other for a result without
 * rows. `getResultUrl` is a bare path (driver protocol, rule 6).
 */
function inProgress(queries: Queries, reply: FastifyReply, query: Query): FastifyReply {
  const [code, message] = query.attended
    ? ['333333', 'Query execution in progress.']
    : ['333334', 'Asynchronous execution in progress.'];
  return reply.send({
    success: true,
    code,
    message,
    data: {
      queryId: query.queryId,
      getResultUrl: `/queries/${query.queryId}/result`,
      queryAbortsAfterSecs: Math.floor(queries.limits.detachedMs / 1000),
      progressDesc: null,
    },
  });
}

function sendResult(reply: FastifyReply, query: Query, result: SpooledResult, chunks: object): FastifyReply {
  const { columns, rows, statementTypeId, stats } = presentResult(query, result);
  // What the relay says itself, counts and the like, is JSON whatever the rows would be.
  const format = rows === result.first ? result.encoding : 'json';
  const total = result.chunks.reduce((sum, { rowCount }) => sum + rowCount, rows.rowCount);
  const head = JSON.stringify({
    parameters: resultParameters(result.parameters),
    rowtype: columns.map(toRowType),
    ...(result.computedOn === undefined ? {} : { sluice: { computedOn: result.computedOn } }),
    total,
    returned: total, // chunks included: a driver stops reading there
    queryId: query.queryId,
    sqlState: '00000',
    databaseProvider: null,
    finalDatabaseName: result.state.database,
    finalSchemaName: result.state.schema,
    finalWarehouseName: result.state.warehouse,
    finalRoleName: result.state.role,
    numberOfBinds: 0,
    arrayBindSupported: query.describeOnly && isDml(statementTypeId),
    statementTypeId,
    version: 1,
    sendResultTime: query.endedAt,
    queryResultFormat: format,
    queryContext: { entries: [] },
    ...(query.describeOnly ? { metaDataOfBinds: [] } : {}),
    ...(stats ? { stats } : {}),
    ...seriesFields(query),
    ...chunks,
  });
  // The rows are encoded already.
  const rowset =
    format === 'json'
      ? [Buffer.from('"rowset":['), rows.bytes, Buffer.from(']')]
      : [Buffer.from(`"rowsetBase64":"${Buffer.from(rows.bytes).toString('base64')}"`)];
  return reply
    .type('application/json; charset=utf-8')
    .send(
      Buffer.concat([
        Buffer.from(`{"data":${head.slice(0, -1)},`),
        ...rowset,
        Buffer.from('},"message":null,"code":null,"success":true}'),
      ]),
    );
}

/** Absent unless the request was a series (driver protocol, rule 8). */
function seriesFields({ parts }: Query): object {
  if (parts.length === 0) return {};
  const types = parts.map(({ status }) => (status.phase === 'succeeded' ? status.result.statementTypeId : 0));
  return { resultIds: parts.map(({ queryId }) => queryId).join(','), resultTypes: types.join(',') };
}

/** Links back to the relay (driver protocol, section 7): where it is configured to be, not where a client says. */
function chunkFields(secrets: ChunkSecrets, origin: string, query: Query, { chunks }: SpooledResult): object {
  if (chunks.length === 0) return {};
  const base = `${origin}/results/${query.queryId}/chunks`;
  return {
    chunks: chunks.map(({ rowCount, uncompressedSize, compressedSize }, index) => ({
      url: `${base}/${index}`,
      rowCount,
      uncompressedSize,
      compressedSize,
    })),
    chunkHeaders: secrets.headersFor(query),
  };
}

/** Driver protocol, section 10.3. */
function isDml(statementTypeId: number): boolean {
  return statementTypeId >= 0x3000 && statementTypeId < 0x3500;
}
