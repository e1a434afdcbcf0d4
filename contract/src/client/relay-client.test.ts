import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../errors.ts';
import { PROBLEM_TYPE, problemFor } from '../problem.ts';
import type { ClientOptions } from './options.ts';
import { createRelayClient } from './relay-client.ts';
import { RelayError } from './relay-error.ts';

const ID = 'a4b6c1de-0000-4000-8000-000000000000';
const VIEW = { version: 1, id: ID, phase: 'running' };
const GRANTS = { version: 1, grants: [] };

type Scripted = () => Response | Promise<Response>;
const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(value, { status, headers });
const refusal = (code: ErrorCode, headers: Record<string, string> = {}) => {
  const problem = problemFor(code, { detail: `it is ${code}`, advice: 'do as it says' });
  return json(problem, problem.status, { 'content-type': PROBLEM_TYPE, ...headers });
};
const broken: Scripted = () => Promise.reject(new TypeError('fetch failed'));

/** A client of a relay that answers so, one after the other; and what it was sent. */
function clientOf(answers: readonly Scripted[], options: Partial<ClientOptions> = {}) {
  const sent: { url: string; init: RequestInit; headers: Record<string, string>; body: unknown }[] = [];
  const slept: number[] = [];
  const left = [...answers];
  const client = createRelayClient({
    url: 'https://example.com/sluice',
    token: 'secret',
    random: () => 0.5,
    newId: () => ID,
    sleep: async (ms) => void slept.push(ms),
    fetch: (async (url: URL, init: RequestInit) => {
      const headers = init.headers as Record<string, string>;
      sent.push({
        url: String(url),
        init,
        headers,
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      });
      const next = left.shift();
      if (next === undefined) throw new Error('one request too many');
      return await next();
    }) as typeof fetch,
    ...options,
  });
  return { client, sent, slept };
}

describe('a request', () => {
  it('goes where the table says, below the relay’s own path, with token and version', async () => {
    const { client, sent } = clientOf([() => json(VIEW)]);
    const view = await client.statements.read({ params: { id: ID }, query: { wait: 5, from: 10 } });
    expect(view).toEqual(VIEW);
    expect(sent).toMatchObject([
      {
        url: `https://example.com/sluice/api/statements/${ID}?wait=5&from=10`,
        headers: { authorization: 'Bearer secret', 'sluice-api-version': '1' },
        init: { method: 'GET', redirect: 'error', credentials: 'omit' },
      },
    ]);
  });

  it('cannot leave its place in the path', async () => {
    const { client, sent } = clientOf([() => json(GRANTS)]);
    await client.approvals.read({ params: { id: '../grants?x=' } }).catch(() => null);
    expect(sent[0]!.url).toBe('https://example.com/sluice/api/approvals/..%2Fgrants%3Fx%3D');
  });

  it('carries no token where nobody is asked for one', async () => {
    const { client, sent } = clientOf([() => json({ live: true })]);
    await client.health.live();
    expect(sent[0]!.headers).not.toHaveProperty('authorization');
  });

  it('overlooks what a later relay adds to an answer', async () => {
    const { client } = clientOf([() => json({ ...VIEW, more: 1 })]);
    expect(await client.statements.read({ params: { id: ID } })).toEqual(VIEW);
  });

  it('is answered line by line where there are many', async () => {
    const event = { version: 1, session: ID, seq: 0, at: '2026-11-20T09:00:00.000Z' };
    const whole = {
      ...event,
      previous: '0'.repeat(64),
      hash: '0'.repeat(64),
      type: 'closed',
      bodyDigest: '0'.repeat(64),
    };
    const text = `${JSON.stringify(whole)}\n${JSON.stringify({ ...whole, seq: 1 })}\n`;
    const bytes = new TextEncoder().encode(text);
    const parts = [bytes.slice(0, 7), bytes.slice(7, 300), bytes.slice(300)];
    const { client } = clientOf([
      () => new Response(ReadableStream.from(parts)),
      () => new Response(text.slice(0, -30)),
    ]);
    const events = await client.sessions.events({ params: { id: ID } });
    expect(await Array.fromAsync(events)).toMatchObject([{ seq: 0 }, { seq: 1 }]);
    const broken = await client.sessions.events({ params: { id: ID } });
    await expect(Array.fromAsync(broken)).rejects.toMatchObject({ code: 'relay_unreachable' });
  });
});

describe('what goes wrong', () => {
  it('is a typed error with the relay’s own words', async () => {
    const challenge = 'Bearer error="insufficient_user_authentication"';
    const { client } = clientOf([() => refusal('sign_in_needed', { 'www-authenticate': challenge })]);
    await expect(client.grants.revoke({ params: { id: ID } })).rejects.toMatchObject({
      name: 'RelayError',
      code: 'sign_in_needed',
      message: 'it is sign_in_needed',
      advice: 'do as it says',
      challenge,
    });
  });

  it.each([
    ['a later relay', '2', 'client_too_old'],
    ['an earlier one', '0', 'relay_too_old'],
    ['this release', '1', 'answer_not_understood'],
  ])('by an answer that cannot be read, of %s', async (_, version, code) => {
    const { client } = clientOf([() => json({ odd: 1 }, 200, { 'sluice-api-version': version })]);
    await expect(client.approvals.read({ params: { id: ID } })).rejects.toMatchObject({ code });
  });

  it('is tried again when a proxy does not reach the relay', async () => {
    const { client, sent } = clientOf([() => new Response('', { status: 502 }), () => json(GRANTS)]);
    await client.grants.list();
    expect(sent).toHaveLength(2);
  });

  it('says so when what answers is no relay', async () => {
    const { client } = clientOf([() => new Response('<h1>proxy</h1>', { status: 407 })]);
    await expect(client.grants.list()).rejects.toMatchObject({ code: 'answer_not_understood' });
  });
});

describe('a repeat', () => {
  it('is sent of what changes nothing, after a while each', async () => {
    const { client, sent, slept } = clientOf([broken, () => refusal('relay_stopping'), () => json(GRANTS)]);
    expect(await client.grants.list()).toEqual(GRANTS);
    expect([sent.length, slept]).toEqual([3, [200, 400]]);
  });

  it('waits as the relay says, and not for ever', async () => {
    const slow = clientOf([() => refusal('rate_limited', { 'retry-after': '3' }), () => json(GRANTS)]);
    await slow.client.grants.list();
    expect(slow.slept).toEqual([3_000]);
    const later = clientOf([() => refusal('record_allowance_used', { 'retry-after': '1800' })]);
    await expect(later.client.grants.list()).rejects.toMatchObject({ retryAfterSeconds: 1_800 });
  });

  it('ends', async () => {
    const { client, sent } = clientOf([broken, broken, broken, broken]);
    await expect(client.grants.list()).rejects.toMatchObject({ code: 'relay_unreachable' });
    expect(sent).toHaveLength(3);
  });

  it('is not sent of what may have happened', async () => {
    for (const answer of [broken, () => refusal('relay_stopping')]) {
      const { client, sent } = clientOf([answer]);
      const body = { version: 1, verdict: 'approve', binding: '0'.repeat(64) } as const;
      await expect(client.approvals.decide({ params: { id: ID }, body })).rejects.toBeInstanceOf(RelayError);
      await expect(clientOf([answer]).client.grants.revoke({ params: { id: ID } })).rejects.toBeInstanceOf(
        RelayError,
      );
      expect(sent).toHaveLength(1);
    }
  });

  it('is not sent of what is refused for good', async () => {
    const { client, sent } = clientOf([() => refusal('approval_unknown')]);
    await expect(client.approvals.read({ params: { id: ID } })).rejects.toBeInstanceOf(RelayError);
    expect(sent).toHaveLength(1);
  });

  it('is named by an id only where there is a place for one', async () => {
    const checkpoint = {
      log: ID,
      size: 1,
      root: '0'.repeat(64),
      at: '2026-11-20T09:00:00.000Z',
      note: '',
    };
    const { client, sent } = clientOf([
      () => json(checkpoint, 201),
      () => json({ version: 1, sessions: 1, changed: 1 }),
    ]);
    await client.checkpoints.take();
    await client.holds.set({ body: { of: { sessions: [ID] }, reason: 'case 12' } });
    expect(sent.map(({ body }) => body)).toEqual([undefined, { of: { sessions: [ID] }, reason: 'case 12' }]);
  });

  it('of a statement is the same statement: one request id, and one token', async () => {
    let asked = 0;
    const token = () => `token ${(asked += 1)}`;
    const { client, sent } = clientOf([broken, () => json(VIEW, 202)], { token });
    await client.statements.submit({ body: { sql: 'SELECT 1' } });
    expect(sent.map(({ body }) => body)).toEqual([
      { requestId: ID, sql: 'SELECT 1' },
      { requestId: ID, sql: 'SELECT 1' },
    ]);
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token 1', 'Bearer token 1']);
  });

  it('with a new token is sent once, and never after a request that may have been done', async () => {
    const asked: boolean[] = [];
    const token = ({ renew }: { renew: boolean }) => {
      asked.push(renew);
      return `token ${asked.length}`;
    };
    const expired = () => refusal('token_expired');
    const { client, sent } = clientOf([expired, () => json(VIEW, 202)], { token });
    await client.statements.submit({ body: { sql: 'SELECT 1' } });
    expect(sent[1]!.headers['authorization']).toBe('Bearer token 2');
    expect(asked).toEqual([false, true]);
    await expect(clientOf([expired, expired], { token }).client.grants.list()).rejects.toBeInstanceOf(
      RelayError,
    );
    const unsure = clientOf([broken, expired], { token });
    await expect(unsure.client.statements.submit({ body: { sql: 'X' } })).rejects.toMatchObject({
      code: 'token_expired',
    });
  });

  it('stops when its caller does', async () => {
    const stop = new AbortController();
    const { client, sent } = clientOf([broken, broken], {
      sleep: async () => stop.abort(new Error('enough')),
    });
    await expect(client.grants.list({}, { signal: stop.signal })).rejects.toThrow('enough');
    expect(sent).toHaveLength(1);
  });
});
