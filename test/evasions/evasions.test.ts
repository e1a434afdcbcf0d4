import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import type { SessionSummary } from '../../relay/src/recording/index.ts';
import { type ApiClient, apiClient } from '../support/api.ts';
import { secretsOfShop } from '../support/secrets.ts';
import { evade, wasStopped } from './evade.ts';
import { groups } from './groups.ts';

const CUSTOMERS = 300;
let demo: Demo;
let ada: ApiClient;
let secrets: readonly string[];
/** Everything that left the relay. */
const left: string[] = [];

beforeAll(async () => {
  secrets = await secretsOfShop(CUSTOMERS);
  demo = await startDemo({ customers: CUSTOMERS, logLevel: 'trace', log: (line) => left.push(line) });
  ada = apiClient(demo.relay.url, await demo.tokenFor('ada'));
});
afterAll(() => demo.close());

describe.each(Object.entries(groups))('%s', (group, attempts) => {
  it.each(attempts.map((attempt) => [attempt.name, attempt] as const))('%s', async (name, attempt) => {
    const outcomes = await evade(ada, attempt);
    const text = JSON.stringify(outcomes);
    left.push(text);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect({ name, stopped: wasStopped(group, outcomes), outcomes }).toMatchObject({ stopped: true });
  });
});

it('there are at least 400 of them', () => {
  expect(Object.values(groups).flat().length).toBeGreaterThanOrEqual(400);
});

it('nothing that auditors and approvers see holds a secret either', async () => {
  const [alan, grace] = await Promise.all(
    ['alan', 'grace'].map(async (who) => apiClient(demo.relay.url, await demo.decidingTokenFor(who))),
  );
  const { sessions } = await alan!.get<{ sessions: SessionSummary[] }>('/api/sessions?limit=500');
  for (const { session } of sessions) left.push(JSON.stringify(await alan!.events(session)));
  left.push(JSON.stringify(await grace!.get('/api/approvals?state=ended')));
  const everything = left.join('\n');
  expect(everything.length).toBeGreaterThan(100_000);
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});
