import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEMO_POLICY, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { type ApiClient, apiClient, nextPending } from '../support/api.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const data = temporaryFolder();
const policy = join(data, 'policy.yaml');
const original = readFileSync(DEMO_POLICY, 'utf8');
const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
let issuer: LocalIssuer;
let relay: Relay;
let ada: DriverSession;
let grace: ApiClient;
let reached: string[];

beforeEach(async () => {
  reached = [];
  writeFileSync(policy, original);
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const place = await relayPlace(data, issuer, policy);
  relay = await place.start((statement) => void reached.push(statement.sql));
  ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  grace = apiClient(place.url, await issuer.decidingTokenFor('grace'));
});
afterEach(async () => {
  await ada.close();
  await relay.close();
  await issuer.close();
});

it.each([
  ['now blocks it', withEffect('block'), 'blocked by rule `change-data`', 0],
  ['still asks about it, in another version', `${original}\n# reviewed\n`, 'no longer what would run', 0],
  ['now allows it', withEffect('allow'), 'it ran', 1],
])('a policy that %s decides, not the approval under the old one', async (_, text, said, times) => {
  const outcome = errorOf(ada.run(update));
  const asked = await nextPending(grace);
  const loaded = await policiesLoaded();
  writeFileSync(policy, text);
  await expect.poll(policiesLoaded).toBe(loaded + 1);
  await grace.decide(asked, 'approve', 'of the old policy');
  expect((await outcome)?.message ?? 'it ran').toContain(said);
  expect(reached.filter((one) => one === update)).toHaveLength(times);
  expect(await grace.pending()).toEqual([]);
});

async function policiesLoaded(): Promise<number> {
  const { relaySession } = (await relay.store.events.log())!;
  const notices = await relay.store.events.ofTypes(relaySession, ['notice']);
  return notices.filter(({ body }) => body?.includes('"policy_loaded"')).length;
}

/** The demo's policy with another effect of the rule that asks about changes. */
function withEffect(effect: 'block' | 'allow'): string {
  return original.replace(
    /(- name: change-data\n +effect: )ask([^]*?)\n +approvers: data-leads/,
    `$1${effect}$2`,
  );
}
