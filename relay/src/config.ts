import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { deliveryConfig, webhookSecret } from './delivery/index.ts';
import { SluiceError } from './errors.ts';
import { identityConfig, isLoopback, publicUrl } from './identity/index.ts';
import { limitsConfig } from './limits/index.ts';
import { retentionConfig } from './retention-config.ts';
import { storeAt, storeConfig } from './store/index.ts';
import { warehouseAt, warehouseConfig } from './warehouse/config.ts';
import { witnessesConfig } from './witness/index.ts';
import { formatProblem, readYaml } from './yaml/index.ts';

const proxyAddress = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'expected an address, `10.0.0.7`, or a network, `10.0.0.0/8`',
});

/** The relay's configuration file. Paths are relative to the file. */
export const relayConfig = z
  .strictObject({
    listen: z.strictObject({
      host: z.string().default('127.0.0.1'),
      /** 0 for any free one. */
      port: z.int().min(0).max(65_535).default(8765),
      /** PEM files; without them the relay speaks plain http, which is for a loopback or a proxy of one's own. */
      tls: z.strictObject({ key: z.string(), cert: z.string() }).nullable().default(null),
      /** Beyond the loopback interface, tokens and rows would cross the network as they are. */
      allowPlainHttp: z.boolean().default(false),
      /** Proxies whose `X-Forwarded-For` is believed: how many there are before the relay, or where they are. */
      trustProxy: z
        .union([z.literal(false), z.int().min(1).max(10), z.array(proxyAddress).min(1)], {
          error: 'expected how many proxies are before the relay, or a list of their addresses',
        })
        .default(false),
      /** Where clients and people's browsers reach the relay: links lead there, and requests must be for it. */
      publicUrl: publicUrl.nullable().default(null),
      /** Other names, `relay.internal` or `relay.internal:8765`, that proxies and balancers call it by. */
      hostNames: z
        .array(z.string().regex(/^[\w.-]+(?::\d+)?$/, 'expected a name, with or without a port'))
        .default([]),
    }),
    /** A folder of the relay's own: its database, keys and spooled results. */
    data: z.string(),
    /** Where state and record are kept: by default in a file of the data folder. */
    store: storeConfig.default({ kind: 'sqlite' }),
    policy: z.string(),
    identity: identityConfig,
    warehouse: warehouseConfig,
    groups: z
      .strictObject({
        /** May revoke people, and review break-glass. */
        security: z.array(z.string()).default([]),
        /** May see everybody's sessions. */
        auditors: z.array(z.string()).default([]),
        /** May place and release legal holds, and run retention. */
        recordKeepers: z.array(z.string()).default([]),
        /** May read the relay's metrics: people, and the programs that collect them. */
        monitors: z.array(z.string()).default([]),
      })
      .default({ security: [], auditors: [], recordKeepers: [], monitors: [] }),
    approvals: z
      .strictObject({
        /** Whether a person's first device is trusted on its first use; otherwise somebody else vouches for it. */
        trustFirstDevice: z.boolean().default(false),
        /** Where links in messages lead, without a slash at the end. */
        consoleUrl: z.string().default('http://127.0.0.1:8765/console'),
      })
      .default({ trustFirstDevice: false, consoleUrl: 'http://127.0.0.1:8765/console' }),
    deliver: deliveryConfig.default({ webhooks: [], slack: [], mail: [] }),
    integrations: z
      .array(z.strictObject({ name: z.string(), secret: webhookSecret, groups: z.array(z.string()) }))
      .default([]),
    /** Who is told what the relay has signed: see docs/witnesses.md. */
    witnesses: witnessesConfig.default([]),
    limits: limitsConfig.prefault({}),
    recording: z
      .strictObject({
        /** Rows of a result that the recording keeps; the rest is counted. */
        rowsKept: z.int().min(0).default(10_000),
      })
      .default({ rowsKept: 10_000 }),
    retention: retentionConfig.prefault({}),
  })
  .refine(({ listen }) => isLoopback(listen.host) || listen.tls !== null || listen.allowPlainHttp, {
    path: ['listen', 'host'],
    message:
      'beyond the loopback interface `tls` is needed, or a proxy that has it and `allowPlainHttp: true`',
  })
  .refine(({ listen: { host, tls, publicUrl: url } }) => (isLoopback(host) && tls === null) || url !== null, {
    path: ['listen'],
    message: '`publicUrl` is needed: links lead there, and requests must be for it',
  })
  .refine(({ listen, identity }) => identity.saml === null || listen.publicUrl !== null, {
    path: ['listen', 'publicUrl'],
    message: 'SAML sign-in needs it',
  })
  .refine(({ listen, identity }) => identity.issuers.every(({ issuer }) => issuer !== listen.publicUrl), {
    path: ['identity', 'issuers'],
    message: 'the relay is the issuer of its own tokens: take its public URL off the list',
  });

export type RelayConfig = z.output<typeof relayConfig>;

/** Reads a configuration file. Throws `config_invalid` with every problem, by line and column. */
export function readConfig(path: string): RelayConfig {
  const read = readYaml(readText(path), relayConfig, { isSecret });
  if ('problems' in read) throw invalid(read.problems.map((problem) => formatProblem(path, problem)));
  const folder = dirname(resolve(path));
  const { listen, data, policy, store, warehouse, witnesses } = read.value;
  const tls = listen.tls && { key: resolve(folder, listen.tls.key), cert: resolve(folder, listen.tls.cert) };
  return {
    ...read.value,
    listen: { ...listen, tls },
    data: resolve(folder, data),
    policy: resolve(folder, policy),
    store: storeAt(store, (path) => resolve(folder, path)),
    warehouse: warehouseAt(warehouse, (path) => resolve(folder, path)),
    witnesses: witnesses.map((each) =>
      each.kind === 'file' ? { ...each, folder: resolve(folder, each.folder) } : each,
    ),
  };
}

/** Where secrets stand, addresses of chat hooks among them, or would if the file were right: errs towards more. */
function isSecret(path: readonly PropertyKey[]): boolean {
  return path.some((step) => /secret|password|login|user|token|key|url|header/i.test(String(step)));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SluiceError('config_invalid', `the configuration file \`${path}\` cannot be read`, { cause });
  }
}

function invalid(problems: readonly string[]): SluiceError {
  return new SluiceError('config_invalid', problems.join('\n'), {
    advice: 'correct the file and start again',
  });
}
