import { openedChunk, toJson } from '../encoding/index.ts';
import type { ResultEncoding, StatementResult } from '../warehouse/index.ts';

/**
 * A result in JSON where that was asked for and the warehouse has answered in Arrow all the same, which not every client
 * reads. Before masks: they then find JSON.
 */
export function inEncodingAsked<Result extends StatementResult>(
  result: Result,
  asked: ResultEncoding,
): Result {
  if (asked === 'arrow' || result.encoding === 'json') return result;
  const { chunks, kept = [], columns } = result;
  return {
    ...result,
    encoding: 'json',
    chunks: (async function* () {
      for await (const { rowCount, open } of chunks)
        yield { rowCount, open: async () => await toJson('arrow', await open()) };
    })(),
    kept: kept.map((chunk) => ({
      ...chunk,
      // Rather more than it will be: one driver lays out as much memory as is listed.
      uncompressedSize: MOST_TIMES * chunk.uncompressedSize + MOST_OF_CELL * chunk.rowCount * columns.length,
      compressedSize: null,
      async open(signal: AbortSignal) {
        const opened = await chunk.open(signal);
        return openedChunk(await toJson('arrow', await opened.bytes()));
      },
    })),
  };
}

/** A byte of text or of a binary value is at most six characters in JSON; a number of any type, at most so many. */
const MOST_TIMES = 6;
const MOST_OF_CELL = 48;
