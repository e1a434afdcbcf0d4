import { isRelayError, type RelayClient } from '@sluice/contract';
import type { ShownLog } from './follow-log.ts';

/** What a relay shows of its log, over its API. @param signal ends what is under way. */
export async function shownLog(
  { checkpoints }: Pick<RelayClient, 'checkpoints'>,
  signal: AbortSignal,
): Promise<ShownLog> {
  const newest = await orNull(checkpoints.newest({}, { signal }));
  return {
    note: newest?.note ?? null,
    keys: () => checkpoints.keys({}, { signal }),
    proof: logProof({ checkpoints }, signal),
    handovers: async () => (await checkpoints.handovers({}, { signal })).handovers,
  };
}

/** How a relay proves that its tree of `size` begins with its tree of `from`; hex. Null when it says that it has none of that size. */
export function logProof(
  { checkpoints }: Pick<RelayClient, 'checkpoints'>,
  signal: AbortSignal,
): ShownLog['proof'] {
  return async (from, size) => {
    const params = { size: String(size) };
    return (await orNull(checkpoints.proof({ params, query: { from } }, { signal })))?.proof ?? null;
  };
}

/** Null when the relay says that there is no such checkpoint. */
async function orNull<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked;
  } catch (error) {
    if (isRelayError(error) && error.code === 'checkpoint_unknown') return null;
    throw error;
  }
}
