import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createRouter } from '../router/index.ts';
import { registerHealth } from './index.ts';

it('asks the warehouse once a second at most, however often it is asked', async () => {
  let [now, asked, isUp, hasPolicy, isSound] = [1_000_000, 0, true, true, true];
  const app = fastify();
  const noToken = { authenticate: () => Promise.reject(new Error()), guard: () => {}, onRefused: () => {} };
  await registerHealth(createRouter(app, { ...noToken, onError: () => {} }), {
    hasPolicy: () => hasPolicy,
    isRecordSound: () => isSound,
    async isWarehouseUp() {
      asked += 1;
      if (!isUp) throw new Error('it is down');
      return true;
    },
    now: () => now,
  });
  const ready = async () => (await app.inject({ url: '/readyz' })).statusCode;
  expect(await Promise.all(Array.from({ length: 50 }, ready))).toEqual(Array(50).fill(200));
  expect(asked).toBe(1);
  isUp = false;
  expect(await ready(), 'still fresh').toBe(200);
  now += 1_000;
  expect([await ready(), await ready(), asked]).toEqual([503, 503, 2]);
  now -= 60_000;
  await ready();
  expect(asked, 'after the clock was put back').toBe(3);
  expect((await app.inject({ url: '/readyz' })).json()).toEqual({ ready: false, lacks: ['warehouse'] });
  [isUp, hasPolicy] = [true, false];
  now += 1_000;
  const answer = await app.inject({ url: '/readyz' });
  expect([answer.statusCode, answer.json()]).toEqual([503, { ready: false, lacks: ['policy'] }]);
  [hasPolicy, isSound] = [true, false];
  expect((await app.inject({ url: '/readyz' })).json()).toEqual({ ready: false, lacks: ['record'] });
  expect((await app.inject({ url: '/livez' })).json()).toEqual({ live: true });
});
