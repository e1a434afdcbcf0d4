import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { ABOUT, breakGlassReview, enrolmentBytes, type RecordedEvent } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { olga, startApi } from '../../../../test/support/start-api.ts';
import { ada, answer, deleteRequest, holdNow, sessionOf } from '../../approval/testing.ts';
import { summaryOf } from '../../approval/index.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

it('says to anybody what it is and where to sign in, and has nothing at other addresses', async () => {
  api = await startApi();
  expect(await api.call(null, 'GET', '/about')).toMatchObject({ status: 200, body: ABOUT });
  expect(await api.call(null, 'GET', '/sign-in')).toMatchObject({ status: 200, body: { places: [] } });
  const { status, body, headers } = await api.call('ada', 'GET', '/no/such');
  expect([status, body.code, headers.get('content-type')]).toEqual([
    404,
    'request_unsupported',
    expect.stringContaining('application/problem+json'),
  ]);
});

it('enrols, lists and revokes one’s own devices', async () => {
  api = await startApi();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date(api.clock.now).toISOString();
  const proof = sign(null, enrolmentBytes({ identity: olga.id, key, at }), privateKey).toString('base64');
  const enrolment = { key, name: 'laptop', at, proof, vouchedBy: null };
  expect((await api.call('omar', 'POST', '/devices', enrolment)).status).toBe(400);
  expect((await api.call('olga', 'POST', '/devices', enrolment)).status).toBe(201);
  expect((await api.call('omar', 'GET', '/devices')).body.devices).toEqual([]);
  expect((await api.call('omar', 'POST', '/devices/revocations', { key })).status).toBe(403);
  expect((await api.call('olga', 'POST', '/devices/revocations', { key })).status).toBe(204);
  expect((await api.call('olga', 'GET', '/devices')).body.devices).toMatchObject([
    { name: 'laptop', revokedAt: new Date(api.clock.now).toISOString() },
  ]);
});

it('lists grants to those they concern, and takes them back', async () => {
  api = await startApi();
  const { id, approval } = await holdNow(api, deleteRequest(ada, { grantUpToSeconds: 600 }));
  const decision = { version: 1, ...answer(approval), mostRows: 5, grantSeconds: 600, grantRows: 20 };
  expect((await api.call('olga', 'POST', `/approvals/${id}/decision`, decision)).status).toBe(200);
  expect((await api.call('sam', 'GET', '/grants')).body.grants).toEqual([]);
  const { body } = await api.call('ada', 'GET', '/grants');
  expect(body.grants).toMatchObject([
    { requester: { name: 'ada' }, givenBy: [{ name: 'olga' }], rows: 5, rowsInAll: 20, rowsLeft: 20 },
  ]);
  expect(body.grants[0].covers).toContain(
    'Every statement may change or return at most 5 rows each, and 20 in all; one that hits none counts as one.',
  );
  const path = `/grants/${body.grants[0].id}`;
  expect((await api.call('sam', 'DELETE', path)).status).toBe(404);
  expect((await api.call('omar', 'DELETE', path)).status).toBe(204);
  expect((await api.call('ada', 'GET', '/grants')).body.grants).toEqual([]);
});

it('shows reviewers what ran by break-glass, and lets another person close it', async () => {
  api = await startApi();
  const use = {
    session: sessionOf(ada),
    queryId: randomUUID(),
    sql: 'DELETE FROM orders',
    breakGlass: { entry: 'on-call', reason: 'outage', lifted: { rule: 'deletes', effect: 'ask' } },
  } as const;
  const { id } = await api.store.transaction((tx) => api.reviews.open(tx, use));
  expect((await api.call('olga', 'GET', '/reviews')).body.reviews).toEqual([]);
  const { body } = await api.call('sam', 'GET', '/reviews');
  expect(breakGlassReview.parse(body.reviews[0])).toMatchObject({ id, reason: 'outage' });
  const close = { comment: 'looked at it' };
  expect((await api.call('ada', 'POST', `/reviews/${id}/close`, close)).status).toBe(403);
  expect((await api.call('olga', 'POST', `/reviews/${id}/close`, close)).status).toBe(404);
  expect((await api.call('sam', 'POST', `/reviews/${id}/close`, close)).body.closed.by.name).toBe('sam');
});

it('lets the security groups put people out, by their own name', async () => {
  api = await startApi();
  const revocation = { target: { type: 'subject', identity: olga.id }, reason: 'left' };
  for (const who of ['ada', 'olga']) {
    expect((await api.call(who, 'POST', '/revocations', revocation)).status).toBe(403);
  }
  const forged = { ...revocation, by: 'somebody else' };
  expect((await api.call('sam', 'POST', '/revocations', forged)).status).toBe(400);
  expect(api.revoked).toEqual([]);
  expect((await api.call('sam', 'POST', '/revocations', revocation)).status).toBe(201);
  expect(api.revoked).toEqual([{ ...revocation, by: 'https://id.example|sam' }]);
});

it('is told in seconds of when tokens were issued that are to be out, as tokens say theirs', async () => {
  api = await startApi();
  const target = { type: 'issued_before', before: 1_760_000_000, identity: null };
  const { status, body } = await api.call('sam', 'POST', '/revocations', { target, reason: 'a leak' });
  expect([status, body.target]).toEqual([201, target]);
  expect(api.revoked).toMatchObject([{ target: { issuedBefore: 1_760_000_000_000 } }]);
});

it('streams a session to who opened it and to auditors, from where they were', async () => {
  const session = sessionOf(ada);
  const place = {
    version: 1 as const,
    session: session.id,
    at: '2026-11-20T09:00:00.000Z',
    previous: '0'.repeat(64),
    hash: '0'.repeat(64),
    salt: '0'.repeat(32),
  };
  const { client, state } = session;
  const opened = { type: 'opened' as const, identity: summaryOf(ada), client, state };
  const events: RecordedEvent[] = [
    { ...place, seq: 0, body: opened },
    { ...place, seq: 1, body: { type: 'closed', how: 'client' } },
  ];
  api = await startApi({ events });
  const path = `/sessions/${session.id}/events`;
  for (const who of ['ada', 'sam']) {
    const { text, headers } = await api.call(who, 'GET', path);
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
  }
  expect((await api.call('ada', 'GET', `${path}?after=0`)).text.split('\n')).toHaveLength(2);
  expect((await api.call('olga', 'GET', path)).status).toBe(404);
});
