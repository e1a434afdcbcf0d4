import { isErrorCode } from '../../errors.ts';
import { type LiveClientMessage, type LiveServerMessage, liveServerMessage } from '../../live/messages.ts';
import { LIVE_VERSION } from '../../versions.ts';
import { RelayError } from '../relay-error.ts';
import type { LiveClientOptions } from './live-options.ts';

/** One connection, from its `hello` to its end. */
export interface LiveConnection {
  send(message: LiveClientMessage): void;
  /** Without a word to `onEnded`. */
  close(): void;
}

export interface LiveConnectionEvents {
  /** @param lookSeconds for so long a `look` holds; null when the relay takes none. */
  readonly onWelcome: (lookSeconds: number | null) => void;
  /** Told of all but what is about the connection itself. */
  readonly onMessage: (message: LiveServerMessage) => void;
  /** Told once. */
  readonly onEnded: (error: RelayError) => void;
}

export type LiveConnectionOptions = Required<
  Pick<LiveClientOptions, 'url' | 'token' | 'webSocket' | 'after'>
>;

/** Keeps it alive, and its token good; one that is silent for too long has ended. */
export function openLiveConnection(
  { url, token: tokens, webSocket, after }: LiveConnectionOptions,
  token: string,
  { onWelcome, onMessage, onEnded }: LiveConnectionEvents,
): LiveConnection {
  const socket = webSocket(addressOf(url));
  let isOver = false;
  let isHeard = true;
  let stopBeating = () => {};
  let stopRenewing = () => {};

  const over = () => {
    isOver = true;
    stopBeating();
    stopRenewing();
  };
  const end = (error: RelayError) => {
    if (isOver) return;
    over();
    socket.close();
    onEnded(error);
  };
  const send = (message: LiveClientMessage) => socket.send(JSON.stringify(message));

  stopBeating = after(PATIENCE_MS, () =>
    end(new RelayError('relay_timeout', 'the relay took too long over a hello')),
  );
  const beat = (ms: number) => {
    stopBeating();
    stopBeating = after(ms, () => {
      if (!isHeard) {
        end(new RelayError('relay_timeout', 'the relay has fallen silent'));
        return;
      }
      isHeard = false;
      send({ type: 'ping' });
      beat(ms);
    });
  };

  /** Before it expires, so that the connection need not end. */
  const renewIn = (tokenSeconds: number) => {
    stopRenewing();
    if (typeof tokens === 'string') return;
    const early = Math.min(60, tokenSeconds / 5);
    const seconds = Math.min(Math.max(tokenSeconds - early, SOONEST_SECONDS), LATEST_SECONDS);
    stopRenewing = after(seconds * 1_000, () => void renew(tokens));
  };
  const renew = async (from: Exclude<typeof tokens, string>) => {
    try {
      const next = await from({ renew: true });
      if (!isOver) send({ type: 'token', token: next });
    } catch {
      // Whoever signs people in may be away for a moment; when it is too late, the relay says so.
      if (!isOver) renewIn(SOONEST_SECONDS);
    }
  };

  const read = (message: LiveServerMessage) => {
    switch (message.type) {
      case 'welcome':
        beat(message.heartbeatSeconds * 1_000);
        renewIn(message.tokenSeconds);
        onWelcome(message.lookSeconds ?? null);
        return;
      case 'renewed':
        renewIn(message.tokenSeconds);
        return;
      case 'pong':
        return;
      case 'error':
        end(refusalOf(message));
        return;
      default:
        onMessage(message);
    }
  };

  socket.addEventListener('open', () => {
    if (!isOver) send({ type: 'hello', version: LIVE_VERSION, token });
  });
  socket.addEventListener('message', ({ data }) => {
    if (isOver) return;
    isHeard = true;
    const sent = parse(data);
    // What a later relay of this version sends beside.
    if (typeof sent?.type === 'string' && !KNOWN.has(sent.type)) return;
    const message = liveServerMessage.safeParse(sent);
    if (message.success) read(message.data);
    else end(new RelayError('answer_not_understood', 'what the relay sent is not understood'));
  });
  const gone = () =>
    end(
      new RelayError('relay_unreachable', `the connection to the relay at ${url} is gone`, {
        advice: 'see whether it runs, and whether it is reached by that address',
      }),
    );
  socket.addEventListener('close', gone);
  socket.addEventListener('error', gone);

  return {
    send: (message) => {
      if (!isOver) send(message);
    },
    close() {
      if (isOver) return;
      over();
      socket.close(1_000);
    },
  };
}

/** From the beginning until the relay says welcome. */
const PATIENCE_MS = 15_000;
/** A token that is about to expire whatever is done: it is not asked for all the time. */
const SOONEST_SECONDS = 5;
/** What timers can count to. */
const LATEST_SECONDS = 2_000_000;

const KNOWN: ReadonlySet<unknown> = new Set(
  liveServerMessage.options.map((option) => option.shape.type.value),
);

/** What the relay says of its own accord, as what a request is refused with. */
export function refusalOf({
  code,
  message,
  advice,
  retryAfterSeconds,
}: {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly retryAfterSeconds?: number | undefined;
}): RelayError {
  return new RelayError(isErrorCode(code) ? code : 'answer_not_understood', message, {
    advice,
    retryAfterSeconds: retryAfterSeconds ?? null,
  });
}

function parse(data: unknown): { readonly type?: unknown } | null {
  try {
    const value: unknown = typeof data === 'string' ? JSON.parse(data) : null;
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function addressOf(base: string): string {
  const url = new URL('./api/live', base.endsWith('/') ? base : `${base}/`);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
