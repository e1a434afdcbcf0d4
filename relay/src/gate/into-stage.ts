import type { Understood } from '@sluice/snowflake-sql';
import { SluiceError } from '../errors.ts';
import type { ResultChunk, Unload, Unloading } from '../warehouse/index.ts';
import type { Authorization } from './parts.ts';
import { type MaskedResult, opened } from './mask-statement.ts';
import type { MaskedChunk, StatementOutcome } from './statement-request.ts';

/**
 * What is unloaded takes the whole path of a result: masked, limited, counted and on the record. Then it goes into files
 * of a stage, and its client is told of how much went there.
 */
export async function intoStage(
  { understanding }: Authorization,
  { unload, close }: Pick<MaskedResult, 'unload' | 'close'>,
  outcome: StatementOutcome,
): Promise<StatementOutcome> {
  if (unload === undefined) return outcome;
  const unloading = await begun(unload, understanding, outcome).catch((error: unknown) => {
    // Nobody reads the rows: the session must not wait for that.
    close?.();
    throw error;
  });
  try {
    for await (const chunk of outcome.chunks) await unloading.add(chunk);
  } catch (error) {
    unloading.abandon();
    throw error;
  }
  const answer = await unloading.finish();
  return { ...outcome, ...answer, chunks: openedEach(answer.chunks) };
}

async function begun(
  unload: Unload,
  { outputs }: Understood,
  { columns, encoding }: StatementOutcome,
): Promise<Unloading> {
  const sources = outputs.flatMap((output) => {
    if (output.unresolved !== undefined)
      throw new SluiceError('unsupported_by_warehouse', 'what is unloaded is of columns that are not known', {
        advice: 'name the columns, and leave out what is of unknown origin',
      });
    // A file may be read in other parts than it was written in: each part is of all of them.
    return output.sources
      .filter(({ how }) => how !== 'counted')
      .map((source) => (source.how === 'direct' ? { ...source, how: 'expression' as const } : source));
  });
  return await unload(columns, encoding, sources);
}

async function* openedEach(chunks: AsyncIterable<ResultChunk>): AsyncGenerator<MaskedChunk> {
  for await (const chunk of chunks) yield await opened(chunk);
}
