import type { SqlApiCancelled, SqlApiStatus } from '@sluice/contract';
import { isSettled, type Query, type QueryStatus, type SpooledResult } from '../../queries/index.ts';
import { presentResult, toRowType } from '../snowflake/index.ts';
import { cellForm, cellsOf } from './cells.ts';
import { linksOf, statusUrlOf } from './links.ts';
import type { RequestForm } from './request-sessions.ts';

/** JSON, whatever made it. */
export function jsonResponse(
  status: number,
  body: object | ReadableStream | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const isRaw = body instanceof Uint8Array || body instanceof ReadableStream;
  return new Response(isRaw ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Of one that is not finished: who is asked about it, if people are. */
export function statusOf(query: Query, status: QueryStatus, isAsync: boolean): SqlApiStatus {
  const base = {
    code: isAsync ? '333334' : '333333',
    sqlState: '00000',
    statementHandle: query.queryId,
    createdOn: query.submittedAt,
    statementStatusUrl: statusUrlOf(query),
  };
  if (status.phase !== 'held') {
    const message = isAsync
      ? 'Asynchronous execution in progress. Use provided query id to perform query monitoring and management.'
      : 'Statement execution in progress. Use provided query id to check its status.';
    return { ...base, message };
  }
  const { approvalId, approvers, needed } = status.approval;
  const expiresAt = new Date(status.approval.expiresAt).toISOString();
  return {
    ...base,
    message:
      `The statement waits until ${needed} of ${approvers.join(', ')} agree, at the latest until ${expiresAt}. ` +
      'Ask for its status again; do not send it again.',
    sluice: { approval: { id: approvalId, expiresAt, approvers: [...approvers] } },
  };
}

/** The first partition of a result, and what there is to know of all of it. */
export function resultResponse(query: Query, result: SpooledResult, form: RequestForm): Response {
  const { columns, rows, stats } = presentResult(query, result);
  const { chunks, computedOn } = result;
  const partitions = [
    { rowCount: rows.rowCount, uncompressedSize: rows.bytes.byteLength },
    ...chunks.map(({ rowCount, uncompressedSize, compressedSize }) => ({
      rowCount,
      uncompressedSize,
      compressedSize,
    })),
  ];
  const head = JSON.stringify({
    code: '090001',
    sqlState: '00000',
    message: 'Statement executed successfully.',
    statementHandle: query.queryId,
    createdOn: query.submittedAt,
    statementStatusUrl: statusUrlOf(query),
    resultSetMetaData: {
      numRows: partitions.reduce((sum, { rowCount }) => sum + rowCount, 0),
      format: 'jsonv2',
      rowType: columns.map(toRowType),
      partitionInfo: partitions,
      nullable: form.nullable,
    },
    ...(stats === null ? {} : { stats }),
    ...(query.parts.length === 0 ? {} : { statementHandles: query.parts.map(({ queryId }) => queryId) }),
    ...(computedOn === undefined ? {} : { sluice: { computedOn } }),
  });
  // The rows are encoded already.
  const cells = [...cellsOf(rows.bytes, cellForm(columns, form))];
  const body = Buffer.concat([
    Buffer.from(`${head.slice(0, -1)},"data":[`),
    ...cells.flatMap((portion, index) => (index === 0 ? [portion] : [Buffer.from(','), portion])),
    Buffer.from(']}'),
  ]);
  return jsonResponse(200, body, { link: linksOf(query, 0, partitions.length) });
}

/** What became of a cancel: null when there was nothing left to cancel. */
export function cancelledOf(query: Query): SqlApiCancelled | null {
  const { status } = query;
  const isCancelled =
    !isSettled(status) ||
    (status.phase === 'failed' && ['statement_cancelled', 'approval_cancelled'].includes(status.error.code));
  if (!isCancelled) return null;
  return {
    code: '000604',
    sqlState: '57014',
    message: 'successfully canceled',
    statementHandle: query.queryId,
    statementStatusUrl: statusUrlOf(query),
  };
}
