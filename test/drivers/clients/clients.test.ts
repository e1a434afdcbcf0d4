import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { orSkip } from '../other-drivers.ts';
import { clients, PATIENCE, programOf, tryClient, worksBy } from './clients.ts';
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
    const said = worksBy(page, seen);
    const broken = said
      .map((step) => [step, seen.steps[step]] as const)
      .filter(([, error]) => error !== null);
    expect(Object.fromEntries(broken)).toEqual({});
    const more = Object.keys(seen.steps).filter((step) => seen.steps[step] === null && !said.includes(step));
    // No defect, but the page should say so.
    const note = more.length === 0 ? '' : ` (works now: ${more.join('; ')}. Run \`npm run -s drivers\`)`;
    await test.annotate(`${seen.client}${note}`, 'driver');
  });
});
