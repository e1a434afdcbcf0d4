import { SluiceError } from '../errors.ts';
import type { ResultLimits } from '../policy/index.ts';
import type { MaskedChunk } from './statement-request.ts';

/** Stops a result midway, with an error, once it returns more than the policy lets this statement return. */
export async function* limitResult(
  chunks: AsyncIterable<MaskedChunk>,
  limits: ResultLimits,
  onStopped: () => void,
): AsyncGenerator<MaskedChunk> {
  let rows = 0;
  let bytes = 0;
  for await (const chunk of chunks) {
    rows += chunk.rowCount;
    bytes += chunk.bytes.byteLength;
    if (rows > (limits.maxRows ?? Infinity) || bytes > (limits.maxBytes ?? Infinity)) {
      onStopped();
      throw exceeded(limits);
    }
    yield chunk;
  }
}

/** Stops a result before it returns more rows than people let through. */
export async function* stopAt(chunks: AsyncIterable<MaskedChunk>, most: number): AsyncGenerator<MaskedChunk> {
  let rows = 0;
  for await (const chunk of chunks) {
    rows += chunk.rowCount;
    if (rows > most) {
      const limit = most === 1 ? 'the 1 row' : `the ${most} rows`;
      throw new SluiceError('rows_exceeded', `the result is larger than ${limit} that it was approved for`, {
        advice: 'narrow the query, or send it again for a new approval',
      });
    }
    yield chunk;
  }
}

function exceeded({ rule = 'limit', maxRows, maxBytes }: ResultLimits): SluiceError {
  const most = [
    ...(maxRows === undefined ? [] : [`${maxRows} ${maxRows === 1 ? 'row' : 'rows'}`]),
    ...(maxBytes === undefined ? [] : [`${maxBytes} bytes, as sent and before compression`]),
  ].join(' or ');
  return new SluiceError('blocked', `the result is larger than the limit \`${rule}\` allows now: ${most}`, {
    advice: 'narrow the query or aggregate',
    rule,
  });
}
