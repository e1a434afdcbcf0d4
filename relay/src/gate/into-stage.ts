import { SluiceError } from '../errors.ts';
import type { ResultColumn, Unload } from '../warehouse/index.ts';
import type { Authorization } from './parts.ts';
import { type MaskedResult, opened } from './mask-statement.ts';
import type { MaskedChunk, StatementOutcome } from './statement-request.ts';

/**
 * What is unloaded takes the whole path of a result: masked, limited, counted and on the record. Then it goes into files
 * of a stage, and its client is told of how much went there.
 */
export async function intoStage(
  { understanding }: Authorization,
  { unload }: MaskedResult,
  outcome: StatementOutcome,
): Promise<StatementOutcome> {
  if (unload === undefined) return outcome;
  const sources = understanding.outputs.flatMap((output) => {
    if (output.unresolved !== undefined)
      throw new SluiceError('unsupported_by_warehouse', 'what is unloaded is of columns that are not known', {
        advice: 'name the columns, and leave out what is of unknown origin',
      });
    // A file may be read in other parts than it was written in: each part is of all of them.
    return output.sources
      .filter(({ how }) => how !== 'counted')
      .map((source) => (source.how === 'direct' ? { ...source, how: 'expression' as const } : source));
  });
  const { columns, encoding, chunks } = outcome;
  const answer = await unloaded(unload, columns, encoding, sources, chunks);
  return { ...outcome, ...answer, chunks: openedEach(answer.chunks) };
}

async function unloaded(
  unload: Unload,
  columns: readonly ResultColumn[],
  encoding: StatementOutcome['encoding'],
  sources: Parameters<Unload>[2],
  chunks: AsyncIterable<MaskedChunk>,
) {
  const unloading = await unload(columns, encoding, sources);
  try {
    for await (const chunk of chunks) await unloading.add(chunk);
  } catch (error) {
    unloading.abandon();
    throw error;
  }
  return await unloading.finish();
}

async function* openedEach(
  chunks: Awaited<ReturnType<typeof unloaded>>['chunks'],
): AsyncGenerator<MaskedChunk> {
  for await (const chunk of chunks) yield await opened(chunk);
}
