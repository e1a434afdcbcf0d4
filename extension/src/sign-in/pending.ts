import type { ApprovalSummary, LiveClient, RelayClient } from '@sluice/contract';

/** How many requests of one's own wait for people. */
export interface Pending {
  count(): number;
  end(): void;
}

export interface PendingOptions {
  readonly live: Pick<LiveClient, 'subscribe'>;
  readonly client: { readonly approvals: Pick<RelayClient['approvals'], 'list'> };
  /** Identity id. */
  readonly person: string;
  readonly onChange: () => void;
}

/** Reads the list whenever the live channel says so, and follows what it tells in between. */
export function followPending({ live, client, person, onChange }: PendingOptions): Pending {
  const waiting = new Map<string, ApprovalSummary>();
  /** By request: what was told is newer than a list that was asked for before. */
  const revisions = new Map<string, number>();
  const take = (approval: ApprovalSummary) => {
    if (approval.requester.id !== person || (revisions.get(approval.id) ?? -1) > approval.revision) return;
    revisions.set(approval.id, approval.revision);
    if (approval.phase === 'asked') waiting.set(approval.id, approval);
    else waiting.delete(approval.id);
  };
  const read = async () => {
    const { approvals } = await client.approvals.list({ query: { state: 'pending', limit: 500 } });
    const listed = new Set(approvals.map(({ id }) => id));
    for (const id of waiting.keys()) if (!listed.has(id)) waiting.delete(id);
    for (const approval of approvals) take(approval);
    onChange();
  };
  const subscription = live.subscribe({ name: 'approvals' }, (update) => {
    if (update.type === 'approval') {
      take(update.approval);
      onChange();
    } else if (update.type === 'resync') {
      // The channel is lost with the relay, and comes back with another `resync`.
      read().catch(() => {});
    }
  });
  return { count: () => waiting.size, end: () => subscription.end() };
}
