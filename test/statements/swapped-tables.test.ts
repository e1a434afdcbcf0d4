import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connection } from 'snowflake-sdk';
import { type Demo, startDemo } from '@sluice/demo';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';

const POLICY = `version: 1
tags:
  pii.name: [SHOP.PUBLIC.CUSTOMERS.NAME]
masks:
  tags:
    pii.name: { method: redact }
defaults: { uses: block, flows: ask, opaque: block, unresolved: redact, approvers: leads }
approvers:
  leads: { groups: [data-leads] }
rules:
  - name: everything
    effect: allow
    when: { groups: [developers], flows: [{ tags: ['*'], to: [column] }] }
`;

let folder: string;
let demo: Demo;
let connection: Connection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-swapped-'));
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, POLICY);
  demo = await startDemo({ customers: 20, logLevel: 'silent', policy });
  connection = await connect(Number(new URL(demo.relay.url).port), { token: await demo.tokenFor('ada') });
});
afterAll(async () => {
  await disconnect(connection);
  await demo.close();
  await rm(folder, { recursive: true });
});

const run = async (sql: string) => (await execute(connection, sql)).rows;

it('masks what was masked before two tables were given each other’s names', async () => {
  await run('CREATE TABLE SCRATCH.A AS SELECT NAME AS X FROM CUSTOMERS');
  await run('CREATE TABLE SCRATCH.B AS SELECT CITY AS X FROM CUSTOMERS');
  expect(await run('SELECT X FROM SCRATCH.B WHERE X IS NOT NULL LIMIT 1')).not.toEqual([{ X: '***' }]);
  await run('ALTER TABLE SCRATCH.A SWAP WITH SCRATCH.B');
  expect(await run('SELECT X FROM SCRATCH.B LIMIT 1')).toEqual([{ X: '***' }]);
  // Whether its values fit another type would tell of them.
  for (const change of ['SET DATA TYPE VARCHAR(16777216)', 'SET NOT NULL'])
    await expect(run(`ALTER TABLE SCRATCH.B ALTER COLUMN X ${change}`)).rejects.toThrow('SHOP.SCRATCH.B.X');
});
