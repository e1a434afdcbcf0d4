import type { EventBody } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { RecordTransaction } from '../ports.ts';

/**
 * Whether a session is under legal hold: by the record itself, as whoever verifies it will see it, and by the index. The index
 * alone is not signed: whoever can write to the store could have the relay remove what is held.
 */
export async function isUnderHold(
  { events, index }: Pick<RecordTransaction, 'events' | 'index'>,
  session: SessionId,
): Promise<boolean> {
  const newest = (await events.ofTypes(session, ['hold'])).at(-1);
  const body = JSON.parse(newest?.body ?? 'null') as EventBody | null;
  return (body?.type === 'hold' && body.held) || (await index.isHeld(session));
}
