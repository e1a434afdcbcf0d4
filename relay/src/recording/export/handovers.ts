import type { SessionEvent } from '@sluice/contract';
import type { LogTree } from '../checkpoints/log-tree.ts';
import { eventOf } from '../log/event-log.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';

/** That a key of the log has handed over: its checkpoint over the event that names the next, as the last. */
export interface Handover {
  readonly event: SessionEvent;
  readonly position: number;
  /** The sibling hashes from the event's leaf up to the checkpoint's root, hex. */
  readonly proof: string[];
  readonly note: string;
}

/** The hand-overs of the signing key. @param named the log's `signing_key` events, by position. */
export async function* handoversOf(
  { checkpoints }: Pick<RecordReaders, 'checkpoints'>,
  tree: LogTree,
  named: readonly StoredEvent[],
): AsyncGenerator<Handover> {
  for (const stored of named) {
    const event = eventOf(stored);
    // Never redacted.
    if (!('body' in event) || event.body.type !== 'signing_key') continue;
    const signed = await checkpoints.handOver(stored.position + 1, event.body.key);
    if (signed === null) continue;
    const siblings = await tree.inclusionProof(stored.position, signed.size);
    const proof = siblings.map((hash) => hash.toString('hex'));
    yield { event, position: stored.position, proof, note: signed.note };
  }
}
