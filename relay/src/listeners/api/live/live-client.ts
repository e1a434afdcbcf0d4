import type { LiveServerMessage } from '@sluice/contract';
import type { WebSocket } from 'ws';
import type { SluiceError } from '../../../errors.ts';
import type { Identity } from '../../../identity/index.ts';
import { asSluiceError, endSocket } from './ending.ts';

/** One connection that has said who it is. */
export interface LiveClient {
  identity(): Identity;
  isOpen(): boolean;
  /**
   * Whether more may be sent now. A client that does not read is sent nothing until all that it was sent has left this
   * process; then whoever listens to `onRoom` goes on.
   */
  hasRoom(): boolean;
  onRoom(listener: () => void): () => void;
  /** Sends news, if there is room: a JSON text. */
  tell(text: string): void;
  /** Answers a message of its own; ends it if it asks and asks without reading the answers. */
  answer(message: LiveServerMessage): void;
  /** From here on it is who this token says, and as long as it does. */
  renew(identity: Identity, token: string): void;
  /** Ends it when it has not answered since the last beat; checks its token anew. */
  beat(authenticate: (token: string) => Promise<Identity>): void;
  /** Ends it, and says why. */
  end(error: SluiceError): void;
}

export interface LiveClientOptions {
  readonly socket: WebSocket;
  readonly identity: Identity;
  readonly token: string;
  /** Bytes that may wait for one client. */
  readonly maxBuffered: number;
}

export function createLiveClient({ socket, maxBuffered, ...opened }: LiveClientOptions): LiveClient {
  let { identity, token } = opened;
  let isAlive = true;
  let isLagging = false;
  const listeners = new Set<() => void>();
  const isOpen = () => socket.readyState === socket.OPEN;

  const fallBehind = () => {
    isLagging = true;
    // Its callback comes when all that was sent before has left this process.
    socket.ping('', false, () => {
      isLagging = false;
      if (isOpen()) for (const listener of listeners) listener();
    });
  };

  const check = async (authenticate: (token: string) => Promise<Identity>) => {
    const checked = token;
    try {
      const found = await authenticate(checked);
      if (token === checked) identity = found;
    } catch (thrown) {
      // Another one may have come meanwhile, which is good.
      if (token === checked) endSocket(socket, asSluiceError(thrown));
    }
  };

  socket.on('pong', () => {
    isAlive = true;
  });

  return {
    identity: () => identity,
    isOpen,
    hasRoom() {
      if (isLagging || !isOpen()) return false;
      if (socket.bufferedAmount <= maxBuffered) return true;
      fallBehind();
      return false;
    },
    onRoom(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (text) => socket.send(text),
    answer(message) {
      if (socket.bufferedAmount > maxBuffered) socket.terminate();
      else socket.send(JSON.stringify(message));
    },
    renew(newIdentity, newToken) {
      identity = newIdentity;
      token = newToken;
    },
    end: (error) => endSocket(socket, error),
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
