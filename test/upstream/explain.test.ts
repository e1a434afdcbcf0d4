import type { ApprovalView } from '@sluice/contract';
import { expect, it, onTestFinished } from 'vitest';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver } from '../support/driver.ts';
import { changed, failure, firstOf, type Script } from './answers.ts';
import { explainScript } from './history.ts';
import { startRelayBefore } from './relay.ts';
import { shopTables } from './shop.ts';
import { tablesScript } from './tables.ts';
import { startUpstream } from './upstream.ts';

const DELETE = 'DELETE FROM SHOP.SCRATCH.NOTES WHERE ID < 7';
const COST = { partitionsTotal: 120, partitionsAssigned: 3, bytesAssigned: 1_250_000 };

type View = Extract<ApprovalView, { kind: 'statement' }>;

async function held(explain: Script) {
  const upstream = await startUpstream({
    script: firstOf(explain, tablesScript(shopTables(10)), ({ sql }) =>
      sql === DELETE ? changed('delete', 1) : undefined,
    ),
    holdMs: 500,
  });
  const relay = await startRelayBefore(upstream.url, { warm: 0 });
  onTestFinished(async () => {
    await relay.close();
    await upstream.close();
  });
  const ada = await connectDriver(relay.url, await relay.tokenFor('ada'));
  const running = ada.run(DELETE);
  const grace = apiClient(relay.url, await relay.decidingTokenFor('grace'));
  const request = await nextPending(grace);
  const ran = () => upstream.executions.map(({ sql }) => sql).filter((sql) => sql.includes('DELETE'));
  const seenBy = async (who: typeof grace) => await who.get<View>(`/api/approvals/${request.id}`);
  return { relay, running, grace, request, ran, seenBy };
}

it('what a held statement would read is shown to those who decide, and to nobody else; nothing has run', async () => {
  const { relay, running, grace, request, ran, seenBy } = await held(explainScript(COST));
  await expect.poll(async () => (await seenBy(grace)).estimate).not.toBeNull();
  const shown = await seenBy(grace);
  expect(shown.estimate).toMatchObject({ partitions: 3, partitionsTotal: 120, bytes: 1_250_000 });
  expect(shown.plain.cost).toContain('3 of 120 partitions, 1.3 MB');
  expect(ran()).toEqual([`EXPLAIN USING JSON ${DELETE}`]);
  const own = apiClient(relay.url, await relay.tokenFor('ada'));
  expect(JSON.stringify(await seenBy(own))).not.toMatch(/1250000|1\.3 MB|"partitionsTotal":120/);
  const events = await own.events(request.session);
  expect(events.map(({ body }) => body.type)).toContain('approval_asked');
  expect(JSON.stringify(events)).not.toContain('1250000');
  await grace.decide(request, 'approve', 'go on');
  await running;
  expect(ran()).toEqual([`EXPLAIN USING JSON ${DELETE}`, DELETE]);
});

it.each<[string, Script]>([
  ['is refused', ({ sql }) => (sql.startsWith('EXPLAIN') ? failure('001003', '42000', 'no') : undefined)],
  ['never answers', ({ sql }) => (sql.startsWith('EXPLAIN') ? new Promise<never>(() => {}) : undefined)],
])(
  'an EXPLAIN that %s keeps nobody from deciding, and the statement from nothing',
  async (_title, explain) => {
    const { running, grace, request, seenBy } = await held(explain);
    await grace.decide(request, 'approve', 'go on');
    expect((await running).statement.getNumUpdatedRows()).toBe(1);
    expect((await seenBy(grace)).plain.cost).toBeUndefined();
  },
);
