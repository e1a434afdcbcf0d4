import { chunksOf } from '../../relay/src/encoding/testing.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { z } from 'zod';
import { createAnalyses } from '../../relay/src/analysis/index.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import type { RunStatement, StatementOutcome } from '../../relay/src/gate.ts';
import { type Identity, identityId } from '@sluice/relay/identity';
import {
  buildSnowflakeListener,
  type RefusedRequest,
  type SnowflakeListenerOptions,
} from '../../relay/src/listeners/snowflake/index.ts';
import { createLimits, limitsConfig } from '../../relay/src/limits/index.ts';
import {
  createQueries,
  openSpool,
  type QueryLimits,
  type SpoolLimits,
} from '../../relay/src/queries/index.ts';
import { createSessions, type SessionLimits } from '../../relay/src/session/index.ts';
import { strays } from '../../relay/src/queries/testing.ts';
import { openRecordedStore } from '../../relay/src/recording/testing/open-recorded-store.ts';
import type { LinkKeys } from '../../relay/src/recording/index.ts';
import type { ResultColumn, SessionState } from '@sluice/relay/warehouse';

/** The driver listener over real sessions, queries, spool and sockets; only the gate behind it is a script. */
export async function startScriptedRelay(script: RunStatement, settings: ScriptedSettings = {}) {
  const directory = settings.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-listener-')));
  const now = settings.now ?? Date.now;
  const spoolDirectory = join(directory, 'spool');
  const {
    store,
    seals,
    close: closeStore,
  } = await openRecordedStore(settings.inMemory === true ? undefined : join(directory, 'relay.sqlite'));
  const spool = await openSpool(spoolDirectory, settings.spool);
  const refused: RefusedRequest[] = [];
  const logged: string[] = [];

  const limits = createLimits({
    config: limitsConfig.parse(settings.limits ?? {}),
    now,
    onExceeded: ({ error }) => logged.push(error.code),
  });

  const sessions = createSessions({
    store,
    seals,
    isOpenOnRecord: async () => true,
    places: limits.sessions,
    now,
    randomBytes,
    newId: randomUUID,
    recordOpened: async () => {},
    onEnding: async ({ id }) => queries.endSession(id),
    onError: (error) => logged.push(String(error)),
    ...(settings.sessions ? { limits: settings.sessions } : {}),
  });
  const others = strays();
  for (const requestId of settings.recorded ?? []) others.recorded.set(requestId, randomUUID());
  const queries = createQueries({
    run: script,
    allowance: limits,
    spool,
    elsewhere: others.elsewhere,
    relay: 'this',
    now,
    newId: randomUUID,
    onUnexpected: (error) => logged.push(String(error)),
    ...(settings.queries ? { limits: settings.queries } : {}),
  });
  const analyses = createAnalyses({ token: randomBytes(32) });
  const app = buildSnowflakeListener({
    authenticate: async (token) => identityOf(token, now()),
    admit: async ({ id }) => await sleep(limits.request(id, 200)),
    sessions,
    queries,
    files: null,
    linkKeys: linkKeysOf(settings.linkKey ?? randomBytes(32)),
    relays: { self: 'this', isThere: async (id) => settings.others?.includes(id) ?? false },
    split: analyses.split,
    openingState: async (_identity, asked) => ({
      ...asked,
      database: asked.database ?? demoState.database,
      schema: asked.schema ?? demoState.schema,
    }),
    onRefused: (request) => refused.push(request),
    logger: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    now,
    newId: randomUUID,
    origin: () =>
      `${settings.options?.tls ? 'https://localhost' : 'http://127.0.0.1'}:${(app.server.address() as AddressInfo).port}`,
    ...(settings.options ? { options: settings.options } : {}),
  });
  await app.listen({ host: '127.0.0.1', port: settings.port ?? 0 });
  const { port } = app.server.address() as AddressInfo;

  return {
    app,
    sessions,
    queries,
    others,
    refused,
    logged,
    directory,
    spoolDirectory,
    port,
    /** Stops as a relay does, and leaves its database to a next one. */
    async stop() {
      await queries.close();
      await app.close();
      await analyses.close();
      await closeStore();
    },
    async close() {
      await this.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type ScriptedRelay = Awaited<ReturnType<typeof startScriptedRelay>>;

export interface ScriptedSettings {
  readonly directory?: string;
  /** Its sessions and record, which end with it. */
  readonly inMemory?: true;
  readonly port?: number;
  readonly now?: () => number;
  readonly options?: Partial<SnowflakeListenerOptions>;
  readonly queries?: Partial<QueryLimits>;
  readonly limits?: z.input<typeof limitsConfig>;
  readonly sessions?: Partial<SessionLimits>;
  readonly spool?: SpoolLimits;
  /** Request ids that the record of an earlier relay holds. */
  readonly recorded?: readonly string[];
  /** What links to results are signed with, where several relays have it. */
  readonly linkKey?: Uint8Array;
  /** Other relays that are there. */
  readonly others?: readonly string[];
}

export function linkKeysOf(key: Uint8Array): LinkKeys {
  return { current: () => ({ id: 'key', key }), find: async (id) => (id === 'key' ? key : null) };
}

export const demoState: SessionState = {
  database: 'SHOP',
  schema: 'PUBLIC',
  warehouse: null,
  role: null,
};

/** `ada-token` is Ada's; every other token is what its name says. */
function identityOf(token: string, now: number): Identity {
  if (token === 'expired-token') throw new SluiceError('token_expired', 'the token has expired');
  if (token === 'revoked-token') throw new SluiceError('identity_revoked', 'the access was revoked');
  const subject = /^(\w+)-token$/.exec(token)?.[1];
  if (subject === undefined || subject === 'invalid') {
    throw new SluiceError('token_invalid', 'the token is not valid', { advice: 'sign in again' });
  }
  return {
    id: identityId('https://issuer.test', subject),
    issuer: 'https://issuer.test',
    subject,
    name: subject,
    person: {},
    groups: [],
    kind: 'person',
    tokenId: null,
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt: now,
    expiresAt: now + 36_000_000,
  };
}

export function column(
  name: string,
  type: ResultColumn['type'],
  shape: Partial<ResultColumn> = {},
): ResultColumn {
  return { name, type, nullable: true, precision: null, scale: null, length: null, ...shape };
}

export function rowsOutcome(
  queryId: string,
  columns: readonly ResultColumn[],
  rows: readonly (readonly (string | null)[])[],
  more: Partial<StatementOutcome> = {},
): StatementOutcome {
  return {
    queryId,
    columns,
    encoding: 'json',
    chunks: chunksOf(...(rows.length === 0 ? [] : [rows])),
    statementTypeId: 0x1000,
    state: demoState,
    parameters: {},
    ...more,
  };
}
