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
  /** Ends a client that asks without ever reading the answers. */
  answerPing(): void;
  /** Ends it when it has not answered since the last beat; checks its token anew. */
  beat(authenticate: (token: string) => Promise<Identity>): void;
  end(code: number, error: { readonly code: string; readonly message: string }): void;
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

export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { socket, token, maxBuffered, cursor } = options;
  let identity = options.identity;
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

  const renew = async (authenticate: (token: string) => Promise<Identity>) => {
    try {
      identity = await authenticate(token);
    } catch {
      end(CLOSE_UNAUTHENTICATED, { code: 'token_invalid', message: 'the token is no longer valid' });
    }
  };

  socket.on('pong', () => {
    isAlive = true;
  });

  return {
    identity: () => identity,
    send,
    end,
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
      void renew(authenticate);
    },
  };
}
