import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evade, wasStopped } from '../evasions/evade.ts';
import { groups } from '../evasions/groups.ts';
import { type ApiClient, apiClient } from '../support/api.ts';
import { secretsOfShop } from '../support/secrets.ts';
import { relayBeforeRelay } from './relay-before-relay.ts';

/** The known evasions again, where what runs is the client's own text and the warehouse gives everything raw. */
let relays: Awaited<ReturnType<typeof relayBeforeRelay>>;
let ada: ApiClient;
let secrets: readonly string[];
beforeAll(async () => {
  secrets = await secretsOfShop(20);
  relays = await relayBeforeRelay();
  ada = apiClient(relays.outer.url, await relays.tokenFor('ada'));
}, 120_000);
afterAll(() => relays.close());

describe.each(Object.entries(groups))('%s', (group, attempts) => {
  it.each(attempts.map((attempt) => [attempt.name, attempt] as const))('%s', async (name, attempt) => {
    const outcomes = await evade(ada, attempt);
    const text = JSON.stringify(outcomes);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect({ name, stopped: wasStopped(group, outcomes), outcomes }).toMatchObject({ stopped: true });
  });
});
