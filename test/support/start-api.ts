import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { LiveServerMessage, RecordedEvent } from '@sluice/contract';
import Fastify from 'fastify';
import WebSocket from 'ws';
import { createReviews } from '../../relay/src/approval/index.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import { type Identity, mailbox, type NewRevocation } from '../../relay/src/identity/index.ts';
import { createGuard } from '../../relay/src/listeners/authority.ts';
import { createAnswerCheck } from './check-answer.ts';
import { createRouter } from '../../relay/src/listeners/router/index.ts';
import { ada, owners, person, testApprovals, type TestOptions } from '../../relay/src/approval/testing.ts';
import {
  type ApiParts,
  createLiveChannel,
  type LiveLimits,
  registerApi,
} from '../../relay/src/listeners/api/index.ts';

export const [olga, omar] = owners;
export const sam = person('sam', ['security', 'auditors']);
const people = new Map<string, Identity>([ada, olga, omar, sam].map((who) => [who.subject, who]));

const checkAnswer = createAnswerCheck();

/** After a person's name: their token for running SQL, as their agent has it. */
const AGENT = 'agent';
const RENEWED = 'renewed';

/** The whole API on a free port, over real sockets; to decide, a person's token is their name. */
export async function startApi(
  options: TestOptions & {
    readonly limits?: Partial<LiveLimits>;
    readonly count?: (identity: Identity) => void;
    readonly integrations?: ApiParts['integrations'];
    readonly events?: readonly RecordedEvent[];
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
  const live = createLiveChannel({
    authenticate,
    guard,
    admit: () => () => {},
    count: options.count ?? (() => {}),
    onRefused: () => {},
    approvals,
    reviews,
    newId: randomUUID,
    limits: options.limits ?? {},
  });
  const app = Fastify();
  const onError = (error: unknown) => void errors.push(error);
  const router = createRouter(app, { authenticate, onRefused: () => {}, guard, onError });
  await registerApi(app, router, {
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
      list: async () => [],
      async *events(session, after) {
        yield* events.filter((event) => event.session === session && event.seq > after);
      },
    },
    groups: { security: ['security'], auditors: ['auditors'] },
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
    reviews,
    revoked,
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
  if (hello !== null) socket.send(JSON.stringify(hello));
  return {
    socket,
    messages,
    closed,
    async until(test: (message: LiveServerMessage) => boolean): Promise<LiveServerMessage> {
      const found = () => messages.find(test);
      if (!found()) await new Promise<void>((resolve) => waiting.push({ test, resolve }));
      return found()!;
    },
  };
}

export function hello(token: string, after: string | null = null) {
  return { type: 'hello', version: 1, token, after };
}
