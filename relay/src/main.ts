import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createAnalyses } from './analysis/index.ts';
import {
  approvalMigrations,
  createApprovals,
  createDevices,
  createGrants,
  createOpenings,
  createReviews,
  summaryOf,
} from './approval/index.ts';
import { classificationMigrations, openClassification } from './classification/index.ts';
import type { RelayConfig } from './config.ts';
import { channelsOf, createDeliveries, deliveryMigrations } from './delivery/index.ts';
import { createEstimate, createGate } from './gate.ts';
import {
  createAuthenticator,
  createRelayIssuer,
  createRevocations,
  createSamlSignIn,
  identityId,
  type Identity,
  identityMigrations,
  mailbox,
  samlPersonNames,
  relayKeysFromFile,
} from './identity/index.ts';
import { createGuard } from './listeners/authority.ts';
import { createLimits, createStrangers, createTally } from './limits/index.ts';
import { createLiveChannel, registerApi } from './listeners/api/index.ts';
import { openDoor, ownAddress, trustsOf } from './listeners/door/index.ts';
import { registerHealth } from './listeners/health/index.ts';
import { registerMcp } from './listeners/mcp/index.ts';
import { registerSaml } from './listeners/saml/index.ts';
import { openStatementService, registerStatements } from './listeners/statements/index.ts';
import { buildSnowflakeListener } from './listeners/snowflake/index.ts';
import { openPolicyFile } from './policy-file.ts';
import { rolesOf } from './policy/index.ts';
import { createQueries, openSpool } from './queries/index.ts';
import {
  exportSession,
  hasRequest,
  listSessions,
  openRecorder,
  payloadReader,
  recordingMigrations,
  replay,
  signersFromFile,
  vaultFromFile,
} from './recording/index.ts';
import { createRefusals } from './refusals.ts';
import { createSessions, type SessionId, sessionMigrations } from './session/index.ts';
import { openDatabase } from './store/index.ts';
import { createUsageMeter, usageMigrations } from './usage/index.ts';
import { openEmbeddedWarehouse, type SessionState, type Warehouse } from './warehouse/index.ts';

/** A relay that runs. */
export interface Relay {
  /** Where drivers and people reach it. */
  readonly url: string;
  readonly database: Kysely<unknown>;
  /** One session with everything that proves it, as `sluice export` writes it. */
  exportSession(session: SessionId, output: Writable): Promise<void>;
  /** Stops listening, leaves held statements pending, signs the record and closes it. */
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly logger: FastifyBaseLogger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** In place of the configured warehouse: for tests of what a warehouse does to the rest. */
  readonly warehouse?: Warehouse;
  /** Milliseconds for which a driver's poll is held. */
  readonly longPollMs?: number;
}

export const migrations = {
  ...recordingMigrations,
  ...sessionMigrations,
  ...identityMigrations,
  ...approvalMigrations,
  ...deliveryMigrations,
  ...classificationMigrations,
  ...usageMigrations,
};

/** The relay's own files in its data folder. */
export function filesIn(data: string) {
  return {
    database: join(data, 'sluice.db'),
    signingKey: join(data, 'signing-key.pem'),
    payloadKey: join(data, 'payload-keys'),
    maskingKey: join(data, 'masking-key'),
    tokenKeys: join(data, 'token-keys.pem'),
    spool: join(data, 'spool'),
  };
}

/** The composition root: every part is made here, and handed to those that need it. */
export async function startRelay(config: RelayConfig, options: RelayOptions): Promise<Relay> {
  const { logger } = options;
  const now = options.now ?? Date.now;
  const newId = () => randomUUID();
  const failures = createTally({
    now,
    onCounted: (failure, count) => logger.error({ failure, count }, 'background work failed more often'),
  });
  const onError = (error: unknown) => {
    const failure = error instanceof Error ? error.name : 'error';
    failures.add(failure, () => logger.error({ failure }, 'background work failed'));
  };
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const files = filesIn(config.data);

  const database = await openDatabase({ path: files.database, migrations });
  const vault = vaultFromFile(files.payloadKey, { create: true });
  const signers = signersFromFile(files.signingKey, { create: true });
  const recording = await openRecorder({
    database,
    now,
    random: randomBytes,
    newId,
    vault,
    signers,
    checkpointEvery: { seconds: 60, events: 10_000 },
    onCheckpointFailed: onError,
    onIndexFailed: onError,
  });
  const { relaySession } = recording;
  const notice = (what: string, detail: Record<string, string>) =>
    void recording.append(relaySession, { type: 'notice', what, detail }).catch(onError);

  const refusals = createRefusals({ recording, now, onError });
  const limits = createLimits({ config: config.limits, now, onExceeded: refusals.exceeded });

  const policyFile = openPolicyFile({
    path: config.policy,
    onReload(outcome) {
      if (outcome.loaded) logger.info({ version: outcome.policy.version }, 'policy loaded');
      else logger.error({ problems: outcome.problems }, 'policy refused, the old one is kept');
      notice(
        outcome.loaded ? 'policy_loaded' : 'policy_refused',
        outcome.loaded ? { version: outcome.policy.version } : { problems: outcome.problems.join('\n') },
      );
    },
  });
  notice('policy_loaded', { version: policyFile.current().version });

  const revocations = await createRevocations({
    database,
    now,
    clockTolerance: config.identity.clockTolerance,
  });
  const saml = await openSaml();
  const authenticate = createAuthenticator({
    config: config.identity,
    revocations,
    onKnown: revocations.note,
    ...(saml && { relayIssuer: saml.relayIssuer }),
    now,
  });
  /** Of programs: who sends too much is told so at once, and when to try again. */
  const authenticateOrLimit = async (token: string) => {
    const identity = await authenticate(token);
    limits.request(identity.id, 0);
    return identity;
  };
  for (const { issuer, deciding, claims } of config.identity.issuers) {
    if (claims.kind === 'person' && deciding === null) {
      logger.warn(
        { issuer },
        'nobody of this issuer may decide: its `deciding` does not say which tokens are for that',
      );
    }
  }
  const warehouse =
    options.warehouse ?? (await openEmbeddedWarehouse({ customers: config.warehouse.customers }));

  const guard = createGuard({ signIn: () => policyFile.current().signIn, now });

  const devices = createDevices({
    database,
    recorder: recording,
    relaySession,
    now,
    newId,
    firstUse: config.approvals.trustFirstDevice,
    vouchers: config.groups.security,
    confirmIdentity: revocations.check,
  });
  const openings = await createOpenings({ database, recorder: recording, relaySession, now, newId });
  const grants = createGrants({ database, recorder: recording, now, newId });
  const reviews = createReviews({
    database,
    recorder: recording,
    now,
    newId,
    reviewers: config.groups.security,
  });
  const approvals = createApprovals({
    database,
    recorder: recording,
    devices,
    grants,
    confirmIdentity: revocations.check,
    now,
    newId,
    random: randomBytes,
    // The gate is made of the approvals: it is asked once both are there.
    estimate: (request) => createEstimate(gate.run, analyses.rowCount, newId, now)(request),
    onError,
  });

  const usage = await createUsageMeter(database, now);
  const maskingKeys = { token: keyFromFile(files.maskingKey) };
  const analyses = createAnalyses(maskingKeys);
  const gate = createGate({
    now,
    confirmIdentity: revocations.check,
    analyses,
    floor: true,
    policy: policyFile.current,
    classification: await openClassification(database),
    usage,
    limits,
    approvals,
    grants,
    reviews,
    openings,
    recorder: recording,
    recordingLimits: { rowsKept: config.recording.rowsKept, rowsPerPayload: 1_000 },
    warehouse,
    maskingKeys,
  });

  const sessions = createSessions({
    database,
    now,
    randomBytes,
    newId,
    places: limits.sessions,
    async onOpened({ id, identity, client, state }) {
      const opened = { type: 'opened', identity: summaryOf(identity), client, state } as const;
      limits.record(identity.id, Buffer.byteLength(JSON.stringify(opened)));
      await recording.append(id, opened);
    },
    async onEnded(session, how) {
      await approvals.sessionEnded(session.id);
      await queries.endSession(session.id);
      await gate.endSession(session.id);
      await recording.append(session.id, { type: 'closed', how });
    },
  });
  const queries = createQueries({
    run: gate.run,
    spool: await openSpool(files.spool),
    keepState: sessions.keepState,
    allowance: limits,
    isRecorded: (session, requestId) => hasRequest(database, session.id, requestId),
    now,
    newId,
    onUnexpected: onError,
    limits: { statementMs: config.limits.statementSeconds * 1_000 },
  });
  const live = createLiveChannel({
    authenticate,
    guard,
    admit({ id }) {
      limits.request(id, 0);
      return limits.liveChannels.take(id);
    },
    onRefused: refusals.refused,
    approvals,
    reviews,
    newId,
  });
  const deliveries = createDeliveries({
    database,
    channels: channelsOf(config.deliver, now),
    approvals,
    reviews,
    recorder: recording,
    relaySession,
    consoleUrl: config.approvals.consoleUrl,
    now,
    newId,
    onError,
  });

  // Promise 7: whatever a revoked person has open ends before the revocation is answered.
  revocations.onRevoked(async (revocation, isRevoked) => {
    notice('revoked', {
      target: JSON.stringify(revocation.target),
      reason: revocation.reason,
      by: revocation.by,
    });
    await approvals.revoked(isRevoked);
    await sessions.endWhere(({ identity }) => isRevoked(identity), 'revoked');
    live.revoked(isRevoked);
  });

  const { trustProxy, tls, publicUrl, hostNames, host } = config.listen;
  const trusts = trustsOf(trustProxy);
  const app = buildSnowflakeListener({
    async authenticate(token) {
      const identity = await authenticate(token);
      guard(identity, 'run');
      return identity;
    },
    // Drivers take a refusal for the end of what they do: they are put off for a while first.
    admit: async ({ id }) => await sleep(limits.request(id, DRIVER_PATIENCE)),
    sessions,
    queries,
    split: analyses.split,
    openingState: async (identity, asked) => openingState(identity, asked),
    onRefused: refusals.refused,
    logger,
    now,
    newId,
    origin: () => own.origin(),
    options: {
      trustProxy: trusts,
      tls: tls && { key: readFileSync(tls.key, 'utf8'), cert: readFileSync(tls.cert, 'utf8') },
      ...(options.longPollMs === undefined ? {} : { longPollMs: options.longPollMs }),
    },
  });
  const consoles = URL.parse(config.approvals.consoleUrl)?.origin;
  const own = ownAddress(
    { host, isTls: tls !== null, publicUrl, hostNames, origins: consoles === undefined ? [] : [consoles] },
    app.server,
  );
  const asUpgrade = openDoor(app, {
    strangers: createStrangers({ config: config.limits.strangers, now }),
    own,
    trusts,
    mostConnections: config.limits.strangers.all.connections,
    onRefused: refusals.refused,
  });
  await registerApi(app, {
    onRefused: refusals.refused,
    authenticate: authenticateOrLimit,
    guard,
    openings,
    defaults: warehouse.defaults,
    mailboxOf: (address) => mailbox(address, config.identity.ignoreDotsAt),
    approvals,
    grants,
    devices,
    reviews,
    live,
    revocations,
    sessions: {
      list: (filter) => listSessions(database, filter),
      events: (session, after) => replay(database, session, after),
    },
    groups: config.groups,
    integrations: config.integrations,
    now,
    onError,
  });
  await sessions.resume();
  const statements = await openStatementService({
    sessions,
    queries,
    openingState: async (identity, asked) => openingState(identity, asked),
  });
  await registerStatements(app, {
    onRefused: refusals.refused,
    authenticate: authenticateOrLimit,
    guard,
    statements,
    queries,
    newId,
    onError,
  });
  await registerMcp(app, {
    onRefused: refusals.refused,
    authenticate: authenticateOrLimit,
    guard,
    statements,
    queries,
    own,
    issuers: [
      ...config.identity.issuers.map(({ issuer }) => issuer),
      ...(saml === null ? [] : [saml.relayIssuer.trusted.issuer]),
    ],
    newId,
    onError,
  });
  if (saml !== null) await registerSaml(app, { ...saml, onRefused: refusals.refused, onError });
  registerHealth(app, { isReady: warehouse.ping, now, onError });
  app.server.on('upgrade', asUpgrade(live.upgrade));

  for (const { request } of await approvals.resume()) {
    // A driver that polls a held statement goes on polling: it is the same statement again.
    const session = await sessions.find(request.session.id);
    if (session !== null) queries.adopt({ ...request, session });
  }
  await deliveries.resume();
  const background = every(1_000, onError, () =>
    Promise.all([approvals.tick(), deliveries.tick(), queries.sweep(), sessions.endExpired()]),
  );
  const counting = setInterval(() => [refusals, failures].forEach((counted) => counted.tick()), 1_000);
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const { port } = app.server.address() as AddressInfo;

  return {
    url: `${config.listen.tls ? 'https' : 'http'}://${config.listen.host}:${port}`,
    database,
    async exportSession(session, output) {
      const checkpoint = await recording.checkpoint();
      const payloads = payloadReader({ database, vault });
      await pipeline(exportSession({ database, payloads, signer: signers[0], checkpoint, session }), output);
    },
    async close() {
      background.stop();
      clearInterval(counting);
      // Drivers are told to poll again, and find the next relay; then what is held lets go.
      await queries.close();
      live.close();
      await closeWithin(CLOSING, app);
      approvals.stop();
      deliveries.stop();
      policyFile.close();
      refusals.close();
      failures.close();
      await analyses.close();
      await recording.close();
      await warehouse.close();
      await database.destroy();
    },
  };

  /** SAML sign-in, and the relay as the issuer of the tokens that it ends in. */
  async function openSaml() {
    const { saml: settings, clockTolerance } = config.identity;
    const { publicUrl } = config.listen;
    if (settings === null || publicUrl === null) return null;
    const relayIssuer = await createRelayIssuer({
      url: publicUrl,
      personNames: samlPersonNames(settings),
      keys: relayKeysFromFile(files.tokenKeys),
      now,
      newId,
    });
    const signIn = createSamlSignIn({
      config: settings,
      publicUrl,
      clockTolerance,
      relayIssuer,
      async onSignedIn(subject) {
        const detail = { identity: identityId(publicUrl, subject) };
        await recording.append(relaySession, { type: 'notice', what: 'signed_in', detail });
      },
      now,
      random: randomBytes,
    });
    return { signIn, relayIssuer };
  }

  /** What the client asked for, as far as its groups allow it. */
  function openingState(identity: Identity, asked: SessionState): SessionState {
    const allowed = rolesOf(policyFile.current(), identity);
    return {
      database: asked.database ?? warehouse.defaults.database,
      schema: asked.schema ?? (asked.database === null ? warehouse.defaults.schema : 'PUBLIC'),
      warehouse: asked.warehouse ?? warehouse.defaults.warehouse,
      role: asked.role ?? allowed?.default ?? warehouse.defaults.role,
    };
  }
}

/** 32 random bytes, made once: tokens must be the same tomorrow. */
function keyFromFile(path: string): Uint8Array {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  return Buffer.from(readFileSync(path, 'utf8'), 'base64');
}

/** Milliseconds that a driver's request is put off before it is refused; well below what drivers wait for an answer. */
const DRIVER_PATIENCE = 5_000;

/** Milliseconds that answers under way have when the relay stops. */
const CLOSING = 3_000;

/** A client that does not read its answer would keep the relay from ever ending. */
async function closeWithin(ms: number, app: FastifyInstance): Promise<void> {
  const hangUp = setTimeout(() => app.server.closeAllConnections(), ms);
  await app.close();
  clearTimeout(hangUp);
}

/** Repeats work, never twice at once, until it is stopped. */
function every(ms: number, onError: (error: unknown) => void, work: () => Promise<unknown>) {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    void work()
      .catch(onError)
      .finally(() => (running = false));
  }, ms);
  return { stop: () => clearInterval(timer) };
}
