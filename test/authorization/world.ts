import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { enrolmentBytes } from '@sluice/contract';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { relayConfig } from '@sluice/relay/config';
import { DECIDING_SCOPE, identityId } from '@sluice/relay/identity';
import { newSamlKey, PROVIDER } from '../../relay/src/identity/testing/test-saml-provider.ts';
import { newKey, signToken, startTestIssuer } from '../../relay/src/identity/testing/test-issuer.ts';
import { startRelay } from '@sluice/relay';
import { freePort } from '../support/free-port.ts';
import { type Caller, callers, type Kind, type Who } from './people.ts';

/** A relay with everything that it can be asked for, and people with real tokens who have been at work in it. */
export type World = Awaited<ReturnType<typeof startWorld>>;

const POLICY = fileURLToPath(new URL('./policy.yaml', import.meta.url));

export async function startWorld() {
  const data = await mkdtemp(join(tmpdir(), 'sluice-authorization-'));
  const [people, pipelines, key] = [await startTestIssuer(), await startTestIssuer(), await newKey('k1')];
  for (const issuer of [people, pipelines]) issuer.published = [key.public];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { routes, stop } = watchRoutes();
  const relay = await startRelay(
    relayConfig.parse({
      listen: { port, publicUrl: url },
      data,
      policy: POLICY,
      identity: {
        issuers: [
          {
            issuer: people.url,
            audience: 'sluice',
            deciding: { scope: DECIDING_SCOPE },
            signIn: { clientId: 'sluice' },
          },
          {
            issuer: pipelines.url,
            audience: 'sluice',
            claims: {
              kind: 'workload',
              rules: [{ when: { sub: '*' }, name: 'deploys', groups: callers.pipeline.groups }],
            },
          },
        ],
        programs: { documents: ['agents.example'] },
        saml: {
          identityProvider: {
            entityId: PROVIDER,
            signInUrl: 'https://idp.example.com/sso',
            certificates: [newSamlKey().publicPem],
          },
        },
      },
      warehouse: { type: 'embedded', customers: 10 },
      groups: {
        security: ['security'],
        auditors: ['auditors'],
        recordKeepers: ['keepers'],
        monitors: ['monitors'],
      },
      retention: { rules: [{ name: 'a-year', removes: 'bodies', afterDays: 365 }] },
      approvals: { trustFirstDevice: true },
      // Each route is asked by nobody and by revoked people too, hundreds of times from one address.
      limits: { strangers: { address: { requestsPerSecond: 1_000 } } },
      integrations: [{ name: 'tickets', secret: `whsec_${key.kid.repeat(16)}`, groups: ['owners'] }],
    }),
    { logger: pino({ level: 'silent' }), longPollMs: 200 },
  );
  stop();

  const issuerOf = (who: Who) => (who === 'pipeline' ? pipelines : people);
  const idOf = (who: Who) => identityId(issuerOf(who).url, who);
  const tokens = new Map<string, string>();
  const seconds = Math.floor(Date.now() / 1000);
  for (const [who, { groups }] of Object.entries(callers) as [Who, Caller][]) {
    if (groups === null) continue;
    const email = { email: `${who}@example.com`, email_verified: true };
    const claims = { iss: issuerOf(who).url, sub: who, groups, ...email, auth_time: seconds };
    const toDecide = { ...claims, scope: `openid ${DECIDING_SCOPE}` };
    const byKind = { running: claims, deciding: toDecide, old: { ...toDecide, auth_time: seconds - 3_700 } };
    for (const [kind, said] of Object.entries(byKind)) {
      tokens.set(`${who} ${kind}`, await signToken(key, Date.now(), said));
    }
  }
  const tokenOf = (who: Who, kind: Kind) => tokens.get(`${who} ${kind}`);

  /** A request as somebody's program sends it: with their token, when they have one; the one for it, if not said. */
  const api = async (who: Who, method: string, path: string, body?: unknown, kind?: Kind) => {
    const token = tokenOf(who, kind ?? (RUNNING.test(path) ? 'running' : 'deciding'));
    return await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json, text/event-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const post = async (who: Who, path: string, body: unknown) => {
    const response = await api(who, 'POST', path, body);
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };

  /** A request as a driver sends it, with the token of a session. */
  const driver = async (session: string | null, method: string, path: string, body?: unknown) =>
    await fetch(new URL(path, url), {
      method,
      headers: {
        ...(session === null ? {} : { authorization: `Snowflake Token="${session}"` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const logIn = async (who: Who) => {
    const response = await driver(null, 'POST', '/session/v1/login-request', {
      data: { TOKEN: tokenOf(who, 'running') ?? '' },
    });
    const { data } = (await response.json()) as { data: { token?: string; masterToken?: string } | null };
    return { session: data?.token ?? null, master: data?.masterToken ?? null };
  };
  const signedIn = new Map<Who, Awaited<ReturnType<typeof logIn>>>();
  for (const who of Object.keys(callers) as Who[]) signedIn.set(who, await logIn(who));

  /** A statement of the owner's that waits for people. */
  const hold = async (sql = 'DELETE FROM ORDERS WHERE ID = 5') => {
    const { id } = await post('owner', '/api/statements', { sql });
    const approvalId = await heldAs(String(id));
    const response = await api('owner', 'GET', `/api/approvals/${approvalId}`);
    const { summary } = (await response.json()) as { summary: { binding: string; session: string } };
    return { statement: String(id), approval: approvalId, ...summary };
  };
  const heldAs = async (statement: string): Promise<string> => {
    for (;;) {
      const response = await api('owner', 'GET', `/api/statements/${statement}`);
      const view = (await response.json()) as { phase: string; approval?: { id: string } };
      if (view.approval !== undefined) return view.approval.id;
      if (view.phase === 'failed' || view.phase === 'succeeded') throw new Error(JSON.stringify(view));
      await sleep(10);
    }
  };

  /** Access that the owner asks for ahead: once it is over, another. */
  const askAhead = async () => String((await post('owner', '/api/access-requests', ACCESS_ORDER))['id']);

  const grantsOf = async (who: Who) => {
    const response = await api(who, 'GET', '/api/grants');
    return ((await response.json()) as { grants: { id: string }[] }).grants.map(({ id }) => id);
  };
  /** A grant of the approver's to the owner, and the only one. */
  const grant = async () => {
    for (const id of await grantsOf('approver')) await api('approver', 'DELETE', `/api/grants/${id}`);
    const { approval, binding } = await hold('DELETE FROM SUPPORT_TICKETS WHERE ID = 5');
    const decision = { version: 1, verdict: 'approve', binding, mostRows: 1, grantSeconds: 600 };
    await post('approver', `/api/approvals/${approval}/decision`, decision);
    const [id = ''] = await grantsOf('owner');
    return id;
  };

  /** A review of what the owner ran by break-glass. */
  const review = async () => {
    const sql = 'DELETE FROM ORDERS WHERE ID = 6';
    await post('owner', '/api/break-glass', { version: 1, reason: 'the shop is down', sql });
    await post('owner', '/api/statements', { sql, wait: 20 });
    const response = await api('owner', 'GET', '/api/reviews');
    const { reviews } = (await response.json()) as { reviews: { id: string }[] };
    return reviews.at(-1)!.id;
  };

  /** A new device of the owner's, as they would enrol it; every one after the first is vouched for by that. */
  const newDevice = (vouching: Device | null) => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const at = new Date().toISOString();
    const bytes = enrolmentBytes({ identity: idOf('owner'), key, at });
    const signed = (by: KeyObject) => sign(null, bytes, by).toString('base64');
    const vouchedBy = vouching && { key: vouching.key, signature: signed(vouching.privateKey) };
    return { key, privateKey, enrolment: { key, name: 'laptop', at, proof: signed(privateKey), vouchedBy } };
  };
  const firstDevice = newDevice(null);
  await post('owner', '/api/devices', firstDevice.enrolment);

  /** A driver session of the owner's, with a statement that has run in it. */
  const ownerSession = signedIn.get('owner')!.session;
  const ran = await driver(ownerSession, 'POST', '/queries/v1/query-request', { sqlText: 'SELECT 1' });
  const { data: result } = (await ran.json()) as { data: { queryId: string } };

  let waiting: ReturnType<typeof newDevice>['enrolment'] | null = null;
  const held = await hold();
  await api('auditor', 'POST', '/api/checkpoints');
  const target = { type: 'subject', identity: idOf('revoked') };
  await post('security', '/api/revocations', { target, reason: 'left' });

  return {
    url,
    routes,
    tokenOf,
    api,
    post,
    driver,
    logIn,
    idOf,
    hold,
    askAhead,
    grant,
    review,
    firstDevice: firstDevice.key,
    newDevice: () => newDevice(firstDevice).enrolment,
    /** A new device of the owner's that somebody else has to vouch for, and the only one that waits. */
    async deviceRequest() {
      waiting ??= newDevice(null).enrolment;
      const response = await api('owner', 'POST', '/api/devices', waiting);
      const { id } = (await response.json()) as { id?: string };
      if (id !== undefined) return id;
      waiting = newDevice(null).enrolment;
      return String((await post('owner', '/api/devices', waiting))['id']);
    },
    /** Of a driver, made before anybody was revoked. */
    sessionOf: (who: Who) => signedIn.get(who)!,
    /** Of the owner's, and never decided on. */
    held,
    /** The owner's, over the driver protocol. */
    queryId: result.queryId,
    async close() {
      await relay.close();
      people.close();
      pipelines.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Routes that take a token which runs SQL. */
const RUNNING = /^\/api\/(?:statements|access-requests)/;

export const ACCESS_ORDER = {
  version: 1,
  sql: 'DELETE FROM ORDERS WHERE ID = 8',
  purpose: 'orders that were placed twice',
  seconds: 600,
  rows: 1,
  rowsInAll: 5,
};

/** Every route of every app that is made from now on, as fastify itself tells of them. */
function watchRoutes() {
  const routes = new Set<string>();
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) routes.add(`${one} ${url}`);
    });
  };
  subscribe('fastify.initialization', watch);
  return { routes, stop: () => unsubscribe('fastify.initialization', watch) };
}

interface Device {
  readonly key: string;
  readonly privateKey: KeyObject;
}
