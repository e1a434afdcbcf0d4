import { chunkOf, type ResultChunk } from '../../encoding/index.ts';
import type { StatementResult } from '../result.ts';
import { unreadable } from './client/failures/unavailable.ts';
import type { UpstreamAnswer } from './client/upstream.ts';
import type { Effect } from './plan.ts';
import type { SessionFiles } from './session-files.ts';

/** Driver protocol, section 10.3. */
const SCL = 16_384;

/** What Snowflake answered, as the gate takes it: rows in their own encoding, those behind links not fetched yet. */
export function resultOf(answer: UpstreamAnswer, effect: Effect): StatementResult {
  const { statementTypeId, changed, queryId } = answer;
  const upstream = { queryId };
  switch (effect.kind) {
    case 'change':
      if (changed === undefined) break;
      // How its counts look is the listener's protocol's affair.
      return { columns: [], encoding: 'json', chunks: each(null), statementTypeId, changed, upstream };
    case 'final':
      // COPY quotes values of the files that it reads.
      return {
        ...statusResult(statementTypeId),
        ...(changed === undefined ? {} : { changed }),
        upstream,
      };
    case 'query':
    case 'listing':
    case 'transfer':
    case 'ddl':
    case 'set':
    case 'unset':
    case 'use':
    case 'transaction':
    case 'parameters':
      break;
    default:
      return effect satisfies never;
  }
  const { columns, encoding, first, kept } = answer;
  return { columns, encoding, chunks: each(first), kept, statementTypeId, upstream };
}

/** PUT and GET: where the client sends its files to, or gets them from. Nothing of what the account gave for it is in it. */
export function transferResult(
  { statementTypeId, queryId, transfer }: UpstreamAnswer,
  files: SessionFiles,
  session: string,
): StatementResult {
  if (transfer === undefined) throw unreadable();
  return {
    columns: [],
    encoding: 'json',
    chunks: each(null),
    statementTypeId,
    transfer: files.pass(transfer, session),
    upstream: { queryId },
  };
}

/** Of what Snowflake is told nothing of, or whose answer is not passed on. */
export function statusResult(statementTypeId = SCL): StatementResult {
  return {
    columns: [
      { name: 'status', type: 'text', nullable: true, precision: null, scale: null, length: 16_777_216 },
    ],
    encoding: 'json',
    chunks: each(chunkOf([['Statement executed successfully.']])),
    statementTypeId,
  };
}

async function* each(chunk: ResultChunk | null): AsyncGenerator<ResultChunk> {
  if (chunk !== null && chunk.rowCount > 0) yield chunk;
}
