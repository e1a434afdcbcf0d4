import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { SluiceError } from '../../errors.ts';
import { isLoopback } from '../../identity/index.ts';
import { readSecret } from '../../secret-source.ts';
import type { StoreConfig } from '../store-config.ts';

/** What is needed to connect. Never logged, never on the record. */
export interface PostgresConnectionOptions {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl: ConnectionOptions | false;
}

export type PostgresConfig = Extract<StoreConfig, { kind: 'postgres' }>;

/**
 * Reads the URL, and the files that TLS needs.
 *
 * @throws SluiceError `config_invalid`, which repeats nothing of the URL.
 */
export function connectionOptions(
  { url: source, tls, allowPlain }: PostgresConfig,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PostgresConnectionOptions {
  const url = URL.parse(readSecret(source, 'the URL of the store', environment).trim());
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw invalid('the URL of the store is none: expected `postgres://user:password@host:port/database`');
  }
  const socket = url.searchParams.get('host');
  const others = [...url.searchParams.keys()].filter((name) => name !== 'host');
  if (others.length > 0) {
    throw invalid(
      'the URL of the store has parameters: say TLS in `store.tls`; only `host`, of a socket, is read',
    );
  }
  const host = socket ?? url.hostname.replace(/^\[(.*)\]$/, '$1');
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(
    decodeURIComponent,
  );
  if (host === '' || user === undefined || user === '' || database === undefined || database === '') {
    throw invalid('the URL of the store lacks a host, a user or a database');
  }
  if (tls === null && !isHere(host) && !allowPlain) {
    throw invalid(
      'the store is on another machine: without `store.tls` its password and the record would be in the open',
    );
  }
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    ...(password === '' || password === undefined ? {} : { password }),
    database,
    // The certificate is always checked, for the host's own name.
    ssl: tls !== null && {
      rejectUnauthorized: true,
      ...(tls.ca === undefined ? {} : { ca: readFileSync(tls.ca, 'utf8') }),
      ...(tls.cert === undefined ? {} : { cert: readFileSync(tls.cert, 'utf8') }),
      ...(tls.key === undefined ? {} : { key: readFileSync(tls.key, 'utf8') }),
    },
  };
}

/** On this machine: a socket, or the loopback interface. */
function isHere(host: string): boolean {
  return host.startsWith('/') || isLoopback(host);
}

function invalid(message: string): SluiceError {
  return new SluiceError('config_invalid', message, { advice: 'mend `store` in the configuration' });
}
