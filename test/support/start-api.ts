import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  LIVE_VERSION,
  type LiveServerMessage,
  type LiveTopic,
  type LiveTopicName,
  type RecordedEvent,
} from '@sluice/contract';
import Fastify from 'fastify';
import WebSocket from 'ws';
import { type ApprovalId, createReviews } from '../../relay/src/approval/index.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import { type Identity, mailbox, type NewRevocation } from '../../relay/src/identity/index.ts';
import type { Release } from '../../relay/src/limits/index.ts';
import {
  createEnrolmentRepair,
  createLegalHolds,
  headInMemory,
  highWaterInMemory,
  openRecorder,
  openRetention,
  readEventPayload,
  replay,
  type RetentionRule,
  searchEvents,
  sessionPage,
  vaultOf,
} from '../../relay/src/recording/index.ts';
import { newSigner } from '../../relay/src/recording/testing/open-test-record.ts';
import { createCheckpoints } from '../../relay/src/composition/checkpoints.ts';
import { createExports } from '../../relay/src/composition/exports.ts';
import { createGuard } from '../../relay/src/listeners/authority.ts';
import { createAnswerCheck } from './check-answer.ts';
import { createRouter } from '../../relay/src/listeners/router/index.ts';
import { ada, owners, person, testApprovals, type TestOptions } from '../../relay/src/approval/testing.ts';
import {
  type ApiParts,
  createLiveChannel,
  createSessionAccess,
  type LiveLimits,
  registerApi,
} from '../../relay/src/listeners/api/index.ts';

export const [olga, omar] = owners;
export const sam = person('sam', ['security', 'auditors']);
export const kim = person('kim', ['keepers']);
const people = new Map<string, Identity>([ada, olga, omar, sam, kim].map((who) => [who.subject, who]));

const checkAnswer = createAnswerCheck();

/** After a person's name: their token for running SQL, as their agent has it. */
const AGENT = 'agent';
const RENEWED = 'renewed';

/** The whole API on a free port, over real sockets; to decide, a person's token is their name. */
export async function startApi(
  options: TestOptions & {
    readonly limits?: Partial<LiveLimits>;
    readonly count?: (identity: Identity) => void;
    readonly place?: (identity: Identity) => Release;
    readonly settle?: () => Promise<void>;
    /** What reading a session waits for. */
    readonly beforeReading?: () => Promise<void>;
    readonly integrations?: ApiParts['integrations'];
    readonly events?: readonly RecordedEvent[];
    readonly retentionRules?: readonly RetentionRule[];
  } = {},
) {
  const desk = await testApprovals(options);
  const { approvals, grants, devices, openings, clock, store } = desk;
  const errors: unknown[] = [];
  const reviews = createReviews({
    store,
    now: () => clock.now,
    newId: randomUUID,
    reviewers: ['security'],
    onError: (error) => errors.push(error),
  });
  const out = new Set<string>();
  const authenticate = async (token: string) => {
    const [name = '', kind] = token.split('/');
    const identity = people.get(name);
    // A token that was renewed is good when the one before is not.
    if (!identity || (out.has(name) && kind !== RENEWED))
      throw new SluiceError('token_invalid', 'the token is not valid');
    return kind === AGENT ? { ...identity, mayDecide: false } : identity;
  };
  const guard = createGuard({
    signIn: () => ({ withinSeconds: 10 * 366 * 86_400, acr: null }),
    now: () => clock.now,
  });
  const revoked: NewRevocation[] = [];
  const events = options.events ?? [];
  const vault = vaultOf(new Map([['test', randomBytes(32)]]));
  const signers = [newSigner()] as const;
  const record = await openRecorder({
    store: desk.opened,
    now: () => clock.now,
    random: randomBytes,
    newId: randomUUID,
    vault,
    signers,
    heads: headInMemory(),
    highWater: highWaterInMemory(),
    patrolEveryMs: null,
    onContradicted: () => {},
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: (error) => errors.push(error),
    onIndexFailed: () => {},
  });
  const readSession: ApiParts['sessions']['events'] = async function* readSession(session, after) {
    await options.beforeReading?.();
    yield* events.filter((event) => event.session === session && event.seq > after);
    yield* replay(desk.opened, session, after);
  };
  const sessionAccess = createSessionAccess({
    events: readSession,
    auditors: ['auditors'],
    onRead: async () => {},
  });
  const refused: string[] = [];
  const live = createLiveChannel({
    authenticate,
    guard,
    sessionAccess,
    confirmIdentity: options.confirmIdentity ?? (() => {}),
    settle: options.settle ?? (async () => {}),
    heldAs: async (statement) => {
      const found = await store.approvals.findByStatement(statement);
      return found?.state.phase === 'asked' ? { approval: found.id, expiresAt: found.expiresAt } : null;
    },
    admit: () => () => {},
    count: options.count ?? (() => {}),
    place: options.place ?? (() => () => {}),
    onRefused: ({ code, what }) => void refused.push(`${code}: ${what}`),
    onError: (error) => errors.push(error),
    log: record.relaySession,
    changes: store.changes,
    broadcast: desk.opened.broadcast,
    self: randomUUID(),
    events: desk.opened.events,
    approvals: { find: (id) => store.approvals.find(id as ApprovalId), maySee: approvals.maySee },
    reviews: {
      find: async (id) => (await store.reviews.find(id))?.review ?? null,
      maySee: reviews.maySee,
    },
    now: () => clock.now,
    limits: options.limits ?? {},
  });
  const app = Fastify();
  const onError = (error: unknown) => void errors.push(error);
  const router = createRouter(app, { authenticate, onRefused: () => {}, guard, onError });
  await registerApi(app, router, {
    signInPlaces: { places: [] },
    openings,
    defaults: { database: 'SHOP', schema: 'PUBLIC' },
    mailboxOf: mailbox,
    approvals,
    grants,
    devices,
    reviews,
    live,
    revocations: {
      async revoke(revocation) {
        revoked.push(revocation);
        return { ...revocation, at: clock.now };
      },
      list: () => [],
    },
    sessions: {
      page: (options) => sessionPage(desk.opened, options),
      payload: readEventPayload({ store: desk.opened, vault }),
      search: (search) => searchEvents(desk.opened, search),
      export: createExports({
        recording: record,
        witnesses: { settled: async () => {} },
        store: desk.opened,
        vault,
        signers,
      }),
      events: readSession,
    },
    sessionAccess,
    checkpoints: createCheckpoints({ recording: record, store: desk.opened, signers, witnesses: [] }),
    holds: createLegalHolds({
      store: desk.opened,
      transaction: record.transaction,
      relaySession: record.relaySession,
      proof: record.proof,
    }),
    enrolmentRepair: createEnrolmentRepair({
      store: desk.opened,
      transaction: record.transaction,
      believes: record.proof.believes,
      relaySession: record.relaySession,
      checkpoint: record.checkpoint,
      now: () => clock.now,
    }),
    retention: await openRetention({
      store: desk.opened,
      transaction: record.transaction,
      proof: record.proof,
      checkpoint: record.checkpoint,
      tidyIndex: record.tidyIndex,
      relaySession: record.relaySession,
      rules: options.retentionRules ?? [],
      at: '03:00',
      relay: randomUUID(),
      now: () => clock.now,
      elapsed: () => performance.now(),
      pause: async () => {},
      onError: (error) => errors.push(error),
    }),
    noteOf: (what, detail) => record.append(record.relaySession, { type: 'notice', what, detail }),
    groups: { security: ['security'], auditors: ['auditors'], recordKeepers: ['keepers'] },
    integrations: options.integrations ?? [],
    now: () => clock.now,
    onError,
  });
  app.server.on('upgrade', (request, socket, head) => live.upgrade(request, socket, head));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  return {
    ...desk,
    url,
    live,
    record,
    signer: signers[0],
    reviews,
    revoked,
    refused,
    out,
    errors,
    async call(who: string | null, method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}/api${path}`, {
        method,
        headers: {
          ...(who === null ? {} : { authorization: `Bearer ${who}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      checkAnswer(method, `/api${path}`, response, text);
      const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson ? JSON.parse(text) : null,
      };
    },
    async close() {
      live.close();
      await app.close();
      await record.close();
      await store.close();
    },
  };
}

/** A client of the live channel that keeps what it was sent. */
export async function connectLive(url: string, hello: unknown = null, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, options);
  const messages: LiveServerMessage[] = [];
  const waiting: { test: (message: LiveServerMessage) => boolean; resolve: () => void }[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString('utf8')) as LiveServerMessage;
    messages.push(message);
    for (const { test, resolve } of waiting) if (test(message)) resolve();
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await once(socket, 'open');
  if (hello !== null) socket.send(typeof hello === 'string' ? hello : JSON.stringify(hello));
  return {
    socket,
    messages,
    closed,
    send: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async until(test: (message: LiveServerMessage) => boolean): Promise<LiveServerMessage> {
      const found = () => messages.find(test);
      if (!found()) await new Promise<void>((resolve) => waiting.push({ test, resolve }));
      return found()!;
    },
  };
}

export function hello(token: string) {
  return { type: 'hello', version: LIVE_VERSION, token };
}

type Topic = LiveTopicName | LiveTopic;

export function subscribe(topic: Topic, { id = 'one', after = null }: SubscribeOptions = {}) {
  return { type: 'subscribe', id, topic: typeof topic === 'string' ? { name: topic } : topic, after };
}

interface SubscribeOptions {
  readonly id?: string;
  readonly after?: string | null;
}

/** A client that has subscribed to one topic, and been answered. */
export async function subscribed(
  url: string,
  token: string,
  topic: Topic,
  options: SubscribeOptions & { readonly webSocket?: WebSocket.ClientOptions } = {},
) {
  const client = await connectLive(url, hello(token), options.webSocket);
  await client.until(({ type }) => type === 'welcome' || type === 'error');
  client.send(subscribe(topic, options));
  await client.until(({ type }) => type === 'subscribed' || type === 'ended');
  return client;
}
