import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { ada, person } from '../../approval/testing.ts';
import { isSluiceError, SluiceError } from '../../errors.ts';
import type { Handlers } from '../router/handlers.ts';
import { registerAttempts } from './attempt-routes.ts';

const ben = person('ben', ['analysts']);
let recorded: { session: string; body: object }[];
let served: string[];
let time: number;
let charged: number;
let isUsedUp: boolean;
let report: Handlers<'attempts'>['report'];

const seen = (attempt: string = randomUUID()) => ({
  version: 1,
  attempt,
  kind: 'client',
  harness: 'copilot',
  tool: 'bash',
  evidence: 'snow sql',
  excerpt: 'snow sql -q x',
  conversation: null,
  seenAt: '2026-11-22T12:00:00.000Z',
});
const send = async (by: typeof ada, body = seen()) =>
  await report({ by, body, request: { ip: '10.0.0.9' } } as never);

beforeEach(async () => {
  [recorded, served, time, charged, isUsedUp] = [[], [], 1_790_000_000_000, 0, false];
  await registerAttempts(
    {
      async serve(group, given) {
        served.push(group);
        ({ report } = given as never);
      },
      complete: () => {},
    },
    {
      sessionOf: async ({ identity, agent }) => ({ id: `${identity.subject} by ${agent}` }) as never,
      recording: { append: async (session, body) => void recorded.push({ session, body }) as never },
      limits: {
        record(_identity, bytes) {
          if (isUsedUp) throw new SluiceError('record_allowance_used', 'used up');
          charged += bytes;
        },
      },
      now: () => time,
    },
  );
});

it('records what was seen in the session of the agent whose it was, as whoever reports it', async () => {
  const body = seen();
  expect(await send(ada, body)).toEqual({ status: 204 });
  const { version: _version, ...rest } = body;
  expect(recorded).toEqual([{ session: 'ada by copilot', body: { type: 'bypass_attempted', ...rest } }]);
  expect(charged).toBeGreaterThan(100);
  expect(served).toEqual(['attempts']);
});

it('knows a report that is sent twice, but not another person’s by it', async () => {
  const body = seen();
  for (const by of [ada, ada, ben]) expect(await send(by, body)).toEqual({ status: 204 });
  expect(recorded.map(({ session }) => session)).toEqual(['ada by copilot', 'ben by copilot']);
});

it('takes so many of each within an hour', async () => {
  for (let count = 0; count < 120; count += 1) await send(ada);
  const refusal: unknown = await send(ada).catch((error: unknown) => error);
  expect(isSluiceError(refusal) && [refusal.code, refusal.retryAfterSeconds]).toEqual([
    'rate_limited',
    3_600,
  ]);
  await send(ben);
  time += 3_600_000;
  await send(ada);
  expect(recorded).toHaveLength(122);
});

it('records nothing beyond what may be recorded, and takes it when there is room again', async () => {
  isUsedUp = true;
  const body = seen();
  await expect(send(ada, body)).rejects.toMatchObject({ code: 'record_allowance_used' });
  isUsedUp = false;
  await send(ada, body);
  expect(recorded).toHaveLength(1);
});
