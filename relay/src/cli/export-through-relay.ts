import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RelayClient } from '@sluice/contract';
import { wholeId } from './short-ids.ts';

/** `sluice export SESSION --as PERSON`: the running relay examines the record, signs it, and attests the end of the session. */
export async function exportThroughRelay(
  relay: Pick<RelayClient, 'sessions'>,
  session: string,
  output: Writable,
): Promise<void> {
  const known = async () => {
    const { sessions } = await relay.sessions.list({ query: { limit: MOST_LISTED } });
    return sessions.map((listed) => listed.session);
  };
  const id = await wholeId(session, known, { what: 'newest sessions', list: 'sluice sessions list' });
  await pipeline(await relay.sessions.export({ params: { id } }), output);
}

/** Of older ones, the whole id. */
const MOST_LISTED = 200;
