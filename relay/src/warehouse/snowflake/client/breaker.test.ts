import { describe, expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';
import { resultOf } from './testing/account-server.ts';
import { NEVER, startSession, statement } from './testing/upstream.ts';

const limits = { failuresInRow: 3, aloneMs: { first: 1_000, longest: 3_000 } };

function started() {
  let at = 0;
  let answers = false;
  let probes = 0;
  const changes: string[] = [];
  const breaker = createBreaker({
    limits,
    elapsed: () => at,
    probe: async () => {
      probes += 1;
      return answers;
    },
    onChange: (state) => changes.push(state),
  });
  return {
    breaker,
    changes,
    wait: (ms: number) => (at += ms),
    recover: () => (answers = true),
    probes: () => probes,
  };
}

describe('an account that fails', () => {
  it('is left alone after so many failures in a row, and not before', async () => {
    const { breaker, changes } = started();
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    breaker.failed();
    await breaker.enter();
    breaker.failed();
    await expect(breaker.enter()).rejects.toMatchObject({
      code: 'warehouse_unavailable',
      retryAfterSeconds: 1,
    });
    expect(changes).toEqual(['left_alone']);
  });

  it('is tried with one request when it has been alone, and left alone for longer when that fails', async () => {
    const { breaker, wait, probes } = started();
    for (let time = 0; time < 3; time += 1) breaker.failed();
    wait(1_000);
    const all = await Promise.allSettled([breaker.enter(), breaker.enter(), breaker.enter()]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(probes()).toBe(1);
    wait(1_999);
    await expect(breaker.enter()).rejects.toThrow('left alone');
    expect(probes()).toBe(1);
    wait(1);
    await expect(breaker.enter()).rejects.toThrow('left alone');
    expect(probes()).toBe(2);
    wait(3_000);
    await expect(breaker.enter()).rejects.toThrow('left alone');
    expect(probes()).toBe(3);
  });

  it('is asked again when it has answered', async () => {
    const { breaker, changes, wait, recover } = started();
    for (let time = 0; time < 3; time += 1) breaker.failed();
    wait(1_000);
    recover();
    await breaker.enter();
    breaker.failed();
    await breaker.enter();
    expect(changes).toEqual(['left_alone', 'back']);
  });
});

it('statements fail at once while the account is left alone, and run when it is back', async () => {
  const { server, session, notices } = await startSession({
    limits: { retryMs: 200, failuresInRow: 2, aloneMs: { first: 30, longest: 30 } },
  });
  let isDown = true;
  server.on(({ path }) => {
    if (isDown) return { breaks: 'before' };
    return path === '/queries/v1/query-request' ? { body: resultOf([]) } : undefined;
  });
  await expect(session.query(statement(), NEVER)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  expect(notices).toContainEqual({ kind: 'left_alone' });
  isDown = false;
  await expect
    .poll(() =>
      session.query(statement(), NEVER).then(
        ({ total }) => total,
        () => 'not yet',
      ),
    )
    .toBe(0);
  expect(notices).toContainEqual({ kind: 'back' });
});
