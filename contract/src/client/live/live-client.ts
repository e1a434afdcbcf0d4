import type { LiveServerMessage } from '../../live/messages.ts';
import type { LiveTopic } from '../../live/topics.ts';
import { RelayError } from '../relay-error.ts';
import { type LiveConnection, openLiveConnection, refusalOf } from './live-connection.ts';
import type { LiveClientOptions, LiveState, LiveUpdate, LiveWebSocket } from './live-options.ts';
import { createLooks } from './looks.ts';

/**
 * The live channel as a program uses it: it connects, comes back when the connection is lost, goes on where it was, and
 * renews its token. Works wherever there is a `WebSocket`: in browsers, Node, editors.
 */
export interface LiveClient {
  /**
   * Tells of the topic until it is ended. The first update is a `resync`, unless `after` says where to go on: a cursor
   * that came with a list. What is read over HTTP when a `resync` comes misses nothing that is told afterwards; what
   * comes twice is the same by its `revision` or `seq`.
   */
  subscribe(
    topic: LiveTopic,
    listener: (update: LiveUpdate) => void,
    options?: { readonly after?: string },
  ): LiveSubscription;
  /**
   * Says which request the person has before them, until it is called again: told anew whenever the connection is, and
   * before it is over. Null for none. A relay that does not know of it is not told.
   */
  look(approval: string | null): void;
  state(): LiveState;
  /**
   * Connects at once: instead of waiting any longer, or in the place of a connection that may be dead, as after sleep.
   * What has ended stays ended.
   */
  reconnect(): void;
  close(): void;
}

export interface LiveSubscription {
  end(): void;
}

interface Entry {
  readonly topic: LiveTopic;
  readonly listener: (update: LiveUpdate) => void;
  /** The last cursor that was seen. */
  after: string | null;
}

/** Connects at once. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { url, token, onState = () => {}, random = Math.random, after = onTimer } = options;
  const webSocket = options.webSocket ?? ownWebSocket;
  const subscriptions = new Map<string, Entry>();
  const looks = createLooks(after);
  let named = 0;
  let state: LiveState = { type: 'connecting' };
  let connection: LiveConnection | null = null;
  let stopWaiting = () => {};
  /** Since the relay was last reached. */
  let attempts = 0;
  let hasRenewed = false;
  /** Of the newest attempt: one before it that still waits for a token comes too late. */
  let newest = 0;
  let knowsLooking = false;

  const become = (next: LiveState) => {
    state = next;
    onState(next);
  };
  const isEnded = () => state.type === 'ended';

  const connect = async (renew: boolean) => {
    newest += 1;
    const mine = newest;
    become({ type: 'connecting' });
    try {
      const found = typeof token === 'string' ? token : await token({ renew });
      if (isEnded() || mine !== newest) return;
      connection = openLiveConnection({ url, token, webSocket, after }, found, {
        onWelcome: welcomed,
        onMessage: read,
        onEnded: lost,
      });
    } catch (cause) {
      if (isEnded() || mine !== newest) return;
      tryAgain(cause instanceof RelayError ? cause : noToken(cause));
    }
  };
  const welcomed = (lookSeconds: number | null) => {
    attempts = 0;
    hasRenewed = false;
    knowsLooking = lookSeconds !== null;
    become({ type: 'connected' });
    for (const [id, entry] of subscriptions) begin(id, entry);
    if (connection !== null) looks.connected(connection, lookSeconds);
  };
  const begin = (id: string, { topic, after }: Entry) => {
    // A relay that has no such topic would end the connection.
    if (topic.name === 'looking' && !knowsLooking) return;
    connection?.send({ type: 'subscribe', id, topic, after });
  };
  const lost = (error: RelayError) => {
    connection = null;
    looks.disconnected();
    const mayRenew = OLD_TOKEN.has(error.code) && typeof token === 'function' && !hasRenewed;
    if (mayRenew) {
      hasRenewed = true;
      void connect(true);
    } else if (OLD_TOKEN.has(error.code) || FINAL.has(error.code)) {
      become({ type: 'ended', error });
    } else {
      tryAgain(error);
    }
  };
  const tryAgain = (error: RelayError) => {
    const backoff = Math.min(FIRST_MS * 2 ** attempts, LONGEST_MS) * (0.5 + random());
    const retryInMs = Math.max(backoff, (error.retryAfterSeconds ?? 0) * 1_000);
    attempts += 1;
    become({ type: 'waiting', error, retryInMs });
    stopWaiting = after(retryInMs, () => void connect(false));
  };

  const read = (message: LiveServerMessage) => {
    const entry = 'id' in message ? subscriptions.get(message.id) : undefined;
    // Of one that has been ended here: it was on its way.
    if (entry === undefined) return;
    if ('cursor' in message) entry.after = message.cursor;
    switch (message.type) {
      case 'subscribed':
        if (message.resync) entry.listener({ type: 'resync' });
        return;
      case 'resync':
        entry.listener({ type: 'resync' });
        return;
      case 'approval':
        entry.listener({ type: 'approval', approval: message.approval });
        return;
      case 'review':
        entry.listener({ type: 'review', review: message.review });
        return;
      case 'statement':
        entry.listener({ type: 'statement', statement: message.statement });
        return;
      case 'event':
        entry.listener({ type: 'event', event: message.event });
        return;
      case 'looking':
        entry.listener({ type: 'looking', looking: message.looking });
        return;
      case 'ended':
        subscriptions.delete(message.id);
        entry.listener({ type: 'ended', error: refusalOf(message) });
        return;
      case 'reached':
      case 'unsubscribed':
      case 'welcome':
      case 'renewed':
      case 'pong':
      case 'error':
        return;
      default:
        message satisfies never;
    }
  };

  void connect(false);

  return {
    subscribe(topic, listener, { after: from = null as string | null } = {}) {
      named += 1;
      const id = String(named);
      const entry: Entry = { topic, listener, after: from };
      subscriptions.set(id, entry);
      if (state.type === 'connected') begin(id, entry);
      return {
        end() {
          if (!subscriptions.delete(id)) return;
          if (state.type === 'connected') connection?.send({ type: 'unsubscribe', id });
        },
      };
    },
    look: looks.show,
    state: () => state,
    reconnect() {
      if (isEnded()) return;
      stopWaiting();
      connection?.close();
      connection = null;
      looks.disconnected();
      attempts = 0;
      void connect(false);
    },
    close() {
      if (isEnded()) return;
      become({ type: 'ended', error: null });
      stopWaiting();
      looks.disconnected();
      connection?.close();
      subscriptions.clear();
    },
  };
}

/** Before the first attempt at coming back, and the longest time between two, before chance has its say. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Another token may be let in. */
const OLD_TOKEN: ReadonlySet<string> = new Set(['token_expired', 'token_invalid', 'sign_in_needed']);

/** Coming back would change nothing: what to do is the error's advice. */
const FINAL: ReadonlySet<string> = new Set([
  'client_too_old',
  'relay_too_old',
  'identity_revoked',
  'token_untrusted',
  'token_other_person',
  'token_cannot_decide',
  'token_cannot_run',
]);

function noToken(cause: unknown): RelayError {
  return new RelayError('token_invalid', 'no token to ask the relay with', { advice: 'sign in', cause });
}

function ownWebSocket(url: string): LiveWebSocket {
  return new WebSocket(url);
}

function onTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
