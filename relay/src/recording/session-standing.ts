import type { SessionId } from '../session/index.ts';
import type { ProvenEvents, ProvingReaders } from './log/proven-events.ts';

/** Whether a session was opened, and not closed, by its proven events. */
export async function isSessionOpen(
  store: ProvingReaders,
  { standingOf }: Pick<ProvenEvents, 'standingOf'>,
  session: SessionId,
): Promise<boolean> {
  let isOpen = false;
  for (const row of await store.events.ofTypes(session, ['opened', 'closed'])) {
    // Of a relay with a newer vault, perhaps, that this one has not got yet.
    if ((await standingOf(row, store)) === 'unproven') continue;
    if (row.type === 'closed') return false;
    isOpen = true;
  }
  return isOpen;
}
