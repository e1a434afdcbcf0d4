import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { orSkip } from '../other-drivers.ts';
import { clients, PATIENCE, programOf, rowOf, tryClient } from './clients.ts';
import { CLIENTS_PAGE } from './page.ts';

let demo: Demo;
let page: string;
beforeAll(async () => {
  demo = await startDemo({ customers: 1000, logLevel: 'silent' });
  page = await readFile(CLIENTS_PAGE, 'utf8');
});
afterAll(() => demo.close());

describe.each(clients)('$name', (client) => {
  it('does with the demo relay what docs/driver-protocol.md says', { timeout: PATIENCE }, async (test) => {
    const program = orSkip(await programOf(client), test);
    const seen = await tryClient(program, new URL(demo.relay.url).port, await demo.tokenFor('ada'));
    // Also what has come to work since: `npm run -s drivers` writes it.
    expect(page.split('\n')).toContain(rowOf(seen));
    await test.annotate(seen.client, 'driver');
  });
});
