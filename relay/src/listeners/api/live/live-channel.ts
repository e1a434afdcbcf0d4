import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  ABOUT,
  LIVE_VERSION,
  type LiveClientMessage,
  liveClientMessage,
  type LiveServerMessage,
  versionProblem,
} from '@sluice/contract';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Approvals, type Reviews, summarise } from '../../../approval/index.ts';
import { type ErrorCode, isSluiceError, SluiceError } from '../../../errors.ts';
import { type Identity, sameAccount } from '../../../identity/index.ts';
import type { Release } from '../../../limits/index.ts';
import type { Guard } from '../../authority.ts';
import { tooOld } from '../../router/index.ts';
import { createBacklog } from './backlog.ts';
import {
  CLOSE_MALFORMED,
  CLOSE_OTHER_VERSION,
  CLOSE_RATE_LIMITED,
  CLOSE_UNAUTHENTICATED,
  createLiveClient,
  type LiveClient,
} from './live-client.ts';

/** Tells people of requests as they come and change; docs/approvals.md describes it to clients. */
export interface LiveChannel {
  /** Takes an HTTP upgrade of `/api/live`; any other is refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Where the stream of events is now. */
  cursor(): string;
  /** Ends the connections of people who are out. */
  revoked(isRevoked: (identity: Identity) => boolean): void;
  close(): void;
}

export interface LiveLimits {
  /** Bytes of one message from a client. */
  readonly maxPayload: number;
  /** Bytes that may wait for one client before it is told to read the lists again. */
  readonly maxBuffered: number;
  /** Events kept for clients that come back. */
  readonly backlog: number;
  readonly maxClients: number;
  /** Milliseconds within which a client must have said who it is. */
  readonly helloTimeout: number;
  /** Milliseconds between pings. */
  readonly heartbeat: number;
}

export const LIVE_LIMITS: LiveLimits = {
  maxPayload: 32 * 1024,
  maxBuffered: 1024 * 1024,
  backlog: 10_000,
  maxClients: 5_000,
  helloTimeout: 5_000,
  heartbeat: 20_000,
};

export interface LiveChannelOptions {
  readonly authenticate: (token: string) => Promise<Identity>;
  readonly guard: Guard;
  /** Counts somebody's coming in, until they leave. Throws `rate_limited`, `too_many_channels`. */
  readonly admit: (identity: Identity) => Release;
  /** Counts a request of somebody who is in. Throws `rate_limited`. */
  readonly count: (identity: Identity) => void;
  /** Told of every hello that is refused, for the record. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
  readonly approvals: Pick<Approvals, 'onChange' | 'maySee'>;
  readonly reviews: Pick<Reviews, 'onChange' | 'maySee'>;
  /** A new UUID. */
  readonly newId: () => string;
  readonly limits?: Partial<LiveLimits>;
}

export function createLiveChannel(options: LiveChannelOptions): LiveChannel {
  const { authenticate, guard, admit, count, onRefused, approvals, reviews } = options;
  const limits = { ...LIVE_LIMITS, ...options.limits };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxPayload,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const clients = new Set<LiveClient>();
  const backlog = createBacklog(options.newId(), limits.backlog);

  const publish = (
    make: (cursor: string) => LiveServerMessage,
    isVisibleTo: (viewer: Identity) => boolean,
  ) => {
    const event = backlog.add((cursor) => ({
      frame: Buffer.from(JSON.stringify(make(cursor))),
      isVisibleTo,
    }));
    for (const client of clients) client.deliver(event);
  };

  const stopListening = [
    approvals.onChange((approval) =>
      publish(
        (cursor) => ({ type: 'approval', cursor, approval: summarise(approval) }),
        (viewer) => approvals.maySee(viewer, approval),
      ),
    ),
    reviews.onChange((review) =>
      publish(
        (cursor) => ({ type: 'review', cursor, review }),
        (viewer) => reviews.maySee(viewer, review),
      ),
    ),
  ];

  const heartbeat = setInterval(() => {
    for (const client of clients) client.beat(authenticate);
  }, limits.heartbeat);
  heartbeat.unref();

  const welcome = (socket: WebSocket, identity: Identity, hello: Hello) => {
    const { maxBuffered } = limits;
    const client = createLiveClient({
      socket,
      identity,
      token: hello.token,
      maxBuffered,
      cursor: () => backlog.cursor(),
    });
    const missed = hello.after === null ? [] : backlog.since(hello.after);
    client.send({
      type: 'welcome',
      version: LIVE_VERSION,
      cursor: missed === null || hello.after === null ? backlog.cursor() : hello.after,
      resync: missed === null,
      heartbeatSeconds: limits.heartbeat / 1000,
    });
    for (const event of missed ?? []) client.deliver(event);
    clients.add(client);
    socket.on('close', () => clients.delete(client));
    return client;
  };

  const accept = (socket: WebSocket) => {
    let state: 'new' | 'checking' | LiveClient = 'new';
    let isRenewing = false;
    const late = setTimeout(
      () => refuse(socket, CLOSE_UNAUTHENTICATED, new SluiceError('token_invalid', 'no hello in time')),
      limits.helloTimeout,
    );
    const enter = async (hello: Hello) => {
      try {
        const problem = versionProblem(hello.version, ABOUT.live);
        if (problem !== null) throw tooOld(problem, hello.version, ABOUT.live);
        const identity = await authenticate(hello.token);
        guard(identity, 'watch');
        if (socket.readyState !== socket.OPEN) return;
        socket.once('close', admit(identity));
        clearTimeout(late);
        state = welcome(socket, identity, hello);
      } catch (error) {
        turnAway(error, 'a hello of the live channel');
      }
    };
    /** Without a new connection, so that nothing is missed; never for somebody else. */
    const renew = async (client: LiveClient, token: string) => {
      isRenewing = true;
      try {
        count(client.identity());
        const identity = await authenticate(token);
        guard(identity, 'watch');
        if (!sameAccount(identity, client.identity())) {
          throw new SluiceError(
            'token_other_person',
            'this token is of another account than the connection',
            {
              advice: 'open a connection of its own for each account',
            },
          );
        }
        if (socket.readyState !== socket.OPEN) return;
        client.renew(identity, token);
        client.send({ type: 'renewed' });
      } catch (error) {
        turnAway(error, 'a token sent over the live channel');
      } finally {
        isRenewing = false;
      }
    };
    const turnAway = (thrown: unknown, what: string) => {
      const error = asSluiceError(thrown);
      const { code } = error;
      const isTooMuch = code === 'rate_limited' || code === 'too_many_channels';
      const isVersion = code === 'client_too_old' || code === 'relay_too_old';
      // Limits on an identity are recorded where they are.
      if (!isTooMuch) onRefused({ code, what, reason: error.message });
      refuse(
        socket,
        isTooMuch ? CLOSE_RATE_LIMITED : isVersion ? CLOSE_OTHER_VERSION : CLOSE_UNAUTHENTICATED,
        error,
      );
    };
    socket.on('close', () => clearTimeout(late));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? null : parse(data as Buffer);
      if (message?.type === 'ping' && typeof state === 'object') {
        state.answerPing();
      } else if (message?.type === 'hello' && state === 'new') {
        state = 'checking';
        void enter(message);
      } else if (message?.type === 'token' && typeof state === 'object' && !isRenewing) {
        void renew(state, message.token);
      } else {
        refuse(
          socket,
          CLOSE_MALFORMED,
          new SluiceError('request_malformed', 'this message is not understood here'),
        );
      }
    });
  };

  return {
    upgrade(request, socket, head) {
      const [path] = (request.url ?? '').split('?');
      if (path !== '/api/live' || server.clients.size >= limits.maxClients) {
        const status = path === '/api/live' ? '503 Service Unavailable' : '404 Not Found';
        // Node hands an upgraded socket over bare: a reset that nobody hears of would end the process.
        socket.on('error', () => socket.destroy());
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, accept);
    },
    cursor: () => backlog.cursor(),
    revoked(isRevoked) {
      for (const client of clients) {
        if (!isRevoked(client.identity())) continue;
        clients.delete(client);
        client.end(CLOSE_UNAUTHENTICATED, {
          code: 'identity_revoked',
          message: 'your access has been revoked',
          advice: 'ask the people who run the relay',
        });
      }
    },
    close() {
      clearInterval(heartbeat);
      for (const stop of stopListening) stop();
      for (const socket of server.clients) socket.close(1001, 'the relay stops');
      server.close();
    },
  };
}

type Hello = Extract<LiveClientMessage, { type: 'hello' }>;

function parse(data: Buffer): LiveClientMessage | null {
  try {
    const parsed = liveClientMessage.safeParse(JSON.parse(data.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function refuse(socket: WebSocket, close: number, { code, message, advice }: SluiceError): void {
  socket.send(JSON.stringify({ type: 'error', code, message, advice } satisfies LiveServerMessage));
  socket.close(close, code);
}

function asSluiceError(error: unknown): SluiceError {
  return isSluiceError(error) ? error : new SluiceError('internal', 'something went wrong in the relay');
}
