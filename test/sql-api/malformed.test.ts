import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { sqlApiClient } from './client.ts';

let demo: Demo;
let token: string;
let ada: ReturnType<typeof sqlApiClient>;
let handle: string;
beforeAll(async () => {
  demo = await startDemo({ customers: 500, logLevel: 'silent' });
  token = await demo.tokenFor('ada');
  ada = sqlApiClient(demo.relay.url, token);
  handle = (await ada.submit('SELECT 1')).body.statementHandle;
});
afterAll(() => demo.close());

const SUBMIT = '/api/v2/statements';
const json = { 'content-type': 'application/json' };

describe('a submission that is not as it should be', () => {
  it.each<[what: string, status: number, body: string, query?: string, headers?: Record<string, string>]>([
    ['no body', 400, ''],
    ['no JSON', 400, '{'],
    ['JSON that is no object', 400, '[]'],
    ['null', 400, 'null'],
    ['no statement', 400, '{}'],
    ['a statement that is a number', 400, '{"statement":1}'],
    ['a prototype', 400, '{"statement":"SELECT 1","__proto__":{"a":1}}'],
    ['a timeout that is text', 400, '{"statement":"SELECT 1","timeout":"1"}'],
    ['a timeout below none', 400, '{"statement":"SELECT 1","timeout":-1}'],
    ['a timeout past a week', 400, '{"statement":"SELECT 1","timeout":604801}'],
    ['a database that is a list', 400, '{"statement":"SELECT 1","database":["SHOP"]}'],
    ['a name that is too long', 400, `{"statement":"SELECT 1","role":"${'A'.repeat(256)}"}`],
    ['bindings that are a list', 400, '{"statement":"SELECT ?","bindings":["1"]}'],
    [
      'a binding that is a number',
      400,
      '{"statement":"SELECT ?","bindings":{"1":{"type":"FIXED","value":1}}}',
    ],
    ['a binding of no type', 400, '{"statement":"SELECT ?","bindings":{"1":{"value":"1"}}}'],
    ['bindings with a gap', 400, '{"statement":"SELECT ?","bindings":{"2":{"type":"FIXED","value":"1"}}}'],
    [
      'a binding without a position or a name',
      400,
      '{"statement":"SELECT :a","bindings":{"a b":{"type":"FIXED","value":"1"}}}',
    ],
    ['parameters that are a list', 400, '{"statement":"SELECT 1","parameters":[]}'],
    ['a parameter that is an object', 400, '{"statement":"SELECT 1","parameters":{"timezone":{}}}'],
    ['a count below none', 400, '{"statement":"SELECT 1","parameters":{"multi_statement_count":-1}}'],
    [
      'a time zone that there is not',
      422,
      '{"statement":"SELECT 1","parameters":{"timezone":"Nowhere/At_All"}}',
    ],
    ['no autocommit', 422, '{"statement":"SELECT 1","parameters":{"autocommit":false}}'],
    ['a request id that is none', 400, '{"statement":"SELECT 1"}', 'requestId=1'],
    ['async that is neither', 400, '{"statement":"SELECT 1"}', 'async=maybe'],
    ['nullable that is neither', 400, '{"statement":"SELECT 1"}', 'nullable=1'],
    ['retry twice', 400, '{"statement":"SELECT 1"}', 'retry=true&retry=true'],
    ['XML', 415, '<a/>', '', { 'content-type': 'application/xml' }],
    ['a form', 415, 'statement=SELECT', '', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an odd media type', 415, '{"statement":"SELECT 1"}', '', { 'content-type': 'json' }],
    [
      'a token of an unknown type',
      401,
      '{"statement":"SELECT 1"}',
      '',
      { 'x-snowflake-authorization-token-type': 'SAML' },
    ],
    ['an empty program', 400, '{"statement":"SELECT 1"}', '', { 'user-agent': ' ' }],
  ])('%s: %i', async (_, status, body, query = '', headers = {}) => {
    const answer = await ada.call('POST', `${SUBMIT}?${query}`, body, { ...json, ...headers });
    expect([answer.status, answer.body.sluice?.code]).toEqual([status, expect.any(String)]);
    expect(answer.body.message).not.toBe('');
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  it('more than it takes: 413', async () => {
    const body = JSON.stringify({ statement: `SELECT '${'x'.repeat(16 * 1024 * 1024)}'` });
    expect((await ada.call('POST', SUBMIT, body, json)).status).toBe(413);
  });

  it('of nobody, of somebody who may not run, and of a pair of keys: 401 and 403', async () => {
    const nobody = sqlApiClient(demo.relay.url, null);
    expect((await nobody.submit('SELECT 1')).status).toBe(401);
    const garbage = sqlApiClient(demo.relay.url, 'x.y.z');
    const keyPair = await garbage.call(
      'POST',
      SUBMIT,
      { statement: 'SELECT 1' },
      { 'x-snowflake-authorization-token-type': 'KEYPAIR_JWT' },
    );
    expect(keyPair).toMatchObject({ status: 401, body: { code: '390303' } });
    expect(keyPair.body.message).toContain('tokens of a key pair are not accepted');
    const deciding = sqlApiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    expect((await deciding.submit('SELECT 1')).status).toBe(403);
  });

  it('without a program: 400; and what says nothing of itself is JSON', async () => {
    expect(await raw({ authorization: `Bearer ${token}` }, '{"statement":"SELECT 1"}')).toBe(400);
    expect(
      await raw({ authorization: `Bearer ${token}`, 'user-agent': 'a/1' }, '{"statement":"SELECT 1"}'),
    ).toBe(200);
  });
});

describe('a handle', () => {
  it.each([
    ['GET', '/not-a-handle'],
    ['GET', '/00000000-0000-4000-8000-000000000000'],
    ['POST', '/00000000-0000-4000-8000-000000000000/cancel'],
    ['GET', '/%2e%2e%2f'],
  ])('that there is not: %s %s is 404', async (method, path) => {
    expect((await ada.call(method, `${SUBMIT}${path}`)).status).toBe(404);
  });

  it.each(['-1', 'x', '1.5', '99', '1e3', '9007199254740993', ''])(
    'has no partition %s',
    async (partition) => {
      const answer = await ada.read(handle, { partition });
      // Nothing is the first, as Number has it.
      expect(answer.status).toBe(partition === '' ? 200 : 400);
    },
  );

  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', '/HANDLE'],
    ['POST', '/HANDLE'],
    ['GET', '/HANDLE/cancel'],
  ])('%s %s: 405', async (method, path) => {
    expect((await ada.call(method, `${SUBMIT}${path.replace('HANDLE', handle)}`)).status).toBe(405);
  });

  it('of another version, or another resource, is not there', async () => {
    expect((await ada.call('POST', '/api/v2/databases', {})).status).toBe(404);
    expect((await ada.call('GET', `${SUBMIT}/${handle}/more/of/it`)).status).toBe(404);
  });

  it('is cancelled with whatever body, and says when there is nothing to cancel', async () => {
    for (const body of [undefined, '', '{}'])
      expect((await ada.call('POST', `${SUBMIT}/${handle}/cancel`, body, json)).status).toBe(422);
  });
});

/** As no client of ours would send it. */
async function raw(headers: Record<string, string>, body: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const url = new URL(SUBMIT, demo.relay.url);
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length) },
    });
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    request.end(body);
  });
}
