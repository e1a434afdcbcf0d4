import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** What a program reaches a relay through, and that can be pulled. */
export interface Cable {
  readonly url: string;
  /** Whatever is connected breaks off, and nothing listens. */
  pull(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

export async function openCable(to: string): Promise<Cable> {
  const [port, target] = [await freePort(), Number(new URL(to).port)];
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const cable: Cable = {
    url: `http://127.0.0.1:${port}`,
    async plugIn() {
      const listening = createServer((near) => {
        const far = connect(target, '127.0.0.1');
        for (const [socket, other] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(socket);
          socket.on('error', () => other.destroy());
          socket.on('close', () => {
            sockets.delete(socket);
            other.destroy();
          });
        }
        near.pipe(far).pipe(near);
      });
      server = listening.listen(port, '127.0.0.1');
      await once(listening, 'listening');
    },
    async pull() {
      const before = server;
      server = null;
      if (before === null) return;
      const closed = once(before, 'close');
      before.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    close: async () => await cable.pull(),
  };
  await cable.plugIn();
  return cable;
}
