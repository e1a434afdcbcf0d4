import { SluiceError } from '../errors.ts';
import type { ResultLimits } from '../policy/index.ts';
import type { KeptChunk } from '../warehouse/index.ts';
import type { MaskedChunk, MaskedKeptChunk } from './statement-request.ts';

/** A result's rows: those that pass now, and those behind them that are opened when they are asked for. */
export interface ResultRows {
  readonly chunks: AsyncIterable<MaskedChunk>;
  readonly kept: readonly MaskedKeptChunk[];
}

/**
 * Stops a result, with an error, once it returns more than the policy lets this statement return. Of rows that the
 * warehouse keeps the number is known beforehand: a result that has too many of them is stopped at its first row. Bytes
 * are those of the chunks that are opened, each counted once; after one too many none is opened any more.
 */
export function limitResult(
  { chunks, kept }: ResultRows,
  limits: ResultLimits,
  onStopped: () => void,
): ResultRows {
  let bytes = 0;
  let stopped: SluiceError | null = null;
  const stop = () => {
    onStopped();
    return (stopped = exceeded(limits));
  };

  async function* passing(): AsyncGenerator<MaskedChunk> {
    let rows = rowsOf(kept);
    if (rows > (limits.maxRows ?? Infinity)) throw stop();
    for await (const chunk of chunks) {
      rows += chunk.rowCount;
      bytes += chunk.bytes.byteLength;
      if (rows > (limits.maxRows ?? Infinity) || bytes > (limits.maxBytes ?? Infinity)) throw stop();
      yield chunk;
    }
  }

  const limited = (chunk: MaskedKeptChunk): MaskedKeptChunk => {
    let isCounted = false;
    return {
      ...chunk,
      async open(signal) {
        if (stopped !== null) throw stopped;
        const opened = await chunk.open(signal);
        // Another chunk may have been one too many meanwhile.
        if (stopped !== null) throw stopped;
        if (isCounted) return opened;
        if (bytes + opened.byteLength > (limits.maxBytes ?? Infinity)) throw stop();
        bytes += opened.byteLength;
        isCounted = true;
        return opened;
      },
    };
  };

  return { chunks: passing(), kept: kept.map(limited) };
}

/** Stops a result before it returns more rows than people let through. */
export function stopAt({ chunks, kept }: ResultRows, most: number): ResultRows {
  async function* passing(): AsyncGenerator<MaskedChunk> {
    let rows = rowsOf(kept);
    if (rows > most) throw tooMany(most);
    for await (const chunk of chunks) {
      rows += chunk.rowCount;
      if (rows > most) throw tooMany(most);
      yield chunk;
    }
  }
  return { chunks: passing(), kept };
}

export function rowsOf(kept: readonly KeptChunk[]): number {
  return kept.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

function tooMany(most: number): SluiceError {
  const limit = most === 1 ? 'the 1 row' : `the ${most} rows`;
  return new SluiceError('rows_exceeded', `the result is larger than ${limit} that it was approved for`, {
    advice: 'narrow the query, or send it again for a new approval',
  });
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
