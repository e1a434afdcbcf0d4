import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, policyOf, startGate } from '../../../../test/support/in-memory-gate.ts';
import { ada, person } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import { policyJsonSchema } from '../../policy/index.ts';
import { testRoutes } from '../router/testing.ts';
import { registerPolicy } from './policy-routes.ts';

const auditor = person('alan', ['auditors']);
const security = person('sam', ['security']);
const program = person('robot', ['auditors', 'security'], { kind: 'workload' });
/** An auditor’s token for running SQL. */
const agent = person('agent', ['auditors'], { mayDecide: false });

/** One more rule, which refuses queries. */
const SHUT = `${POLICY}  - { name: shut, effect: block, reason: so, when: { kinds: [query] } }\n`;

let world: GateWorld;
let routes: ReturnType<typeof testRoutes>;
let noted: object[];
let places: { taken: string[]; given: number; full: Error | null };
let inForce: { text: string; fault: Error | null };

beforeEach(async () => {
  [noted, places] = [[], { taken: [], given: 0, full: null }];
  inForce = { text: POLICY, fault: null };
  world = await startGate();
  world.warehouse.listed.push('CUSTOMERS', 'ORDERS');
  routes = testRoutes([ada, auditor, security, program, agent]);
  await registerPolicy(routes.router, {
    policy() {
      if (inForce.fault !== null) throw inForce.fault;
      return policyOf('', inForce.text);
    },
    people: { list: async () => [ada, auditor] },
    asSomebody: world.gate.asSomebody,
    lookOver: world.gate.lookOver,
    sessions: { list: async () => [], events: () => Promise.reject(new Error('there is none')) as never },
    tags: { tagsOf: () => [] },
    now: () => 0,
    places: {
      take(id: string) {
        if (places.full !== null) throw places.full;
        places.taken.push(id);
        return () => void (places.given += 1);
      },
    } as never,
    noteOf: async (what, detail) => void noted.push({ what, ...detail }),
    groups: { security: ['security'], auditors: ['auditors'] },
    newId: randomUUID,
  });
});
afterEach(async () => {
  if (places.given !== places.taken.length) throw new Error('a place was not given back');
  await routes.close();
  await world.close();
});

const check = (who: string, text: string, cases: string | null = null) =>
  routes.call(who, '/api/policy/checks', { version: 1, text, cases });
const attempt = (who: string, text: string, as: object = { type: 'person', id: ada.id }) =>
  routes.call(who, '/api/policy/trials', { version: 1, text, as, sql: 'SELECT EMAIL FROM CUSTOMERS' });
const simulate = (who: string, text: string) =>
  routes.call(who, '/api/policy/simulations', { version: 1, text });

it('is for auditors and the security groups, with a token to decide with; sessions are for auditors', async () => {
  const ways: Record<string, (who: string) => Promise<{ status: number }>> = {
    read: (who) => routes.call(who, '/api/policy'),
    schema: (who) => routes.call(who, '/api/policy/schema'),
    coverage: (who) => routes.call(who, '/api/policy/coverage'),
    check: (who) => check(who, POLICY),
    try: (who) => attempt(who, POLICY),
    simulate: (who) => simulate(who, POLICY),
  };
  for (const [name, ask] of Object.entries(ways)) {
    for (const who of ['ada', 'robot', 'agent'])
      expect({ name, who, status: (await ask(who)).status }).toEqual({ name, who, status: 403 });
    expect([places.taken, noted]).toEqual([[], []]);
    expect({ name, status: (await ask('alan')).status }).toEqual({ name, status: 200 });
    const status = name === 'simulate' ? 403 : 200;
    expect({ name, status: (await ask('sam')).status }).toEqual({ name, status });
    [noted, places] = [[], { ...places, taken: [], given: 0 }];
  }
});

describe('the policy in force', () => {
  it('is shown with its text, a sentence for each rule, and what is sensitive', async () => {
    const { body } = await routes.call('alan', '/api/policy');
    expect(body).toMatchObject({ version: 1, policyVersion: policyOf().version, text: POLICY });
    expect(body.rules.map(({ name }: { name: string }) => name)).toEqual([
      'read',
      'session',
      'scratch',
      'change',
      'keep',
    ]);
    expect(body.tags.map(({ tag }: { tag: string }) => tag)).toEqual(['pii.email', 'pii.ssn']);
  });

  it('is not shown where it is out of date', async () => {
    inForce.fault = new SluiceError('policy_outdated', 'another relay has a newer one');
    const { status, body } = await routes.call('alan', '/api/policy');
    expect([status, body.code]).toEqual([503, 'policy_outdated']);
    expect(routes.errors.splice(0)).toEqual([inForce.fault]);
  });
});

it('says what a policy file may hold', async () => {
  const { body } = await routes.call('alan', '/api/policy/schema');
  expect(body.schema).toEqual(policyJsonSchema());
});

describe('what it covers', () => {
  it('is each table, the rules that name it, and its columns with their tags and without', async () => {
    world.warehouse.table('SHOP.PUBLIC.WIDE', [
      'EMAIL',
      ...Array.from({ length: 501 }, (_, index) => `C${index}`),
    ]);
    world.warehouse.listed.push('WIDE');
    const { body } = await routes.call('alan', '/api/policy/coverage');
    expect(places.taken).toEqual([auditor.id]);
    expect(body).toMatchObject({ version: 1, next: null });
    const [customers, orders, wide] = body.objects;
    expect(customers).toEqual({
      database: 'SHOP',
      schema: 'PUBLIC',
      name: 'CUSTOMERS',
      type: 'table',
      rules: ['read', 'scratch', 'keep'],
      untagged: ['ID', 'NAME'].map((name) => ({ name, type: expect.any(String) })),
      tagged: [
        { name: 'EMAIL', tags: ['pii.email'] },
        { name: 'SSN', tags: ['pii.ssn'] },
      ],
      moreColumns: 0,
    });
    expect(orders.tagged).toEqual([]);
    expect([wide.untagged.length, wide.tagged, wide.moreColumns]).toEqual([
      499,
      [{ name: 'EMAIL', tags: ['pii.email'] }],
      2,
    ]);
  });

  it('goes on page by page', async () => {
    const page = async (query: string) =>
      (await routes.call('sam', `/api/policy/coverage${query}`)).body as {
        objects: { name: string }[];
        next: string | null;
      };
    const first = await page('?limit=1');
    expect(first.objects.map(({ name }) => name)).toEqual(['CUSTOMERS']);
    const second = await page(`?limit=1&after=${encodeURIComponent(first.next!)}`);
    expect(second.objects.map(({ name }) => name)).toEqual(['ORDERS']);
  });

  it.each(['x', '{}', '["A","B"]', '["A","B",3]', '["A","B","C","D"]'])(
    'goes on behind no %s',
    async (after) => {
      const { status, body } = await routes.call(
        'alan',
        `/api/policy/coverage?after=${encodeURIComponent(after)}`,
      );
      expect([status, body.code]).toEqual([400, 'request_malformed']);
    },
  );
});

describe('a draft', () => {
  const CASES = `
database: SHOP
schema: PUBLIC
tables: { SHOP.PUBLIC.ORDERS: { ID: NUMBER } }
cases:
  - { name: is read, as: { groups: [] }, sql: SELECT ID FROM ORDERS, expect: { effect: allow } }
  - { name: is not read, as: { groups: [] }, sql: SELECT ID FROM ORDERS, expect: { effect: block } }
`;
  const none = { version: 1, problems: [], rules: [], caseProblems: [], cases: [], moreCases: 0 };

  it('is checked: with a sentence for each rule, or with what is wrong', async () => {
    const { body } = await check('alan', SHUT);
    expect(body).toEqual({ ...none, rules: expect.any(Array) });
    expect(body.rules.at(-1)).toMatchObject({ name: 'shut', effect: 'block', reason: 'so' });
    const wrong = (await check('alan', `${POLICY}  - { name: shut, effect: shut }\n`)).body;
    expect(wrong).toEqual({ ...none, problems: expect.any(Array) });
    expect(wrong.problems[0]).toMatchObject({ line: POLICY.split('\n').length });
    expect(places.taken).toEqual([auditor.id, auditor.id]);
  });

  it('is tried on its cases, if it is one and they are', async () => {
    const { body } = await check('alan', POLICY, CASES);
    expect(body.cases).toEqual([
      { name: 'is read', failures: [] },
      { name: 'is not read', failures: [expect.stringContaining('allow')] },
    ]);
    expect(body.rules).toHaveLength(5);
    expect((await check('alan', POLICY, 'cases: 5')).body).toMatchObject({
      problems: [],
      cases: [],
      caseProblems: expect.arrayContaining([expect.objectContaining({ line: 1 })]),
    });
    expect((await check('alan', 'version: 2', CASES)).body).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ line: 1 })]),
      cases: [],
      caseProblems: [],
    });
  });

  it('is tried on so many cases at once, and on none that is very long', async () => {
    const one = (name: string, sql: string) =>
      `  - { name: ${name}, as: { groups: [] }, sql: ${sql}, expect: { effect: allow } }\n`;
    const head = CASES.slice(0, CASES.indexOf('  - '));
    const sql = (length: number) => `'SELECT ID FROM ORDERS${' '.repeat(length - 21)}'`;
    const long = [one('longest', sql(16 * 1_024)), one('longer', sql(16 * 1_024 + 1))].join('');
    const { body } = await check('alan', POLICY, head + long + one('short', 'SELECT ID FROM ORDERS'));
    expect([body.cases.map(({ name }: { name: string }) => name), body.moreCases]).toEqual([
      ['longest', 'short'],
      1,
    ]);
    const many = Array.from({ length: 203 }, (_, index) => one(`c${index}`, 'SELECT ID FROM ORDERS')).join(
      '',
    );
    const more = (await check('alan', POLICY, head + many)).body;
    expect([more.cases.length, more.cases.at(-1).name, more.moreCases]).toEqual([200, 'c199', 3]);
  });

  it('is tried as somebody, on the record, and puts nothing in force', async () => {
    expect((await attempt('sam', SHUT)).body.decision).toMatchObject({ effect: 'block', rule: 'shut' });
    expect((await attempt('sam', POLICY)).body.decision).toMatchObject({ effect: 'mask', rule: 'read' });
    const by = { what: 'access_looked_at', by: security.id, at: 'a statement, under a draft' };
    expect(noted).toEqual([
      { ...by, as: ada.id },
      { ...by, as: ada.id },
    ]);
    expect(places.taken).toEqual([security.id, security.id]);
    expect(world.journal).toEqual([]);
  });

  it('is tried as whoever is in some groups, with the program that most have', async () => {
    const draft = `${POLICY}  - { name: shut, effect: block, reason: so, when: { groups: [interns], applications: [JavaScript] } }\n`;
    const { body } = await attempt('sam', draft, { type: 'groups', groups: ['interns'] });
    expect(body.decision.rule).toBe('shut');
    expect(noted).toMatchObject([{ as: 'groups interns' }]);
  });

  it('is tried as nobody who has never come', async () => {
    const { body } = await attempt('sam', POLICY, { type: 'person', id: 'https://id.example|nobody' });
    expect([body.code, noted]).toEqual(['person_unknown', []]);
  });

  it.each([attempt, simulate])('is neither tried nor simulated where it is none', async (ask) => {
    const { status, body } = await ask('alan', `${POLICY}  - { name: shut, effect: shut }\n`);
    expect([status, body.code]).toEqual([422, 'policy_invalid']);
    expect(body.detail).toContain(`line ${POLICY.split('\n').length}`);
    expect([noted, places.taken]).toEqual([[], []]);
  });

  it('is simulated on the record, which says so', async () => {
    const { body } = await simulate('alan', SHUT);
    expect(body).toMatchObject({ sessions: 0, statements: 0, changes: [], next: null });
    expect(noted).toEqual([
      {
        what: 'policy_simulated',
        by: auditor.id,
        policy: policyOf('', SHUT).version,
        sessions: '0',
        statements: '0',
      },
    ]);
    expect(places.taken).toEqual([auditor.id]);
  });

  it('waits for its turn', async () => {
    places.full = new SluiceError('too_many_statements', 'too many statements are under way');
    for (const { body } of [
      await check('alan', POLICY),
      await attempt('alan', POLICY),
      await simulate('alan', POLICY),
      await routes.call('alan', '/api/policy/coverage'),
    ]) {
      expect(body.code).toBe('too_many_statements');
    }
    expect(noted).toEqual([]);
  });
});
