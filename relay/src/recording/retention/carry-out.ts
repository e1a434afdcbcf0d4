import type { EventBody } from '@sluice/contract';
import type { RecordTransaction } from '../ports.ts';
import type { Announced } from './ports.ts';
import { DAY_MS } from './rule.ts';

/**
 * Removes what a `redacted` event names, if a checkpoint covers that event and the session is not under legal hold. A hold
 * that was set since calls it off: the event stays on the record, and what it names stays too.
 *
 * @param covered how many events of the log a checkpoint covers.
 * @param now milliseconds since the epoch.
 * @returns false when no checkpoint covers the event yet.
 */
export async function carryOut(
  tx: RecordTransaction,
  announced: Announced,
  { covered, now }: { readonly covered: number; readonly now: number },
): Promise<boolean> {
  const { session, seq } = announced;
  const [event] = await tx.events.ofSession(session, { after: seq - 1, limit: 1 });
  if (event !== undefined && event.position >= covered) return false;
  const body = event?.seq === seq ? (JSON.parse(event.body ?? '{}') as EventBody) : null;
  if (body?.type === 'redacted' && !(await tx.index.isHeld(session))) {
    await tx.index.forget(await tx.events.redact(session, body.events));
    await tx.index.forgetPayloads(session, body.payloads);
    // One that was kept a moment ago may be of an event that follows.
    await tx.payloads.dropUnnamed(body.payloads, now - DAY_MS);
    if (body.events.length > 0) await tx.index.forgetSession(session);
  }
  await tx.retention.settle(announced);
  return true;
}
