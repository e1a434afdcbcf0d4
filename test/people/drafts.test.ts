import { readFileSync } from 'node:fs';
import type { Coverage, Explanation, PolicyCheck, PolicySimulation, PolicyView } from '@sluice/contract';
import { type Demo, DEMO_POLICY, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClient, type ApiClient } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';

const POLICY = readFileSync(DEMO_POLICY, 'utf8');
const CASES = readFileSync(DEMO_POLICY.replace('.yaml', '.test.yaml'), 'utf8');
/** Everybody's orders are nobody's. */
const STRICTER = POLICY.replace(
  'rules:\n',
  `rules:
  - name: no-orders
    effect: block
    reason: orders are being moved
    when: { objects: [{ names: [SHOP.PUBLIC.ORDERS] }] }
`,
);

let demo: Demo;
let alan: ApiClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
  for (const subject of ['ada', 'mallory']) {
    const session = await connectDriver(demo.relay.url, await demo.tokenFor(subject));
    await session.run('SELECT COUNT(*) FROM ORDERS');
    await session.run('SELECT EMAIL FROM CUSTOMERS LIMIT 1');
    await errorOf(session.run('DROP TABLE ORDERS'));
    await session.close();
  }
});
afterAll(() => demo.close());

/** All pages: how much one holds depends on how fast the machine is. */
async function simulate(text: string): Promise<Omit<PolicySimulation, 'version' | 'next'>> {
  const all = { sessions: 0, statements: 0, stricter: 0, looser: 0, cut: 0 };
  const changes: PolicySimulation['changes'] = [];
  let after: string | null = null;
  do {
    const order = { version: 1, text, after };
    const page: PolicySimulation = await alan.post<PolicySimulation>('/api/policy/simulations', order);
    for (const name of Object.keys(all) as (keyof typeof all)[]) all[name] += page[name];
    changes.push(...page.changes);
    after = page.next;
  } while (after !== null);
  return { ...all, changes };
}

describe('the policy in force', () => {
  it('is shown as it is decided by, with a sentence for each rule', async () => {
    const policy = await alan.get<PolicyView>('/api/policy');
    expect(policy.text).toBe(POLICY);
    expect(policy.rules.map(({ name }) => name)).toContain('security-sees-names');
    for (const { text, sentence } of policy.rules) {
      expect(POLICY.replaceAll(/^ {2}/gm, '')).toContain(text);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('says which tables no rule names, and which columns no tag', async () => {
    const all: Coverage['objects'] = [];
    let after: string | null = '';
    while (after !== null) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const page: Coverage = await alan.get<Coverage>(`/api/policy/coverage?limit=3${query}`);
      expect(page.objects.length).toBeLessThanOrEqual(3);
      all.push(...page.objects);
      after = page.next;
    }
    const payments = all.find(({ name }) => name === 'PAYMENTS')!;
    expect(payments.rules).toContain('contractors-see-no-payments');
    expect(payments.tagged).toEqual([{ name: 'CARD_NUMBER', tags: ['payment.card'] }]);
    expect(payments.untagged.map(({ name }) => name)).toContain('AMOUNT');
    expect(new Set(all.map(({ schema, name }) => `${schema}.${name}`)).size).toBe(all.length);
    const malformed = '/api/policy/coverage?after=SHOP';
    expect(await alan.statusOf('GET', malformed, undefined)).toBe(400);
  });
});

describe('a draft', () => {
  it('is checked and tested as the commands do', async () => {
    const good = await alan.post<PolicyCheck>('/api/policy/checks', {
      version: 1,
      text: POLICY,
      cases: CASES,
    });
    expect([good.problems, good.caseProblems, good.moreCases]).toEqual([[], [], 0]);
    expect(good.cases.length).toBeGreaterThan(5);
    expect(good.cases.flatMap(({ failures }) => failures)).toEqual([]);

    const stricter = await alan.post<PolicyCheck>('/api/policy/checks', {
      version: 1,
      text: STRICTER,
      cases: CASES,
    });
    expect(stricter.cases.flatMap(({ failures }) => failures).join()).toContain('orders are being moved');

    const bad = await alan.post<PolicyCheck>('/api/policy/checks', {
      version: 1,
      text: POLICY.replace('effect: block', 'effect: blok'),
      cases: 'cases: 1',
    });
    expect(bad.problems[0]).toMatchObject({ path: expect.stringContaining('effect') });
    expect(bad.caseProblems).not.toEqual([]);
  });

  it('is tried as somebody, and decides nothing', async () => {
    const trial = {
      version: 1,
      as: { type: 'person', id: demo.idOf('ada') },
      sql: 'SELECT COUNT(*) FROM ORDERS',
    };
    const { decision } = await alan.post<Explanation>('/api/policy/trials', { ...trial, text: STRICTER });
    expect(decision).toMatchObject({ effect: 'block', rule: 'no-orders' });
    expect(await alan.statusOf('POST', '/api/policy/trials', { ...trial, text: 'version: 2' })).toBe(422);
    const ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
    expect((await ada.run('SELECT COUNT(*) FROM ORDERS')).rows).toHaveLength(1);
    await ada.close();
    expect((await alan.get<PolicyView>('/api/policy')).text).toBe(POLICY);
  });

  it('is simulated on what was recorded: which decisions would change, and for whom', async () => {
    const same = await simulate(POLICY);
    expect(same).toMatchObject({ stricter: 0, looser: 0, changes: [] });
    expect(same.statements).toBeGreaterThanOrEqual(6);
    const { changes, stricter, looser } = await simulate(STRICTER);
    expect(looser).toBe(0);
    expect(stricter).toBe(changes.filter(({ direction }) => direction === 'stricter').length);
    const counted = changes.filter(({ sql }) => sql.startsWith('SELECT COUNT'));
    expect(new Set(counted.map(({ person }) => person.id))).toEqual(
      new Set([demo.idOf('ada'), demo.idOf('mallory')]),
    );
    for (const { was, becomes, direction } of counted) {
      expect([was.effect, becomes.effect, becomes.rule, direction]).toEqual([
        'allow',
        'block',
        'no-orders',
        'stricter',
      ]);
    }
    // It was read by somebody whose it was not: that is on the record.
    const { sessions } = await alan.get<{ sessions: { session: string; isRelay: boolean }[] }>(
      '/api/sessions',
    );
    const relay = await alan.events(sessions.find(({ isRelay }) => isRelay)!.session);
    expect(relay.some(({ body }) => body.type === 'notice' && body.what === 'policy_simulated')).toBe(true);
  });
});
