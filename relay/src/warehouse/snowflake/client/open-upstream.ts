import { randomUUID } from 'node:crypto';
import { createBreaker } from './breaker.ts';
import { createRepeat } from './attempts.ts';
import { type AccountConfig, accountUrl } from './config.ts';
import { credentialOf } from './credentials/credential-of.ts';
import { createHttpClient } from './http.ts';
import { type ClientLimits, defaultClientLimits } from './limits.ts';
import { type Account, COMMON_HEADERS, type UpstreamNotice } from './session/account.ts';
import { proxyOf } from './proxy.ts';
import { createSignIn } from './session/sign-in.ts';
import { type OpenSession, openSignedIn } from './session/upstream-session.ts';
import type { Upstream, UpstreamStart } from './upstream.ts';
import { createWarmSessions } from './warm-sessions.ts';

export interface UpstreamOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of what the people who run the relay should know; nothing of it is secret. */
  readonly onNotice?: (notice: UpstreamNotice) => void;
  readonly limits?: Partial<ClientLimits>;
  /** Where proxies are named that the configuration does not name; by default the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

const PROBE_MS = 5_000;

/** Prepares the client of an account. Nothing is asked of it before the first session. */
export function openUpstream(config: AccountConfig, options: UpstreamOptions): Upstream {
  const { now, onNotice = () => {}, random = Math.random } = options;
  const limits = { ...defaultClientLimits, ...options.limits };
  const elapsed = () => performance.now();
  const url = accountUrl(config);
  const http = createHttpClient(proxyOf(config, options.environment ?? process.env));
  const breaker = createBreaker({
    limits,
    elapsed,
    probe: () => answers(),
    onChange: (kind) => onNotice({ kind }),
  });
  const account: Account = {
    url,
    name: config.account.split('.', 1)[0]!,
    credential: credentialOf(config, now),
    http,
    repeat: createRepeat({ breaker, limits, elapsed, random }),
    limits,
    resultHosts: config.resultHosts,
    now,
    elapsed,
    random,
    newId: randomUUID,
    onNotice,
  };

  /** A heartbeat of no session: whatever is said to it, the account is there. */
  const answers = async () => {
    const { status } = await http.send(
      {
        method: 'POST',
        url: `${url}/session/heartbeat?requestId=${randomUUID()}`,
        headers: { ...COMMON_HEADERS, accept: 'application/json' },
        withinMs: PROBE_MS,
        mostBytes: 1024 * 1024,
      },
      new AbortController().signal,
    );
    return status < 500;
  };

  const open = new Set<OpenSession>();
  const signIn = createSignIn(account);
  const signedIn = async (start: UpstreamStart, signal: AbortSignal) => {
    signal.throwIfAborted();
    const session = openSignedIn({ account, signIn }, start, await signIn(start, signal), () => {
      clearInterval(heartbeats);
      open.delete(session);
    });
    const heartbeats = setInterval(() => void session.heartbeat(), session.heartbeatMs).unref();
    open.add(session);
    return session;
  };
  const warm = createWarmSessions({ size: config.warm, open: signedIn });

  return {
    async openSession(start, signal) {
      const ready = warm.take(start);
      if (ready === null) return await signedIn(start, signal);
      ready.giveTo(start);
      return ready;
    },
    async ping() {
      const anySession = open.values().next().value;
      try {
        if (anySession !== undefined) return !breaker.isOpen && (await anySession.heartbeat());
        const start = { database: null, schema: null, warehouse: null, role: null, parameters: {} };
        // It stays, to be asked the next time.
        await signedIn(start, AbortSignal.timeout(limits.signInMs));
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      await warm.close();
      await Promise.all([...open].map((session) => session.close()));
      await http.close();
    },
  };
}
