import type { OpenSession } from './session/upstream-session.ts';
import type { UpstreamStart } from './upstream.ts';

/** Sessions that are signed in ahead, for starts as they were asked for lately. Each is given away once. */
export interface WarmSessions {
  /** One that is ready, or null; others are made ready for the next. */
  take(start: UpstreamStart): OpenSession | null;
  close(): Promise<void>;
}

export interface WarmSessionsOptions {
  /** For each start. */
  readonly size: number;
  readonly open: (start: UpstreamStart, signal: AbortSignal) => Promise<OpenSession>;
}

/** Starts that are kept ready: those used last. */
const MOST_STARTS = 8;

interface Ready {
  readonly start: UpstreamStart;
  readonly sessions: OpenSession[];
  /** How many are being signed in. */
  opening: number;
}

export function createWarmSessions({ size, open }: WarmSessionsOptions): WarmSessions {
  const closing = new AbortController();
  /** By what is asked for; the one used last is the last. */
  const byStart = new Map<string, Ready>();

  const fill = (key: string, ready: Ready) => {
    while (ready.sessions.length + ready.opening < size && !closing.signal.aborted) {
      ready.opening += 1;
      // The next one who asks signs in for themselves, and learns why it failed.
      void add(key, ready)
        .catch(() => {})
        .finally(() => {
          ready.opening -= 1;
        });
    }
  };
  const add = async (key: string, ready: Ready) => {
    const session = await open(ready.start, closing.signal);
    if (byStart.get(key) === ready && !closing.signal.aborted) ready.sessions.push(session);
    else await session.close();
  };

  return {
    take(start) {
      if (size === 0) return null;
      // Whether it may be replaced is the taker's to say.
      const { mayBeReplaced: _, ...asked } = start;
      const key = JSON.stringify(asked);
      const ready = byStart.get(key) ?? { start: asked, sessions: [], opening: 0 };
      byStart.delete(key);
      byStart.set(key, ready);
      const [oldest] = byStart;
      if (byStart.size > MOST_STARTS && oldest !== undefined) {
        byStart.delete(oldest[0]);
        for (const session of oldest[1].sessions) void session.close();
      }
      const session = ready.sessions.shift() ?? null;
      fill(key, ready);
      return session;
    },
    async close() {
      closing.abort();
      const all = [...byStart.values()].flatMap(({ sessions }) => sessions);
      byStart.clear();
      await Promise.all(all.map((session) => session.close()));
    },
  };
}
