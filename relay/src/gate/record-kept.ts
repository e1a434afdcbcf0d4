import { SluiceError } from '../errors.ts';
import type { KeptChunk, OpenedChunk } from '../warehouse/index.ts';
import { confirmRequester } from './confirm-requester.ts';
import type { RowKeeper } from './keep-rows.ts';
import { rowsOf } from './limit-result.ts';
import type { Authorization, GateParts } from './parts.ts';
import { asSluiceError, failureEvent } from './record-failure.ts';
import type { SessionContext } from './session-context.ts';
import type { MaskedKeptChunk, StatementRequest } from './statement-request.ts';

type RecordingParts = Pick<GateParts, 'recorder' | 'usage' | 'now' | 'confirmIdentity'>;

/** Of what the warehouse keeps: what counts as returned as soon as the client is told of it. */
export function volumeOf(kept: readonly KeptChunk[]): { readonly rows: number; readonly bytes: number } {
  return { rows: rowsOf(kept), bytes: kept.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0) };
}

/**
 * Chunks that are passed on when their client asks for them: each is on the record, durably, before its first byte is
 * passed on, with the rows of it that the recording keeps. One that is opened again gives the very bytes that it gave
 * before, which are on the record already, or fails. What ends the result is on the record once for each kind.
 *
 * @param first the number of rows before them.
 */
export function recordKept(
  parts: RecordingParts,
  request: StatementRequest,
  context: SessionContext,
  { policy }: Pick<Authorization, 'policy'>,
  kept: readonly MaskedKeptChunk[],
  keeper: RowKeeper,
  first: () => number,
): readonly MaskedKeptChunk[] {
  const { session, queryId } = request;
  const told = volumeOf(kept);
  const passed = { bytes: 0 };
  const digests = new Map<number, string>();
  const failed = new Set<string>();
  let busy: Promise<void> = Promise.resolve();

  /** One after the other: they share what is kept of one result. */
  const inTurn = async (work: () => Promise<void>): Promise<void> => {
    const done = busy.then(work);
    busy = done.catch(() => {});
    await done;
  };

  const record = async (index: number, opened: OpenedChunk): Promise<void> => {
    const digest = await opened.digest();
    await inTurn(async () => {
      const before = digests.get(index);
      if (before === digest) return;
      if (before !== undefined) throw changed();
      const { rowCount } = kept[index]!;
      if (!keeper.isFull()) await keeper.add({ rowCount, bytes: await opened.bytes() });
      const { waiting, payloads, recordedRows } = keeper.taken();
      // What the client was told of has been counted; what masks made more of it, has not.
      const beyond =
        Math.max(told.bytes, passed.bytes + opened.byteLength) - Math.max(told.bytes, passed.bytes);
      await parts.recorder.transaction(async (tx) => {
        for (const payload of waiting) await tx.keep(payload);
        if (beyond > 0)
          await parts.usage.add(tx, session.identity.id, parts.now(), policy.timezone, {
            rows: 0,
            bytes: beyond,
          });
        await tx.record(session.id, {
          type: 'chunk_returned',
          statement: queryId,
          chunk: index,
          firstRow: first() + rowsOf(kept.slice(0, index)),
          rows: rowCount,
          bytes: opened.byteLength,
          payloads,
          recordedRows,
        });
      });
      context.returned.bytes += beyond;
      passed.bytes += opened.byteLength;
      digests.set(index, digest);
    });
  };

  const recordFailed = async (error: SluiceError): Promise<void> => {
    if (failed.has(error.code) || NOT_RECORDED.has(error.code)) return;
    failed.add(error.code);
    await parts.recorder.transaction((tx) => tx.record(session.id, failureEvent(request, error)));
  };

  return kept.map((chunk, index) => ({
    ...chunk,
    async open(signal) {
      try {
        confirmRequester(parts, session);
        const opened = await chunk.open(signal);
        signal.throwIfAborted();
        await record(index, opened);
        return opened;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        const error = asSluiceError(thrown);
        await recordFailed(error);
        throw error;
      }
    },
  }));
}

/** What may be tried again has not failed yet; and where the record itself is the trouble, there is nowhere to write. */
const NOT_RECORDED: ReadonlySet<string> = new Set(['warehouse_unavailable', 'record_unavailable']);

function changed(): SluiceError {
  return new SluiceError(
    'internal',
    'the warehouse gave other rows than before for the same part of the result',
    {
      advice: 'run the statement again',
    },
  );
}
