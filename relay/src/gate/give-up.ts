import { isSluiceError, type SluiceError } from '../errors.ts';
import type { KeptChunk, ResultChunk } from '../warehouse/index.ts';

/** How long a warehouse may take to answer an abort before the gate goes on without it. */
const PATIENCE_MS = 5_000;

/**
 * What a warehouse answers, unless it is aborted and does not answer even that: a statement always comes to an
 * end. What ended it is what it was aborted for, in whatever words the warehouse puts that.
 */
export async function orGiveUp<T>(work: Promise<T>, signal: AbortSignal, patience = PATIENCE_MS): Promise<T> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | null = null;
  const onAbort = () => {
    timer = setTimeout(() => reject(signal.reason), patience);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, given]);
  } catch (error) {
    throw causeOf(error, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (timer !== null) clearTimeout(timer);
  }
}

/** The same for each chunk of a result, and for what is in it. */
export async function* chunksOrGiveUp(
  chunks: AsyncIterable<ResultChunk>,
  signal: AbortSignal,
): AsyncGenerator<ResultChunk> {
  const iterator = chunks[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await orGiveUp(iterator.next(), signal);
      ended = done === true;
      if (ended) return;
      const { rowCount, open } = value as ResultChunk;
      yield { rowCount, open: () => orGiveUp(open(), signal) };
    }
  } finally {
    // Of a warehouse that hangs, this would hang too.
    if (!ended) void iterator.return?.().catch(() => {});
  }
}

/** The same for each chunk that the warehouse keeps, of whoever asks for it. */
export function keptOrGiveUp(kept: readonly KeptChunk[]): readonly KeptChunk[] {
  return kept.map((chunk) => ({ ...chunk, open: (signal) => orGiveUp(chunk.open(signal), signal) }));
}

function causeOf(error: unknown, { aborted, reason }: AbortSignal): unknown {
  const wasStopped =
    (error instanceof Error && error.name === 'AbortError') ||
    (isSluiceError(error) && error.code === 'statement_cancelled');
  return aborted && wasStopped && isSluiceError(reason) ? (reason satisfies SluiceError) : error;
}
