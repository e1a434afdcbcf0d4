import type { ApprovalSummary, LiveClient, RelayClient } from '@sluice/contract';
import { inTurn } from '../in-turn.ts';
import { createPending, type Pending, type PendingNews } from './pending.ts';
import type { SeenFile } from './seen-file.ts';

/** What waits for one person at one relay, kept up to date. */
export interface Inbox {
  all(): readonly ApprovalSummary[];
  /** As a decision left it. */
  update(approval: ApprovalSummary): void;
  /** The relay is not heard any more, or may not have been for a while. */
  away(): void;
  /** The relay is heard: what it lists is read, and what was missed is told. */
  back(): void;
  close(): Promise<void>;
}

export interface InboxOptions {
  readonly person: { readonly id: string; readonly groups: readonly string[] };
  readonly client: Pick<RelayClient, 'approvals'>;
  readonly live: LiveClient;
  readonly seen: SeenFile;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onNews: (news: PendingNews) => void;
  readonly onChange: () => void;
}

export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { person, client, live, seen, after, onNews, onChange } = options;
  const pending: Pending = createPending({ person, seen: await seen.read(person.id) });
  const turn = inTurn();
  let isClosed = false;
  let isAsked = false;
  let stopTrying = () => {};
  let stopSaving: (() => void) | null = null;

  const save = async () => {
    stopSaving = null;
    await turn(async () => await seen.write(person.id, pending.seen())).catch(() => {});
  };
  const changed = (news: readonly PendingNews[]) => {
    // Not for each of many: what is lost if the app is killed is what it is told again.
    stopSaving ??= after(SAVE_MS, () => void save());
    for (const one of news) onNews(one);
    onChange();
  };

  const read = async () => {
    isAsked = false;
    const [waiting, ended] = await Promise.all([
      client.approvals.list({ query: { state: 'pending', limit: 500 } }),
      client.approvals.list({ query: { state: 'ended', limit: 200 } }),
    ]);
    if (!isClosed) changed(pending.returned(waiting.approvals, ended.approvals));
  };
  const back = () => {
    stopTrying();
    // One that waits for its turn reads it all.
    if (isAsked || isClosed) return;
    isAsked = true;
    turn(read).catch(() => {
      if (!isClosed) stopTrying = after(AGAIN_MS, back);
    });
  };

  const subscription = live.subscribe({ name: 'approvals' }, (update) => {
    if (update.type === 'resync') back();
    else if (update.type === 'approval') changed(pending.update(update.approval));
  });

  return {
    all: pending.all,
    update: (approval) => changed(pending.update(approval)),
    away: pending.away,
    back,
    async close() {
      isClosed = true;
      stopTrying();
      subscription.end();
      stopSaving?.();
      await save();
    },
  };
}

const SAVE_MS = 2_000;
const AGAIN_MS = 5_000;
