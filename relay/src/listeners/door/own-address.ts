import type { Server } from 'node:http';

/** Where the relay is reached, by its configuration: what a client says of that is compared, and never passed on. */
export interface OwnAddress {
  /** What links begin with. */
  origin(): string;
  /** Whether a `Host` header names the relay: a name that others can point at it does not (DNS rebinding). */
  isOwnHost(host: string | undefined): boolean;
  /** Whether a page of this origin is ours. */
  isOwnOrigin(origin: string): boolean;
}

export interface OwnAddressOptions {
  readonly host: string;
  readonly isTls: boolean;
  /** An origin. */
  readonly publicUrl: string | null;
  /** Further names, `relay.internal` or `relay.internal:8765`, by which a proxy or a balancer calls the relay. */
  readonly hostNames: readonly string[];
  /** Further origins, such as the console's. */
  readonly origins: readonly string[];
}

/** @param server that listens, or will before it is asked for. */
export function ownAddress(options: OwnAddressOptions, server: Server): OwnAddress {
  const scheme = options.isTls ? 'https' : 'http';
  const port = () => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const listening = () =>
    [...new Set([bracketed(options.host), ...LOOPBACK])].map((host) => `${scheme}://${host}:${port()}`);
  const own = () => [
    ...(options.publicUrl === null ? [] : [options.publicUrl]),
    ...listening().map((url) => new URL(url).origin),
  ];
  const names = new Set(options.hostNames.map((name) => name.toLowerCase()));
  const further = new Set(options.origins);

  return {
    origin: () => options.publicUrl ?? listening()[0]!,
    isOwnHost(host) {
      if (host === undefined || !HOST.test(host)) return false;
      const said = host.toLowerCase();
      if (names.has(said) || names.has(said.replace(/:\d+$/, ''))) return true;
      return own().some((url) => {
        const { protocol, host: known } = new URL(url);
        return said === known || said === `${known}:${protocol === 'https:' ? 443 : 80}`;
      });
    },
    isOwnOrigin: (origin) => further.has(origin) || own().includes(origin),
  };
}

const HOST = /^(?:[\w.-]{1,253}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/;
/** Names of this machine that nobody else can be reached by. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
