/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Fastify from 'fastify';
import {
  APPROVAL_STORY,
  type ApprovalId,
  createApprovals,
  createDevices,
  createGrants,
  createOpenings,
  createReviews,
  GRANT_STORY,
  OPENING_STORY,
} from '../relay/src/approval/index.ts';
import { ada, deleteRequest, person } from '../relay/src/approval/testing.ts';
import { createGuard } from '../relay/src/listeners/authority.ts';
import { createRouter } from '../relay/src/listeners/router/index.ts';
import { createLiveChannel, createSessionAccess, registerApi } from '../relay/src/listeners/api/index.ts';
import { devicesOnRecord, followEvents, openRelayNotices } from '../relay/src/recording/index.ts';
import { openTestRecord } from '../relay/src/recording/testing/open-test-record.ts';
import { percentile, type Report } from './benchmark.ts';

const APPROVERS = 500;
const HELD = 2_000;
const MEASURED = 200;
/** Milliseconds between two new requests while it is measured. */
const PACE = 50;
/** What the project promises, in milliseconds at the 99th percentile. */
const PROMISED = 250;

/**
 * With 2,000 statements held and 500 approvers connected, over real sockets, on disk, with the real record:
 * the time from asking until each approver has been told, and from an approver's decision leaving them until
 * the held statement goes on.
 */
export async function approvals(): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const relay = await startRelay(join(folder, 'relay.db'));
  try {
    for (let i = 0; i < HELD; i += 1) await relay.hold();
    const approvers = new Worker(new URL('./approvers-worker.ts', import.meta.url), {
      workerData: { url: relay.url.replace('http', 'ws'), count: APPROVERS },
    });
    await once(approvers, 'message');

    const askedAt = new Map<string, number>();
    const releases: number[] = [];
    for (let i = 0; i < MEASURED; i += 1) {
      const start = performance.timeOrigin + performance.now();
      const { id, outcome } = await relay.hold();
      askedAt.set(id, start);
      await sleep(PACE);
      releases.push(await relay.release(id, outcome, `approver-${i % APPROVERS}`));
    }
    await sleep(1_000);
    approvers.postMessage('report');
    const [told] = (await once(approvers, 'message')) as [(readonly [string, number])[]];
    await approvers.terminate();

    const deliveries = told.flatMap(([id, at]) => (askedAt.has(id) ? [at - askedAt.get(id)!] : []));
    if (deliveries.length !== MEASURED * APPROVERS) {
      throw new Error(`${deliveries.length} deliveries where ${MEASURED * APPROVERS} were due`);
    }
    const deliverP99Ms = percentile(deliveries, 0.99);
    return {
      name: 'approvals',
      figures: {
        approvers: APPROVERS,
        heldStatements: HELD,
        deliverMedianMs: percentile(deliveries, 0.5),
        deliverP99Ms,
        releaseMedianMs: percentile(releases, 0.5),
        releaseP99Ms: percentile(releases, 0.99),
      },
      ratios: { deliverP99VsPromised: deliverP99Ms / PROMISED },
    };
  } finally {
    await relay.close();
    await rm(folder, { recursive: true });
  }
}

async function startRelay(path: string) {
  const { recorder, store: opened } = await openTestRecord({ path, now: Date.now });
  const store = { ...opened, transaction: recorder.transaction };
  const people = new Map(
    Array.from({ length: APPROVERS }, (_, i) => [`approver-${i}`, person(`approver-${i}`, ['owners'])]),
  );
  const confirmIdentity = () => undefined;
  const onError = (error: unknown) => {
    throw error;
  };
  const onRefusedRow = (_: unknown, error: unknown) => onError(error);
  const shared = { store, now: Date.now, newId: randomUUID, onError };
  const grants = createGrants({
    ...shared,
    confirmIdentity: () => {},
    onRecord: followEvents(recorder.proof, GRANT_STORY),
    onRefusedRow,
  });
  const reviews = createReviews({ ...shared, reviewers: ['security'] });
  const { relaySession } = recorder;
  const devices = createDevices({
    ...shared,
    relaySession,
    notices: await openRelayNotices({
      store,
      proof: recorder.proof,
      relaySession,
      onFound: recorder.contradict,
    }),
    firstUse: true,
    vouchers: [],
    confirmIdentity,
    onRecord: (readers) => devicesOnRecord(readers, recorder.proof, relaySession),
    onForged: onError,
  });
  const openings = await createOpenings({
    ...shared,
    relaySession,
    onRecord: followEvents(recorder.proof, OPENING_STORY),
    onRefusedRow,
  });
  const guard = createGuard({ signIn: () => ({ withinSeconds: 86_400, acr: null }), now: Date.now });
  const approvals = createApprovals({
    ...shared,
    grants,
    devices,
    confirmIdentity,
    random: randomBytes,
    askedNow: async () => null,
    estimate: null,
    onRecord: followEvents(recorder.proof, APPROVAL_STORY),
    onRefusedRow,
  });
  const authenticate = async (token: string) => people.get(token)!;
  const sessionAccess = createSessionAccess({ async *events() {}, auditors: [], onRead: async () => {} });
  const live = createLiveChannel({
    authenticate,
    guard,
    sessionAccess,
    confirmIdentity,
    settle: async () => {},
    heldAs: async () => null,
    admit: () => () => {},
    count: () => {},
    place: () => () => {},
    onRefused: () => {},
    onError,
    log: relaySession,
    changes: store.changes,
    broadcast: store.broadcast,
    self: relaySession,
    events: store.events,
    approvals: { find: (id) => store.approvals.find(id as ApprovalId), maySee: approvals.maySee },
    reviews: {
      find: async (id) => (await store.reviews.find(id))?.review ?? null,
      maySee: reviews.maySee,
    },
    now: Date.now,
  });
  const app = Fastify();
  const router = createRouter(app, { authenticate, onRefused: () => {}, guard, onError });
  await registerApi(app, router, {
    ...shared,
    openings,
    defaults: { database: 'SHOP', schema: 'PUBLIC' },
    mailboxOf: () => null,
    approvals,
    grants,
    devices,
    reviews,
    live,
    revocations: { revoke: async (revocation) => ({ ...revocation, at: 0 }), list: () => [] },
    sessions: {
      page: async () => ({ sessions: [], next: null }),
      payload: notAsked,
      search: async () => ({ found: [], searchedTo: null, unindexed: 0 }),
      export: notAsked,
      async *events() {},
    },
    checkpoints: {
      list: async () => [],
      take: notAsked,
      proof: notAsked,
      handovers: notAsked,
      cosign: notAsked,
      keys: notAsked,
    },
    enrolmentRepair: { preview: notAsked, repair: notAsked },
    holds: { set: notAsked, preview: notAsked, list: notAsked },
    retention: {
      begin: notAsked,
      preview: notAsked,
      status: notAsked,
      tick: notAsked,
      close: notAsked,
    },
    noteOf: notAsked,
    sessionAccess,
    groups: { security: [], auditors: [], recordKeepers: [] },
    integrations: [],
    signInPlaces: { places: [] },
  });
  app.server.on('upgrade', (request, socket, head) => live.upgrade(request, socket, head));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  return {
    url,
    /** Resolves when it is durable and people are being told; `outcome` is still to come. */
    async hold() {
      const { promise, resolve } = Promise.withResolvers<ApprovalId>();
      const request = deleteRequest(ada, { expiresAfterSeconds: 3_600 });
      const outcome = approvals.hold(request, new AbortController().signal, ({ approvalId }) =>
        resolve(approvalId),
      );
      return { id: await promise, outcome };
    },
    /** Milliseconds from sending the decision until the held statement goes on. */
    async release(id: ApprovalId, outcome: Promise<unknown>, token: string): Promise<number> {
      const { binding } = await approvals.find(people.get(token)!, id);
      const start = performance.now();
      const released = outcome.then(() => performance.now() - start);
      await fetch(`${url}/api/approvals/${id}/decision`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ version: 1, verdict: 'approve', binding }),
      });
      return released;
    },
    async close() {
      live.close();
      approvals.stop();
      await app.close();
      await opened.close();
    },
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function notAsked(): Promise<never> {
  throw new Error('the benchmark does not ask for this');
}
