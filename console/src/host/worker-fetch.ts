import { createRelayClient, type RelayClient } from '@sluice/contract';
import { fetchOver, type MessageEnd } from './fetch-port.ts';
import type { WorkerAccess } from './host.ts';

/** The relay, for a program beside a page: asked by itself, or by way of the page where only that reaches it. */
export function workerClient({ url, token, port }: WorkerAccess): RelayClient {
  if (port === null) return createRelayClient({ url, token });
  return createRelayClient({ url, token, fetch: fetchOver(portEnd(port)) });
}

export function portEnd(port: MessagePort): MessageEnd {
  return {
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data));
      port.start();
    },
  };
}
