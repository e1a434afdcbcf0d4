import { z } from 'zod';
import { secretAt, secretSource } from '../secret-source.ts';

/** Where the relay keeps its state and its record. */
export const storeConfig = z.discriminatedUnion('kind', [
  /** A file in the data folder, for one relay. */
  z.strictObject({ kind: z.literal('sqlite') }),
  z.strictObject({
    kind: z.literal('postgres'),
    /** `postgres://user:password@host:port/database`; `?host=/folder` for a socket. */
    url: secretSource,
    /** PEM files; `{}` trusts the certificate authorities of the system. */
    tls: z
      .strictObject({
        ca: z.string().optional(),
        cert: z.string().optional(),
        key: z.string().optional(),
      })
      .nullable()
      .default(null),
    /** Without TLS to another machine, password and record cross the network as they are. */
    allowPlain: z.boolean().default(false),
    /** Connections at most: one writes, one listens, the others read. */
    poolSize: z.int().min(3).max(100).default(10),
  }),
]);

export type StoreConfig = z.output<typeof storeConfig>;

/** The same with its paths resolved: `at` says where a path of the configuration file leads. */
export function storeAt(config: StoreConfig, at: (path: string) => string): StoreConfig {
  if (config.kind === 'sqlite') return config;
  const { url, tls } = config;
  return {
    ...config,
    url: secretAt(url, at),
    tls: tls && Object.fromEntries(Object.entries(tls).map(([name, path = '']) => [name, at(path)])),
  };
}
