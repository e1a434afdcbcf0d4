import { expect, it } from 'vitest';
import { ada, person } from '../../approval/testing.ts';
import { testRoutes } from '../router/testing.ts';
import { registerMetrics } from './index.ts';

it('shows what is counted to the monitors’ groups, people and programs, and to nobody else', async () => {
  let counted = 0;
  const collector = person('collector', ['builds', 'monitors'], { kind: 'workload', mayDecide: false });
  const routes = testRoutes([ada, person('mia', ['watchers']), collector, person('nobody')]);
  await registerMetrics(routes.router, {
    text: async () => `sluice_things ${(counted += 1)}\n`,
    monitors: ['monitors', 'watchers'],
  });
  for (const who of ['ada', 'nobody']) {
    const { status, body } = await routes.call(who, '/metrics');
    expect([status, body.code]).toEqual([403, 'approver_not_allowed']);
  }
  expect((await routes.call('stranger', '/metrics')).status).toBe(401);
  expect(counted, 'nothing is counted for those').toBe(0);
  for (const who of ['mia', 'collector']) {
    const { status, text } = await routes.call(who, '/metrics');
    expect([status, text]).toEqual([200, `sluice_things ${counted}\n`]);
  }
  await routes.close();
});
