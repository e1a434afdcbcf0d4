import type { LiveServerMessage } from '@sluice/contract';
import type { WebSocket } from 'ws';
import type { Identity } from '../../../identity/index.ts';
import type { LiveEvent } from './backlog.ts';

/** One connection that has said who it is. */
export interface LiveClient {
  identity(): Identity;
  /** Sends what it may see. A client that does not keep up is sent nothing until it has caught up. */
  deliver(event: LiveEvent): void;
  send(message: LiveServerMessage): void;
  /** From here on it is who this token says, and as long as it does. */
  renew(identity: Identity, token: string): void;
  /** Ends a client that asks without ever reading the answers. */
  answerPing(): void;
  /** Ends it when it has not answered since the last beat; checks its token anew. */
  beat(authenticate: (token: string) => Promise<Identity>): void;
  end(code: number, error: Omit<Extract<LiveServerMessage, { type: 'error' }>, 'type'>): void;
}

export interface LiveClientOptions {
  readonly socket: WebSocket;
  readonly identity: Identity;
  readonly token: string;
  /** Bytes that may wait for one client. */
  readonly maxBuffered: number;
  readonly cursor: () => string;
}

/** Close codes of the application range (RFC 6455, section 7.4.2). */
export const CLOSE_UNAUTHENTICATED = 4401;
export const CLOSE_MALFORMED = 4400;
export const CLOSE_RATE_LIMITED = 4429;
export const CLOSE_OTHER_VERSION = 4426;

export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { socket, maxBuffered, cursor } = options;
  let { identity, token } = options;
  let isAlive = true;
  let isLagging = false;

  const send = (message: LiveServerMessage) => socket.send(JSON.stringify(message));

  const fallBehind = () => {
    isLagging = true;
    // Its callback comes when all that was sent before has left this process.
    socket.ping('', false, (error) => {
      isLagging = false;
      if (!error) send({ type: 'resync', cursor: cursor() });
    });
  };

  const end: LiveClient['end'] = (code, error) => {
    send({ type: 'error', ...error });
    socket.close(code, error.code);
  };

  const check = async (authenticate: (token: string) => Promise<Identity>) => {
    const checked = token;
    try {
      const found = await authenticate(checked);
      if (token === checked) identity = found;
    } catch {
      // Another one may have come meanwhile, which is good.
      if (token !== checked) return;
      end(CLOSE_UNAUTHENTICATED, {
        code: 'token_invalid',
        message: 'the token is no longer valid',
        advice: 'connect again with a new one; send the next one before this one expires',
      });
    }
  };

  socket.on('pong', () => {
    isAlive = true;
  });

  return {
    identity: () => identity,
    send,
    end,
    renew(newIdentity, newToken) {
      identity = newIdentity;
      token = newToken;
    },
    answerPing() {
      if (socket.bufferedAmount > maxBuffered) socket.terminate();
      else send({ type: 'pong' });
    },
    deliver({ frame, isVisibleTo }) {
      if (isLagging || !isVisibleTo(identity)) return;
      if (socket.bufferedAmount > maxBuffered) fallBehind();
      else socket.send(frame, { binary: false });
    },
    beat(authenticate) {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping();
      void check(authenticate);
    },
  };
}
