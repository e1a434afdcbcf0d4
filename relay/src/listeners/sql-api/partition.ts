import { pipeline as piped, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import type { Chunk } from '../../queries/index.ts';
import { type CellForm, cellsOf } from './cells.ts';

/** A partition beyond the first, `{"data":[...]}`, as it is read. Rejects as `Chunk.open` does. */
export async function openPartition(
  chunk: Chunk,
  form: CellForm,
  { gzip, gone }: { readonly gzip: boolean; readonly gone: AbortSignal },
): Promise<Readable> {
  const { stream } = await chunk.open(gone);
  if (gone.aborted) stream.destroy();
  // A chunk is some megabytes: rows can be told apart once it is there.
  const rows = await pipeline(
    stream,
    createGunzip(),
    async (unpacked: AsyncIterable<Buffer>) => await buffer(unpacked),
  );
  const text = Readable.from(textOf(rows, form), { objectMode: false });
  if (!gzip) return text;
  // A failure destroys both, and the client finds its answer cut off.
  return piped(text, createGzip({ level: constants.Z_BEST_SPEED }), () => {});
}

async function* textOf(rows: Uint8Array, form: CellForm): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"data":[');
  let isFirst = true;
  for (const portion of cellsOf(rows, form)) {
    if (!isFirst) yield Buffer.from(',');
    isFirst = false;
    yield portion;
    await nextTurn();
  }
  yield Buffer.from(']}');
}
