import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { runCli } from '../../relay/src/cli/cli.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver } from '../support/driver.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { ended, listening, spawnNode } from '../support/relay-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
const data = temporaryFolder();
let issuer: LocalIssuer;
let place: RelayPlace;

beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  place = await relayPlace(data, issuer);
});
afterAll(() => issuer.close());

it('a relay that is killed takes no held statement with it, and its record proves itself', async () => {
  const first = await serve();
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  await ada.run('SELECT COUNT(*) FROM ORDERS');
  const call = ada.run("UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7");
  const token = await issuer.decidingTokenFor('grace');
  const asked = await nextPending(apiClient(place.url, token));

  await ended(first, 'SIGKILL');
  const second = await serve();
  const grace = apiClient(place.url, token);
  const still = await nextPending(grace);
  expect(still.id).toBe(asked.id);
  await grace.decide(still, 'approve', 'after the kill');
  expect((await call).statement.getNumUpdatedRows()).toBe(1);

  await ada.close();
  await ended(second, 'SIGTERM');
  const { database, signingKey } = filesIn(data);
  expect(await runCli(['verify', database, '--key', `${signingKey}.pub`])).toBe(0);
});

async function serve() {
  const relay = spawnNode([PROGRAM, 'serve', '--config', place.config, '--log-level', 'silent']);
  await listening(relay);
  return relay;
}
