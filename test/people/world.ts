import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { relayConfig } from '@sluice/relay/config';
import { DECIDING_SCOPE, identityId } from '@sluice/relay/identity';
import { newKey, signToken, startTestIssuer } from '../../relay/src/identity/testing/test-issuer.ts';
import { startRelay } from '@sluice/relay';

/** A relay that trusts several issuers, and tokens of theirs that say whatever an attempt wants them to say. */
export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * `a` gives addresses and employee numbers, `b` numbers alone, `c` is known by its subjects and shares nothing with
 * them; `ci` is of pipelines.
 */
export type From = 'a' | 'b' | 'c' | 'ci';

/** What a token says; with neither address nor number unless it says so. */
export interface Claims {
  readonly from?: From;
  readonly sub: string;
  readonly [claim: string]: unknown;
}

const POLICY = fileURLToPath(new URL('./policy.yaml', import.meta.url));
const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const GROUPS = ['owners', 'security', 'auditors'];

export async function startWorld() {
  const data = await mkdtemp(join(tmpdir(), 'sluice-people-'));
  const key = await newKey('k1');
  const issuers = {
    a: await startTestIssuer(),
    b: await startTestIssuer(),
    c: await startTestIssuer(),
    ci: await startTestIssuer(),
  };
  for (const issuer of Object.values(issuers)) issuer.published = [key.public];
  const deciding = { scope: DECIDING_SCOPE, clients: ['console'] };
  const people = (personClaims: object) => ({ kind: 'person', personClaims });
  const relay = await startRelay(
    relayConfig.parse({
      listen: { port: 0 },
      data,
      policy: POLICY,
      identity: {
        issuers: [
          {
            issuer: issuers.a.url,
            audience: 'sluice',
            deciding,
            claims: people({ email: 'email', employee: 'nr' }),
          },
          { issuer: issuers.b.url, audience: 'sluice', deciding, claims: people({ employee: 'staff.nr' }) },
          { issuer: issuers.c.url, audience: 'sluice', deciding, claims: people({ corp: 'sub' }) },
          {
            issuer: issuers.ci.url,
            audience: 'sluice',
            claims: {
              kind: 'workload',
              personClaims: { employee: 'actor' },
              rules: [{ when: { sub: '*' }, name: 'deploys', groups: GROUPS }],
            },
          },
        ],
      },
      warehouse: { type: 'embedded', customers: 10 },
      groups: { security: ['security'], auditors: ['auditors'] },
      approvals: { trustFirstDevice: true },
      integrations: ['tickets', 'other'].map((name) => ({ name, secret: SECRET, groups: ['owners'] })),
      limits: { identity: { requestsPerSecond: 1_000, sessions: 1_000, held: 1_000 } },
    }),
    { logger: pino({ level: 'silent' }), longPollMs: 200 },
  );

  const seconds = () => Math.floor(Date.now() / 1000);
  const token = ({ from = 'a', ...claims }: Claims) =>
    signToken(key, Date.now(), {
      iss: issuers[from].url,
      groups: GROUPS,
      azp: 'console',
      jti: randomUUID(),
      ...claims,
    });
  /** To decide with, of a sign-in just now, unless the claims say otherwise. */
  const decidingToken = (claims: Claims) =>
    token({ scope: `openid ${DECIDING_SCOPE}`, auth_time: seconds(), acr: 'phr', ...claims });

  const call = async (bearer: string, method: string, path: string, body?: unknown) =>
    await fetch(new URL(path, relay.url), {
      method,
      headers: {
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  /** What was answered: the refusal's code, or what `said` makes of it. */
  const outcome = async (
    response: Response,
    said: (body: Record<string, unknown>) => unknown = () => 'yes',
  ) => {
    const body = JSON.parse((await response.text()) || '{}') as Record<string, unknown>;
    return String(response.ok ? said(body) : (body['code'] ?? response.status));
  };

  /** A statement of somebody's that waits for people; for its `needed` owners, of two kinds. */
  const hold = async (by: Claims, table = 'ORDERS', extra: object = {}) => {
    const bearer = await token(by);
    const sql = `DELETE FROM ${table} WHERE ID = 5`;
    const response = await call(bearer, 'POST', '/api/statements', { sql, wait: 0, ...extra });
    const { id } = (await response.json()) as { id: string };
    for (;;) {
      const view = (await (await call(bearer, 'GET', `/api/statements/${id}`)).json()) as {
        phase: string;
        approval?: { id: string };
      };
      if (view.phase === 'failed' || view.phase === 'succeeded') throw new Error(JSON.stringify(view));
      if (view.approval === undefined) {
        await sleep(10);
        continue;
      }
      const approval = view.approval.id;
      const shown = await (await call(bearer, 'GET', `/api/approvals/${approval}`)).json();
      const { summary } = shown as { summary: { binding: string; session: string } };
      return { statement: id, approval, binding: summary.binding, session: summary.session, bearer };
    }
  };
  type Held = Awaited<ReturnType<typeof hold>>;

  return {
    url: relay.url,
    idOf: (sub: string, from: From = 'a') => identityId(issuers[from].url, sub),
    token,
    decidingToken,
    call,
    outcome,
    hold,
    /** The phase that a vote leads to, or why it does not count. */
    async vote({ approval, binding }: Held, bearer: string | Promise<string>, verdict = 'approve') {
      const body = { version: 1, verdict, binding, comment: 'as asked' };
      const path = `/api/approvals/${approval}/decision`;
      return await outcome(await call(await bearer, 'POST', path, body), ({ phase }) => phase);
    },
    /** The same by way of an integration, for somebody over there. */
    async voteBy(name: string, { approval, binding }: Held, actorEmail: string) {
      const data = { approval, binding, verdict: 'approve', actor: 'somebody', actorEmail, comment: '' };
      const body = JSON.stringify({ type: 'approval.decision', data });
      const at = new Date();
      const response = await fetch(new URL(`/api/callbacks/${name}`, relay.url), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(SECRET).sign('msg_1', at, body),
        },
        body,
      });
      return await outcome(response, ({ phase }) => phase);
    },
    async close() {
      await relay.close();
      for (const issuer of Object.values(issuers)) issuer.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
