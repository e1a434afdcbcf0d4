// `npm run -s drivers`: tries every client that is installed with a demo relay, and writes the table in docs/driver-protocol.md.
import { readFile, writeFile } from 'node:fs/promises';
import { startDemo } from '@sluice/demo';
import { clients, programOf, rowOf, tryClient } from './clients.ts';
import { CLIENTS_PAGE, withRows } from './page.ts';

const demo = await startDemo({ customers: 1000, logLevel: 'silent' });
const rows: string[] = [];
for (const client of clients) {
  const program = await programOf(client);
  if (program.missing !== null) {
    console.error(`${client.name}: ${program.missing}. The table is left as it is.`);
    process.exitCode = 1;
    continue;
  }
  const seen = await tryClient(program, new URL(demo.relay.url).port, await demo.tokenFor('ada'));
  console.log(seen.client);
  for (const [step, error] of Object.entries(seen.steps)) console.log(`  ${step}: ${error ?? 'works'}`);
  rows.push(rowOf(seen));
}
await demo.close();
if (rows.length === clients.length)
  await writeFile(CLIENTS_PAGE, withRows(await readFile(CLIENTS_PAGE, 'utf8'), rows));
