import type {
  ApprovalSummary,
  LiveClient,
  LiveSubscription,
  RelayClient,
  SessionSummary,
} from '@sluice/contract';
import { isRelayError } from '@sluice/contract';

/** What somebody has asked for and what was recorded of them, as it is now. */
export interface OwnSessions {
  /** Null until it has been read. */
  now(): Own | null;
  /** Why what is shown may be old; null while it is not. */
  problem(): string | null;
  onChange(listener: () => void): () => void;
  refresh(): Promise<void>;
  /** Reads older sessions. */
  more(): Promise<void>;
  /** Takes back what was asked of people. */
  withdraw(request: ApprovalSummary): Promise<void>;
  close(): void;
}

export interface Own {
  /** Of the person alone, also where they may see those of others; what ends first comes first. */
  readonly waiting: readonly ApprovalSummary[];
  /** Newest first. */
  readonly sessions: readonly SessionSummary[];
  readonly hasMore: boolean;
}

export interface OwnSessionsPorts {
  /** The person's identity id. */
  readonly person: string;
  readonly client: Pick<RelayClient, 'approvals' | 'sessions' | 'statements' | 'access'>;
  readonly live: Pick<LiveClient, 'subscribe'>;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** Sessions in a page. */
const PAGE = 25;
/** Statements come in bursts: the list is read once for all of a burst. Milliseconds. */
const SETTLED_MS = 700;

export function createOwnSessions({ person, client, live, after }: OwnSessionsPorts): OwnSessions {
  const listeners = new Set<() => void>();
  const waiting = new Map<string, ApprovalSummary>();
  let sessions: readonly SessionSummary[] = [];
  let next: string | null = null;
  let isRead = false;
  let problem: string | null = null;
  let isClosed = false;
  let callOff = () => {};
  const tell = () => {
    if (isClosed) return;
    for (const listener of listeners) listener();
  };

  const take = (approval: ApprovalSummary) => {
    if (approval.requester.id !== person) return;
    const known = waiting.get(approval.id);
    if (known !== undefined && known.revision >= approval.revision) return;
    if (WAITING.has(approval.phase)) waiting.set(approval.id, approval);
    else waiting.delete(approval.id);
  };
  const readWaiting = async () => {
    const { approvals } = await client.approvals.list({ query: { state: 'pending' } });
    waiting.clear();
    for (const approval of approvals) take(approval);
  };
  const readSessions = async () => {
    const page = await client.sessions.list({ query: { limit: PAGE, person } });
    const fresh = new Set(page.sessions.map(({ session }) => session));
    // Older ones that were read before stay where they are.
    const older = sessions.filter(({ session }) => !fresh.has(session));
    next = older.length === 0 ? page.next : next;
    sessions = [...page.sessions, ...older];
  };
  const attempt = async (read: () => Promise<void>) => {
    try {
      await read();
      isRead = true;
      problem = null;
    } catch (error) {
      problem = isRelayError(error) ? error.message : 'something went wrong in the editor';
    }
    tell();
  };
  const refresh = async () =>
    await attempt(async () => void (await Promise.all([readWaiting(), readSessions()])));
  const soon = () => {
    callOff();
    callOff = after(SETTLED_MS, () => void attempt(readSessions));
  };

  const subscriptions: LiveSubscription[] = [
    live.subscribe({ name: 'approvals' }, (update) => {
      if (update.type === 'resync') void refresh();
      if (update.type !== 'approval') return;
      take(update.approval);
      tell();
      soon();
    }),
    live.subscribe({ name: 'statements' }, (update) => {
      if (update.type === 'statement') soon();
    }),
  ];
  return {
    now: () =>
      isRead
        ? {
            waiting: [...waiting.values()].sort((one, other) => one.expiresAt.localeCompare(other.expiresAt)),
            sessions,
            hasMore: next !== null,
          }
        : null,
    problem: () => problem,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    more: async () =>
      await attempt(async () => {
        if (next === null) return;
        const page = await client.sessions.list({ query: { limit: PAGE, person, cursor: next } });
        const known = new Set(sessions.map(({ session }) => session));
        sessions = [...sessions, ...page.sessions.filter(({ session }) => !known.has(session))];
        ({ next } = page);
      }),
    async withdraw(request) {
      if (request.kind === 'access') await client.access.cancel({ params: { id: request.id } });
      else await client.statements.cancel({ params: { id: request.statement } });
      await attempt(readWaiting);
    },
    close() {
      isClosed = true;
      callOff();
      for (const subscription of subscriptions) subscription.end();
    },
  };
}

/** Until it has run, an approved statement may still be taken back. */
const WAITING: ReadonlySet<string> = new Set(['asked', 'approved']);
