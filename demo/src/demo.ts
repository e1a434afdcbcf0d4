import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { z } from 'zod';
import { relayConfig } from '@sluice/relay/config';
import { identityId, type IdentityId } from '@sluice/relay/identity';
import { type Relay, type RelayOptions, startRelay } from '@sluice/relay';
import type { Store } from '@sluice/relay/store';
import type { Warehouse } from '@sluice/relay/warehouse';
import { startLocalIssuer } from './issuer/local-issuer.ts';
import { demoPeople } from './people.ts';

/** A relay with nothing configured: the demo shop, its policy, and an issuer whose people have no passwords. */
export interface Demo {
  readonly relay: Relay;
  readonly issuer: string;
  /** The relay's own folder; gone when the demo is, unless it was asked to be kept. */
  readonly data: string;
  readonly people: typeof demoPeople;
  /** A real token, as a sign-in gives: to run SQL with. */
  tokenFor(subject: string, seconds?: number): Promise<string>;
  /** The same to decide with. */
  decidingTokenFor(subject: string, seconds?: number): Promise<string>;
  idOf(subject: string): IdentityId;
  close(): Promise<void>;
}

export interface DemoOptions {
  readonly customers?: number;
  /** 0 for any free port. */
  readonly port?: number;
  readonly issuerPort?: number;
  /** For how long the issuer's tokens are good that a sign-in in the browser gives; an hour by default. */
  readonly tokenSeconds?: number;
  /** Kept between runs when given; a new folder each time otherwise, removed at the end. */
  readonly data?: string;
  readonly policy?: string;
  readonly logLevel?: string;
  /** Given each line of the log, in place of standard output. */
  readonly log?: (line: string) => void;
  readonly warehouse?: Warehouse;
  /** In place of its own. */
  readonly store?: Store;
  readonly now?: () => number;
  readonly longPollMs?: number;
  /** The `limits` of the configuration. */
  readonly limits?: z.input<typeof relayConfig>['limits'];
  /** The `identity.programs` of the configuration. */
  readonly programs?: NonNullable<z.input<typeof relayConfig>['identity']>['programs'];
}

export const DEMO_POLICY = fileURLToPath(new URL('../policy.yaml', import.meta.url));

export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const issuer = await startLocalIssuer({
    people: demoPeople,
    port: options.issuerPort ?? 0,
    ...(options.tokenSeconds === undefined ? {} : { tokenSeconds: options.tokenSeconds }),
  });
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'sluice-demo-')));
  const tidy = async () => {
    await issuer.close();
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
  };
  const config = relayConfig.parse({
    listen: { port: options.port ?? 0 },
    data,
    policy: options.policy ?? DEMO_POLICY,
    identity: { issuers: [issuer.trusted], programs: options.programs ?? {} },
    warehouse: { type: 'embedded', customers: options.customers ?? 100_000 },
    groups: { security: ['security'], auditors: ['security'], recordKeepers: ['security'] },
    limits: options.limits ?? {},
  });
  const relay = await startRelay(config, relayOptions(options)).catch(async (error: unknown) => {
    await tidy();
    throw error;
  });
  return {
    relay,
    issuer: issuer.issuer,
    data,
    people: demoPeople,
    tokenFor: issuer.tokenFor,
    decidingTokenFor: issuer.decidingTokenFor,
    idOf: (subject) => identityId(issuer.issuer, subject),
    async close() {
      await relay.close();
      await tidy();
    },
  };
}

function relayOptions({ logLevel, log, warehouse, store, now, longPollMs }: DemoOptions): RelayOptions {
  return {
    logger: pino({ level: logLevel ?? 'warn' }, log === undefined ? pino.destination(1) : { write: log }),
    ...(warehouse === undefined ? {} : { warehouse }),
    ...(store === undefined ? {} : { store }),
    ...(now === undefined ? {} : { now }),
    ...(longPollMs === undefined ? {} : { longPollMs }),
  };
}
