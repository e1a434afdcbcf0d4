import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEMO_POLICY, startDemo } from '@sluice/demo';
import { expect, it, onTestFinished } from 'vitest';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const WRITES = 'BEGIN INSERT INTO SCRATCH.T VALUES (1); RETURN SQLROWCOUNT; END';

/** A demo whose policy is another in one place, and Ada in it. */
async function demoWith(from: string, to: string) {
  const text = await readFile(DEMO_POLICY, 'utf8');
  expect(text).toContain(from);
  const policy = path.join(folder, `${from.length}.yaml`);
  await writeFile(policy, text.replace(from, to));
  const demo = await startDemo({ customers: 5, logLevel: 'silent', policy });
  onTestFinished(() => demo.close());
  const ada = await connect(Number(new URL(demo.relay.url).port), { token: await demo.tokenFor('ada') });
  onTestFinished(() => disconnect(ada));
  await execute(ada, 'CREATE TABLE SCRATCH.T (A INT)');
  return { demo, ada, written: async () => (await execute(ada, 'SELECT COUNT(*) AS N FROM SCRATCH.T')).rows };
}

it('runs nothing of a block for whom no rule lets run blocks', async () => {
  const { ada, written } = await demoWith(
    'kinds: [query, flow, block, execute_immediate,',
    'kinds: [query, flow,',
  );
  for (const sql of [WRITES, `EXECUTE IMMEDIATE $$${WRITES}$$`])
    await expect(execute(ada, sql)).rejects.toMatchObject({ code: '003001' });
  expect(await written()).toEqual([{ N: 0 }]);
});

it('waits for people with all of a block where the policy asks about blocks', async () => {
  const asks = `rules:
  - name: blocks-are-asked-about
    effect: ask
    reason: somebody reads a block before it runs
    when: { kinds: [block] }
    approvers: data-leads
`;
  const { demo, ada, written } = await demoWith('rules:\n', asks);
  const running = execute(ada, WRITES);
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  const asked = await nextPending(grace);
  expect((await grace.get<{ sql: string }>(`/api/approvals/${asked.id}`)).sql).toBe(WRITES);
  expect(await written()).toEqual([{ N: 0 }]);
  await grace.decide(asked, 'approve', 'read');
  expect((await running).rows).toEqual([{ 'anonymous block': 1 }]);
  expect(await written()).toEqual([{ N: 1 }]);
});
