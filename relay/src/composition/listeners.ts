import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { createActivity } from '../activity/index.ts';
import type { ApprovalId } from '../approval/index.ts';
import { mailbox } from '../identity/index.ts';
import { createStrangers } from '../limits/index.ts';
import { createLiveChannel, createSessionAccess, registerApi } from '../listeners/api/index.ts';
import { pagesFolder, readPages, registerConsole, signInPlacesOf } from '../listeners/console/index.ts';
import { openDoor, ownAddress, trustsOf } from '../listeners/door/index.ts';
import { registerAttempts } from '../listeners/attempts/index.ts';
import { registerHealth } from '../listeners/health/index.ts';
import { registerMetrics } from '../listeners/metrics/index.ts';
import { registerMcp } from '../listeners/mcp/index.ts';
import { registerPeople } from '../listeners/people/index.ts';
import { registerPolicy } from '../listeners/policy/index.ts';
import { registerOauth } from '../listeners/oauth/index.ts';
import { registerOverview } from '../listeners/overview/index.ts';
import { createRouter } from '../listeners/router/index.ts';
import { createRequestSessions, registerSqlApi } from '../listeners/sql-api/index.ts';
import { registerSaml } from '../listeners/saml/index.ts';
import { buildSnowflakeListener } from '../listeners/snowflake/index.ts';
import {
  apiSession,
  createStatementService,
  registerAccess,
  registerCatalog,
  registerStatements,
} from '../listeners/statements/index.ts';
import {
  listSessions,
  parseCheckpoint,
  readEventPayload,
  replay,
  searchEvents,
  sessionPage,
} from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import { createCheckpoints } from './checkpoints.ts';
import type { RelayContext } from './context.ts';
import type { Exports } from './exports.ts';
import type { Gate } from './gate.ts';
import type { Identities } from './identity.ts';
import { createReadNotes } from './read-notes.ts';
import type { SessionParts } from './sessions.ts';
import type { Storage } from './storage.ts';

export interface ListenersNeed {
  readonly storage: Storage;
  readonly identity: Identities;
  readonly gate: Gate;
  readonly sessions: SessionParts;
  readonly exported: Exports;
  /** Milliseconds for which a driver's poll is held. */
  readonly longPollMs: number | undefined;
}

/** Every client protocol, on one server that does not listen yet. */
export async function startListeners(context: RelayContext, need: ListenersNeed) {
  const { config, start, metrics, now, newId, onError } = context;
  const { store, vault, signers, recording, refusals, relays, policy, holds, enrolmentRepair, retention } =
    need.storage;
  const { authenticate, authenticateOrLimit, guard, limited, limits, programSignIn, revocations, saml } =
    need.identity;
  const { warehouse, approvals, grants, devices, reviews, openings } = need.gate;
  const { sessions, queries, openingState } = need.sessions;

  const { app, own, upgrade } = await start(
    'server',
    () => buildServer(context, need),
    ({ app }) => ({ close: () => closeWithin(CLOSING_MS, app) }),
  );
  const readSession = (session: SessionId, after: number) => replay(store.apart, session, after);
  const sessionAccess = createSessionAccess({
    events: readSession,
    auditors: config.groups.auditors,
    onRead: createReadNotes({ recording, now }),
  });
  const live = await start(
    'live channel',
    () =>
      createLiveChannel({
        authenticate,
        guard,
        sessionAccess,
        confirmIdentity: revocations.check,
        settle: revocations.settle,
        heldAs: async (statement) => {
          const found = await store.approvals.findByStatement(statement);
          return found?.state.phase === 'asked' ? { approval: found.id, expiresAt: found.expiresAt } : null;
        },
        admit({ id }) {
          limits.request(id, 0);
          const release = limits.liveChannels.take(id);
          metrics.liveChannelOpened();
          return () => {
            metrics.liveChannelClosed();
            release();
          };
        },
        count: ({ id }) => void limits.request(id, 0),
        place: ({ id }) => limits.liveSubscriptions.take(id),
        onRefused: refusals.refused,
        onError,
        log: recording.relaySession,
        changes: store.changes,
        broadcast: store.broadcast,
        self: relays.self,
        events: store.events,
        approvals: {
          find: async (id) => await store.approvals.find(id as ApprovalId),
          maySee: approvals.maySee,
        },
        reviews: {
          find: async (id) => (await store.reviews.find(id))?.review ?? null,
          maySee: reviews.maySee,
        },
        now,
      }),
    ({ close }) => ({ close }),
  );
  // Closed before the server is: drivers are told to poll again, and find the next relay.
  await start(
    'queries',
    () => queries,
    ({ sweep, close }) => ({ tick: sweep, close }),
  );

  const signInPlaces = signInPlacesOf(config.identity, config.listen.publicUrl);
  await registerConsole(app, {
    pages: readPages(pagesFolder()),
    issuers: signInPlaces.places.map(({ issuer }) => new URL(issuer).origin),
  });
  const noteOf = (what: string, detail: Readonly<Record<string, string>>) =>
    recording.append(recording.relaySession, { type: 'notice', what, detail });
  const router = createRouter(app, {
    onRefused: refusals.refused,
    authenticate: authenticateOrLimit,
    guard,
    onError,
  });
  await registerApi(app, router, {
    signInPlaces,
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
      page: (options) => sessionPage(store.apart, options),
      payload: readEventPayload({ store: store.apart, vault }),
      search: (search) => searchEvents(store.apart, search),
      export: need.exported,
      events: readSession,
    },
    sessionAccess,
    checkpoints: createCheckpoints({
      recording,
      store,
      signers,
      witnesses: config.witnesses.flatMap((each) => (each.kind === 'tlog-witness' ? [each.key] : [])),
    }),
    holds,
    enrolmentRepair,
    retention,
    noteOf,
    groups: config.groups,
    integrations: config.integrations,
    now,
    onError,
  });
  const statements = createStatementService({
    sessions,
    queries,
    openingState,
    explain: need.gate.gate.explain,
    askAhead: need.gate.gate.askAhead,
    browse: need.gate.gate.browse,
    places: limits.statements,
    newId,
  });
  await registerStatements(router, { statements, queries, newId });
  const requests = await start(
    'sessions of the SQL API',
    () => createRequestSessions({ sessions, openingState, now }),
    ({ endRead, close }) => ({ tick: endRead, close }),
  );
  await registerSqlApi(app, router, {
    queries,
    requests,
    split: need.gate.analyses.split,
    newId,
    onRefused: refusals.refused,
    onError,
  });
  await registerAccess(router, { statements, approvals });
  await registerAttempts(router, {
    sessionOf: ({ identity, address, agent }) =>
      apiSession({ sessions, openingState }, identity, address, agent),
    recording,
    limits,
    now,
  });
  await registerCatalog(router, { statements, newId });
  await registerPeople(router, {
    people: { list: revocations.people, isOut: revocations.isOut },
    endSessions: async (matches) => await sessions.endWhere(matches, 'client'),
    asSomebody: need.gate.gate.asSomebody,
    grantsOf: grants.of,
    places: limits.statements,
    noteOf,
    groups: config.groups,
    newId,
  });
  await registerPolicy(router, {
    policy: policy.current,
    people: { list: revocations.people },
    asSomebody: need.gate.gate.asSomebody,
    lookOver: need.gate.gate.lookOver,
    tags: need.gate.classification.tags,
    sessions: {
      list: (filter) => listSessions(store.apart, filter),
      events: (session) => readSession(session, -1),
    },
    places: limits.statements,
    noteOf,
    groups: config.groups,
    newId,
    now,
  });
  const counting = createActivity(store);
  await start(
    'activity',
    () => counting,
    ({ count }) => ({ tick: count }),
  );
  await registerOverview(router, {
    activity: store.activity,
    events: async () => (await store.events.log())?.size ?? 0,
    groups: config.groups,
  });
  const programs = programSignIn(own.origin);
  await registerMcp(app, router, {
    statements,
    approvals,
    grants,
    queries,
    newId,
    onError,
    own,
    authenticate: limited((token) =>
      programs?.isOne(token) === true ? programs.authenticate(token) : authenticate(token),
    ),
    servers: () => [
      // Clients take the first.
      ...(programs === null ? [] : [`${own.origin()}/oauth`]),
      ...config.identity.issuers.map(({ issuer }) => issuer),
      ...(saml === null ? [] : [saml.relayIssuer.trusted.issuer]),
    ],
  });
  if (programs !== null)
    await registerOauth(router, {
      programs,
      own,
      random: context.random,
      onRefused: refusals.refused,
      onError,
    });
  if (saml !== null) await registerSaml(router, { ...saml, onRefused: refusals.refused, onError });
  await registerHealth(router, {
    isWarehouseUp: warehouse.ping,
    hasPolicy: policy.isCurrent,
    isRecordSound: recording.isSound,
    now,
  });
  await registerMetrics(router, {
    monitors: config.groups.monitors,
    text: () =>
      metrics.text({
        events: async () => (await store.events.log())?.size ?? 0,
        bytes: async () => (await store.space()).used,
        async checkpoint() {
          const newest = await store.checkpoints.newest();
          return newest && parseCheckpoint(newest.note);
        },
        isSound: recording.isSound,
        patrolledAt: recording.patrolledAt,
        witnesses: need.storage.witnesses.status,
        retention: retention.status,
        held: async () => (await approvals.held()).length,
      }),
  });
  router.complete([
    ...(saml === null ? (['saml'] as const) : []),
    ...(programs === null ? (['oauth'] as const) : []),
  ]);
  app.server.on('upgrade', upgrade(live.upgrade));

  return {
    live,
    /** Answers where drivers and people reach it. */
    async listen(): Promise<string> {
      const { host, port, tls } = config.listen;
      await app.listen({ host, port });
      const { port: bound } = app.server.address() as AddressInfo;
      return `${tls ? 'https' : 'http'}://${host}:${bound}`;
    },
  };
}

/** The server with what stands before every listener, and the drivers' own. */
function buildServer({ config, logger, now, newId }: RelayContext, need: ListenersNeed) {
  const { refusals, relays, linkKeys, recording } = need.storage;
  const { transfers } = need.gate.warehouse;
  const { authenticate, guard, limits } = need.identity;
  const { sessions, queries, openingState } = need.sessions;
  const { trustProxy, tls, publicUrl, hostNames, host } = config.listen;
  const trusts = trustsOf(trustProxy);
  const app = buildSnowflakeListener({
    async authenticate(token) {
      const identity = await authenticate(token);
      guard(identity, 'run');
      return identity;
    },
    // Drivers take a refusal for the end of what they do: they are put off for a while first.
    async admit({ id }) {
      const waitMs = limits.request(id, DRIVER_PATIENCE_MS);
      // A timer for nothing at all takes a millisecond.
      if (waitMs > 0) await sleep(waitMs);
    },
    sessions,
    queries,
    linkKeys,
    relays,
    split: need.gate.analyses.split,
    openingState,
    files:
      transfers === undefined
        ? null
        : {
            find: transfers.find,
            async note(session, what, { name, size, sha256 }) {
              const detail = { name, bytes: String(size), sha256 };
              await recording.append(session, { type: 'notice', what, detail });
            },
          },
    onRefused: refusals.refused,
    logger,
    now,
    newId,
    origin: () => own.origin(),
    options: {
      trustProxy: trusts,
      tls: tls && { key: readFileSync(tls.key, 'utf8'), cert: readFileSync(tls.cert, 'utf8') },
      ...(need.longPollMs === undefined ? {} : { longPollMs: need.longPollMs }),
    },
  });
  const consoles = URL.parse(config.approvals.consoleUrl)?.origin;
  const own = ownAddress(
    { host, isTls: tls !== null, publicUrl, hostNames, origins: consoles === undefined ? [] : [consoles] },
    app.server,
  );
  const upgrade = openDoor(app, {
    strangers: createStrangers({ config: config.limits.strangers, now }),
    own,
    trusts,
    mostConnections: config.limits.strangers.all.connections,
    onRefused: refusals.refused,
  });
  return { app, own, upgrade };
}

/** How long a driver's request is put off before it is refused; well below what drivers wait for an answer. */
const DRIVER_PATIENCE_MS = 5_000;

/** How long answers under way have when the relay stops. */
const CLOSING_MS = 3_000;

/** A client that does not read its answer would keep the relay from ever ending. */
async function closeWithin(ms: number, app: FastifyInstance): Promise<void> {
  const hangUp = setTimeout(() => app.server.closeAllConnections(), ms);
  await app.close();
  clearTimeout(hangUp);
}
