import { createServer, request as send } from 'node:http';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';

/** What stands before several relays and knows nothing of sessions: each request goes to the next one that answers. */
export interface Balancer {
  readonly url: string;
  /** The relays behind it, by their addresses. */
  to(urls: readonly string[]): void;
  /** What was answered to which request, in order: `POST /queries/v1/query-request 503`. */
  readonly answered: readonly string[];
}

export async function startBalancer(): Promise<Balancer> {
  const answered: string[] = [];
  let ports: readonly string[] = [];
  let next = 0;
  const server = createServer((asked, answer) => {
    const body: Buffer[] = [];
    asked.on('data', (part: Buffer) => void body.push(part));
    asked.on('end', () => {
      const pass = (triesLeft: number) => {
        const port = ports[(next += 1) % ports.length]!;
        const { method, url: path = '', headers } = asked;
        const passed = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (reply) => {
          answered.push(`${method} ${path.split('?')[0]} ${reply.statusCode}`);
          answer.writeHead(reply.statusCode!, reply.headers);
          reply.pipe(answer);
        });
        // One that does not listen is left out, as by any balancer.
        passed.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ECONNREFUSED' && triesLeft > 0) return pass(triesLeft - 1);
          answer.destroy();
        });
        answer.on('close', () => passed.destroy());
        passed.end(Buffer.concat(body));
      };
      pass(ports.length);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    to: (urls) => void (ports = urls.map((url) => new URL(url).port)),
    answered,
  };
}
