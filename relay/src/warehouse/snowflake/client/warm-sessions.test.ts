import { expect, it } from 'vitest';
import { failure, resultOf } from './testing/account-server.ts';
import { NEVER, NOWHERE, startUpstream, statement } from './testing/upstream.ts';

const SIGN_IN = '/session/v1/login-request';
const QUERY = '/queries/v1/query-request';

async function tokenOf(
  { server, upstream }: Awaited<ReturnType<typeof startUpstream>>,
  start: Partial<typeof NOWHERE> = {},
) {
  const session = await upstream.openSession({ ...NOWHERE, ...start }, NEVER);
  await session.query(statement(), NEVER);
  return { session, token: server.to(QUERY).at(-1)!.headers.authorization };
}

it('sessions are signed in ahead, and each is given away once', async () => {
  const started = await startUpstream({ config: { warm: 2 } });
  const { server } = started;
  server.on(({ path }) => (path === QUERY ? { body: resultOf([]) } : undefined));
  const first = await tokenOf(started);
  await expect.poll(() => server.to(SIGN_IN).length).toBe(3);
  // Used, and closed: nobody gets it.
  await first.session.close();
  const tokens = new Set([first.token]);
  for (let time = 0; time < 6; time += 1) tokens.add((await tokenOf(started)).token);
  expect(tokens.size).toBe(7);
});

it('a session is ready when it is asked for', async () => {
  const started = await startUpstream({ config: { warm: 1 } });
  const { server, upstream } = started;
  await upstream.openSession(NOWHERE, NEVER);
  await expect.poll(() => server.to(SIGN_IN).length).toBe(2);
  await expect.poll(() => server.received.length).toBe(2);
  server.on(({ path }) => (path === SIGN_IN ? { body: failure('390100', 'no') } : undefined));
  await expect.poll(() => upstream.openSession(NOWHERE, NEVER).then(() => 'ok')).toBe('ok');
});

it('sessions of another role or place are not given for one', async () => {
  const started = await startUpstream({ config: { warm: 1 } });
  const { server, upstream } = started;
  await upstream.openSession({ ...NOWHERE, role: 'READER' }, NEVER);
  await expect.poll(() => server.to(SIGN_IN).length).toBe(2);
  await upstream.openSession({ ...NOWHERE, role: 'WRITER' }, NEVER);
  await expect.poll(() => server.to(SIGN_IN).length).toBe(4);
  expect(server.to(SIGN_IN).map(({ query }) => query.get('roleName'))).toEqual([
    'READER',
    'READER',
    'WRITER',
    'WRITER',
  ]);
});

it('one that Snowflake has ended meanwhile is signed in again, since nothing is in it', async () => {
  const started = await startUpstream({ config: { warm: 1 } });
  const { server, upstream } = started;
  await upstream.openSession(NOWHERE, NEVER);
  await expect.poll(() => server.to(SIGN_IN).length).toBe(2);
  server.on(({ path, headers }) => {
    if (path !== QUERY) return undefined;
    const isOld = /session-token-[12]"/.test(headers.authorization!);
    return { body: isOld ? failure('390111', 'Session no longer exists') : resultOf([]) };
  });
  const { token } = await tokenOf(started);
  expect(token).not.toMatch(/session-token-[12]"/);
});

it('all are closed in the account with the client', async () => {
  const { server, upstream } = await startUpstream({ config: { warm: 2 } });
  await upstream.openSession(NOWHERE, NEVER);
  await expect.poll(() => server.to(SIGN_IN).length).toBe(3);
  await upstream.close();
  const closed = server.to('/session').map(({ headers }) => headers.authorization);
  expect(new Set(closed)).toEqual(
    new Set([1, 2, 3].map((number) => `Snowflake Token="session-token-${number}"`)),
  );
});

it('a credential that the account refuses is not tried again and again: it would lock the user out', async () => {
  const { server, upstream, notices } = await startUpstream({ config: { warm: 3 } });
  server.on(({ path }) => (path === SIGN_IN ? { body: failure('390100', 'no') } : undefined));
  for (let time = 0; time < 5; time += 1) {
    await expect(upstream.openSession(NOWHERE, NEVER)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
    });
  }
  const tried = server.to(SIGN_IN).length;
  // Those that were on their way together.
  expect(tried).toBeLessThanOrEqual(4);
  expect(notices).toHaveLength(tried);
});
