import {
  ABOUT,
  LIVE_VERSION,
  liveAnyHello,
  type LiveClientMessage,
  liveClientMessage,
  versionProblem,
} from '@sluice/contract';
import type { WebSocket } from 'ws';
import { SluiceError } from '../../../errors.ts';
import { type Identity, sameAccount } from '../../../identity/index.ts';
import type { Release } from '../../../limits/index.ts';
import { tooOld } from '../../router/index.ts';
import { asSluiceError, endSocket, isTooMuch } from './ending.ts';
import { createLiveClient, type LiveClient } from './live-client.ts';
import type { Looker } from './looking.ts';
import { createSubscriptions, type Subscriptions, type SubscriptionsParts } from './subscriptions.ts';

export interface ConnectionParts extends SubscriptionsParts {
  readonly authenticate: (token: string) => Promise<Identity>;
  /** Throws `identity_revoked`: for who was put out while their token was looked at. */
  readonly confirmIdentity: (identity: Identity) => void;
  /** Counts somebody's coming in, until they leave. Throws `rate_limited`, `too_many_channels`. */
  readonly admit: (identity: Identity) => Release;
  /** Counts a request of somebody who is in. Throws `rate_limited`. */
  readonly count: (identity: Identity) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface ConnectionLimits {
  readonly maxBuffered: number;
  readonly helloTimeoutMs: number;
  readonly heartbeatMs: number;
  /** For which a `look` holds. */
  readonly lookMs: number;
}

/** A connection whose client has said who it is. */
export interface Connected {
  readonly client: LiveClient;
  readonly subscriptions: Subscriptions;
  readonly looker: Looker;
}

type Message<Type extends LiveClientMessage['type']> = Extract<LiveClientMessage, { type: Type }>;

/**
 * Reads what a client sends, from its `hello` on.
 *
 * @param onConnected told once it has said who it is.
 */
export function acceptConnection(
  socket: WebSocket,
  parts: ConnectionParts,
  limits: ConnectionLimits,
  onConnected: (connected: Connected) => void,
): void {
  const { authenticate, confirmIdentity, guard, admit, count, onRefused, now } = parts;
  let state: 'new' | 'checking' | Connected = 'new';
  let isRenewing = false;
  const late = setTimeout(
    () => endSocket(socket, new SluiceError('token_invalid', 'no hello in time')),
    limits.helloTimeoutMs,
  );

  const enter = async ({ token }: Message<'hello'>) => {
    try {
      const identity = await whoseToken(token);
      if (socket.readyState !== socket.OPEN) return;
      socket.once('close', admit(identity));
      clearTimeout(late);
      const client = createLiveClient({ socket, identity, token, maxBuffered: limits.maxBuffered });
      const looker = parts.looking.enter(client.identity);
      const connected = { client, subscriptions: createSubscriptions(client, parts), looker };
      socket.once('close', connected.subscriptions.end);
      socket.once('close', looker.leave);
      state = connected;
      client.answer({
        type: 'welcome',
        version: LIVE_VERSION,
        heartbeatSeconds: limits.heartbeatMs / 1_000,
        tokenSeconds: tokenSeconds(identity, now()),
        lookSeconds: limits.lookMs / 1_000,
      });
      onConnected(connected);
    } catch (error) {
      turnAway(error, 'a hello of the live channel');
    }
  };
  /** Without a new connection, so that nothing is missed; never for somebody else. */
  const renew = async ({ client, subscriptions, looker }: Connected, token: string) => {
    isRenewing = true;
    try {
      count(client.identity());
      const identity = await whoseToken(token);
      if (!sameAccount(identity, client.identity())) {
        throw new SluiceError('token_other_person', 'this token is of another account than the connection', {
          advice: 'open a connection of its own for each account',
        });
      }
      if (!client.isOpen()) return;
      client.renew(identity, token);
      client.answer({ type: 'renewed', tokenSeconds: tokenSeconds(identity, now()) });
      subscriptions.recheck();
      looker.recheck();
    } catch (error) {
      turnAway(error, 'a token sent over the live channel');
    } finally {
      isRenewing = false;
    }
  };
  const whoseToken = async (token: string): Promise<Identity> => {
    const identity = await authenticate(token);
    guard(identity, 'own');
    confirmIdentity(identity);
    return identity;
  };
  const subscribe = ({ client, subscriptions }: Connected, { id, topic, after }: Message<'subscribe'>) => {
    try {
      count(client.identity());
    } catch (error) {
      turnAway(error, 'a subscription');
      return;
    }
    subscriptions.add(id, topic, after);
  };
  const look = ({ client, looker }: Connected, { approval }: Message<'look'>) => {
    try {
      count(client.identity());
    } catch (error) {
      turnAway(error, 'a look');
      return;
    }
    void looker.look(approval);
  };
  const turnAway = (thrown: unknown, what: string) => {
    const error = asSluiceError(thrown);
    // Limits on an identity are recorded where they are.
    if (!isTooMuch(error.code)) onRefused({ code: error.code, what, reason: error.message });
    endSocket(socket, error);
  };
  const malformed = () =>
    endSocket(socket, new SluiceError('request_malformed', 'this message is not understood here'));

  const readHello = (sent: unknown) => {
    const any = liveAnyHello.safeParse(sent);
    const problem = any.success ? versionProblem(any.data.version, ABOUT.live) : null;
    // Before anything else of it is looked at: what it is in another version is not known here.
    if (any.success && problem !== null) {
      turnAway(tooOld(problem, any.data.version, ABOUT.live), 'a hello of the live channel');
      return;
    }
    const message = liveClientMessage.safeParse(sent);
    if (!message.success || message.data.type !== 'hello') {
      malformed();
      return;
    }
    state = 'checking';
    void enter(message.data);
  };
  const read = (connected: Connected, sent: unknown) => {
    const parsed = liveClientMessage.safeParse(sent);
    if (!parsed.success) {
      malformed();
      return;
    }
    const message = parsed.data;
    const { client, subscriptions } = connected;
    switch (message.type) {
      case 'ping':
        client.answer({ type: 'pong' });
        return;
      case 'subscribe':
        if (subscriptions.has(message.id)) malformed();
        else subscribe(connected, message);
        return;
      case 'look':
        look(connected, message);
        return;
      case 'unsubscribe':
        subscriptions.remove(message.id);
        return;
      case 'token':
        if (isRenewing) malformed();
        else void renew(connected, message.token);
        return;
      case 'hello':
        malformed();
        return;
      default:
        message satisfies never;
    }
  };

  socket.on('close', () => clearTimeout(late));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    const sent = isBinary ? null : parse(data as Buffer);
    if (state === 'new') readHello(sent);
    else if (state === 'checking') malformed();
    else read(state, sent);
  });
}

/** For how long it is good. */
function tokenSeconds({ expiresAt }: Identity, now: number): number {
  return Math.max(0, Math.floor((expiresAt - now) / 1_000));
}

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
