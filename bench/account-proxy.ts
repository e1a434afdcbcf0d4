// A bare Node proxy before a scripted account and its storage, in a process of its own: it reads nothing but where links lead.
import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface ProxyStarted {
  readonly url: string;
}

const { account, storage } = JSON.parse(process.argv[2]!) as {
  readonly account: string;
  readonly storage: string;
};
const agent = new Agent({ keepAlive: true });
const proxy = createServer((request, response) => {
  const isOfStorage = request.url!.startsWith('/results/');
  const { method, headers } = request;
  // Links are to lead here, and are found in texts that are not packed.
  const unpacked = { ...headers, 'accept-encoding': 'identity' };
  const onward = httpRequest(
    new URL(request.url!, isOfStorage ? storage : account),
    { agent, method, headers: isOfStorage ? headers : unpacked },
    (answer) => {
      if (isOfStorage) {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
        return;
      }
      void passOn(answer, response);
    },
  );
  request.pipe(onward);
});
async function passOn(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await buffer(answer);
  const text = bytes.includes(storage)
    ? Buffer.from(bytes.toString('latin1').replaceAll(storage, url), 'latin1')
    : bytes;
  response.writeHead(answer.statusCode!, { ...answer.headers, 'content-length': text.length });
  response.end(text);
}

// A large result of the relay may take longer than Node keeps a connection of its own accord.
proxy.keepAliveTimeout = 600_000;
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
console.log(JSON.stringify({ url } satisfies ProxyStarted));
