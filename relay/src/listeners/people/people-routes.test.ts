import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../../test/support/in-memory-gate.ts';
import type { LiveGrant } from '../../approval/index.ts';
import { ada, granted, person } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { Session } from '../../session/index.ts';
import { testRoutes } from '../router/testing.ts';
import { registerPeople } from './people-routes.ts';

const auditor = person('alan', ['auditors']);
const security = person('sam', ['security']);
const zoe = person('zoe', [], { name: 'Zoe, once ADA' });
const program = person('robot', ['auditors', 'security'], { kind: 'workload' });
/** An auditor’s token for running SQL. */
const agent = person('agent', ['auditors'], { mayDecide: false });
const everybody = [ada, auditor, security, zoe];

let world: GateWorld;
/** Live ones, by whose they are. */
let grants: Map<string, readonly LiveGrant[]>;
let open: readonly Session[] = [];
let routes: ReturnType<typeof testRoutes>;
let noted: object[];
/** Statements under way, and what is thrown in place of one more. */
let places: { taken: string[]; given: number; full: Error | null };
/** How often everybody was listed. */
let listed: number;

beforeEach(async () => {
  grants = new Map();
  [noted, places, listed] = [[], { taken: [], given: 0, full: null }, 0];
  world = await startGate();
  world.warehouse.listed.push('CUSTOMERS', 'ORDERS');
  routes = testRoutes([...everybody, program, agent]);
  await registerPeople(routes.router, {
    people: {
      async list() {
        listed += 1;
        return [...everybody].sort((a, b) => (a.id < b.id ? -1 : 1));
      },
      isOut: ({ id }) => id === zoe.id,
    },
    endSessions: async (matches) => {
      const ended = open.filter(matches);
      open = open.filter((session) => !ended.includes(session));
      return ended;
    },
    asSomebody: world.gate.asSomebody,
    grantsOf: async ({ id }) => grants.get(id) ?? [],
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

const viewOf = ({ id, issuer, subject, name, groups, kind }: typeof ada) => ({
  id,
  issuer,
  subject,
  name,
  groups,
  kind,
  isOut: id === zoe.id,
});

describe('whoever asks', () => {
  it.each([
    ['ada', false, false],
    ['alan', true, false],
    ['sam', true, true],
    ['robot', false, false],
  ])('%s is told what their groups let them see and do', async (who, audit, revoke) => {
    const { status, body } = await routes.call(who, '/api/people/self');
    expect(status).toBe(200);
    expect(body).toEqual({
      version: 1,
      identity: expect.objectContaining({ subject: who }),
      purpose: 'decide',
      may: { audit, revoke },
    });
  });

  it('is told so with a token to run statements, which sees nothing of others', async () => {
    const { status, body } = await routes.call('agent', '/api/people/self');
    expect([status, body.identity.subject, body.purpose]).toEqual([200, 'agent', 'run']);
    expect(body.may).toEqual({ audit: false, revoke: false });
    expect((await routes.call('agent', '/api/people')).status).toBe(403);
  });
});

it('ends what a program has open for its person, and nothing else, when they sign out of it', async () => {
  const session = (identity: typeof ada, protocol: 'api' | 'mcp' | 'snowflake') =>
    ({ id: `${identity.id} ${identity.tokenClient} ${protocol}`, identity, client: { protocol } }) as Session;
  const earlier = { ...ada, tokenId: 'an earlier one' };
  const elsewhere = { ...ada, tokenClient: 'another program' };
  const kept = [session(ada, 'snowflake'), session(elsewhere, 'api'), session(auditor, 'api')];
  open = [session(ada, 'api'), session(earlier, 'mcp'), ...kept];
  const { status, body } = await routes.call('ada', '/api/people/self/sign-out', {});
  expect([status, body]).toEqual([200, { version: 1, sessions: 2 }]);
  expect(open).toEqual(kept);
});

describe('the list of people', () => {
  const subjectsOf = async (who: string, query = '') => {
    const { body } = await routes.call(who, `/api/people${query}`);
    return [body.people.map(({ subject }: { subject: string }) => subject), body.next];
  };

  it('is everybody for auditors and the security groups, by id, with who is out', async () => {
    const { body } = await routes.call('alan', '/api/people');
    expect(body).toEqual({ version: 1, people: everybody.map(viewOf), next: null });
    expect(await subjectsOf('sam')).toEqual([['ada', 'alan', 'sam', 'zoe'], null]);
  });

  it('is oneself for others, whatever is looked for', async () => {
    for (const who of ['ada', 'robot']) expect(await subjectsOf(who, '?text=zoe')).toEqual([[who], null]);
    expect(listed).toBe(0);
  });

  it('is searched by name and by id, in any case, and goes on page by page', async () => {
    expect(await subjectsOf('alan', '?text=ADA')).toEqual([['ada', 'zoe'], null]);
    expect(await subjectsOf('alan', '?text=example%7Csam')).toEqual([['sam'], null]);
    const [first, next] = await subjectsOf('alan', '?limit=3');
    expect([first, next]).toEqual([['ada', 'alan', 'sam'], security.id]);
    expect(await subjectsOf('alan', `?limit=3&after=${encodeURIComponent(String(next))}`)).toEqual([
      ['zoe'],
      null,
    ]);
    expect(await subjectsOf('alan', '?limit=4')).toEqual([['ada', 'alan', 'sam', 'zoe'], null]);
  });
});

describe('what somebody may do', () => {
  const reach = (who: string, as: object, more: object = {}) =>
    routes.call(who, '/api/people/reach', { version: 1, as, ...more });
  const attempt = (who: string, as: object, sql = 'SELECT EMAIL FROM CUSTOMERS') =>
    routes.call(who, '/api/people/trials', { version: 1, as, sql });
  const self = { type: 'self' };
  const of = ({ id }: typeof ada) => ({ type: 'person', id });
  const inGroups = (...groups: readonly string[]) => ({ type: 'groups', groups });

  it('is each table, with what they get of each column, on the record', async () => {
    world.setPolicy(
      "  - { name: support, effect: mask, when: { groups: [analysts], objects: [{ access: [read], names: ['SHOP.*.*'] }] }, masks: { pii.ssn: { method: 'null' } } }\n",
    );
    const { status, body } = await reach('alan', of(ada));
    expect([status, body.person, body.next]).toEqual([200, viewOf(ada), null]);
    expect(body.objects.map(({ name }: { name: string }) => name)).toEqual(['CUSTOMERS', 'ORDERS']);
    expect(body.objects[0]).toMatchObject({
      database: 'SHOP',
      schema: 'PUBLIC',
      type: 'table',
      select: { effect: 'mask', rule: 'support', policyVersion: expect.any(String) },
      moreColumns: 0,
    });
    expect(body.objects[0].columns[3]).toEqual({
      name: 'SSN',
      type: expect.any(String),
      nullable: true,
      tags: [{ tag: 'pii.ssn' }],
      mask: expect.objectContaining({ method: 'null' }),
      rules: ['support'],
    });
    expect(noted).toEqual([{ what: 'access_looked_at', by: auditor.id, as: ada.id, at: 'tables' }]);
    expect(places.taken).toEqual([auditor.id]);
  });

  it('says by which of their groups, through what, and under which grants', async () => {
    world.warehouse.add({
      type: 'view',
      name: { database: 'SHOP', schema: 'PUBLIC', name: 'LATE' },
      version: '1',
      columns: [{ name: 'ID', type: 'VARCHAR(100)' }],
      definition: 'SELECT O.ID FROM ORDERS O JOIN CUSTOMERS C ON C.ID = O.ID',
    });
    world.warehouse.listed.push('LATE');
    world.setPolicy(
      "  - { name: late, effect: block, reason: so, when: { groups: ['anal*', interns], objects: [{ access: [read], names: [SHOP.PUBLIC.LATE] }] } }\n",
    );
    const { desk } = await granted();
    grants.set(ada.id, await desk.grants.of(ada));
    const byOf = async (as: object) =>
      Object.fromEntries(
        (await reach('alan', as)).body.objects.map(({ name, by }: { name: string; by: object }) => [
          name,
          by,
        ]),
      );
    const grant = expect.objectContaining({ covers: expect.arrayContaining([expect.any(String)]) });
    expect(await byOf(of(ada))).toEqual({
      CUSTOMERS: { groups: [], reads: [], grants: [] },
      ORDERS: { groups: [], reads: [], grants: [grant] },
      LATE: { groups: ['analysts'], reads: ['SHOP.PUBLIC.ORDERS', 'SHOP.PUBLIC.CUSTOMERS'], grants: [] },
    });
    // Whoever is in the group is not who was given the grant.
    expect(await byOf(inGroups('temps', 'interns', 'analysts'))).toMatchObject({
      ORDERS: { grants: [] },
      LATE: { groups: ['interns', 'analysts'] },
    });
    const { body } = await routes.call('alan', '/api/people/readers', {
      version: 1,
      object: { ...customers, name: 'ORDERS' },
    });
    expect(
      body.readers.map(({ object }: { object: { by: { grants: object[] } } }) => object.by.grants.length),
    ).toEqual([1, 0, 0, 0]);
  });

  it('is so many columns of a wide table, and how many more there are', async () => {
    world.warehouse.table(
      'SHOP.PUBLIC.ORDERS',
      Array.from({ length: 502 }, (_, index) => `C${index}`),
    );
    const [customers, orders] = (await reach('ada', self)).body.objects;
    expect([customers.columns.length, customers.moreColumns]).toEqual([4, 0]);
    expect([orders.columns.length, orders.moreColumns]).toEqual([500, 2]);
  });

  it('goes on page by page', async () => {
    const first = await reach('ada', self, { limit: 1 });
    expect(first.body.objects.map(({ name }: { name: string }) => name)).toEqual(['CUSTOMERS']);
    const second = await reach('ada', self, { limit: 1, after: first.body.next });
    expect(second.body.objects.map(({ name }: { name: string }) => name)).toEqual(['ORDERS']);
    expect(noted.map((note) => (note as { at: string }).at)).toEqual(['tables', 'more tables']);
  });

  it('is asked of oneself by everybody, and of others by auditors and the security groups', async () => {
    expect((await reach('ada', self)).body.person).toEqual(viewOf(ada));
    expect((await attempt('ada', self)).body.decision).toMatchObject({ effect: 'mask' });
    expect(noted).toHaveLength(2);
    for (const as of [of(auditor), of(ada), inGroups('security')]) {
      for (const ask of [reach, attempt]) {
        for (const who of ['ada', 'robot', 'agent']) expect((await ask(who, as)).status).toBe(403);
        for (const who of ['alan', 'sam']) expect((await ask(who, as)).status).toBe(200);
      }
    }
    expect(noted, 'only those who were let').toHaveLength(2 + 3 * 2 * 2);
  });

  it('is that of whoever is in some groups, through some program', async () => {
    const blocks = (when: string) =>
      world.setPolicy(`  - { name: shut, effect: block, reason: so, when: { ${when} } }\n`);
    blocks('groups: [interns]');
    const { body } = await attempt('alan', inGroups('interns', 'temps'));
    expect(body.decision).toMatchObject({ effect: 'block', rule: 'shut' });
    expect((await attempt('alan', inGroups('temps'))).body.decision.effect).toBe('mask');
    expect(noted).toEqual(
      ['groups interns, temps', 'groups temps'].map((as) => ({
        what: 'access_looked_at',
        by: auditor.id,
        as,
        at: 'a statement',
      })),
    );
    const nobody = (await reach('alan', inGroups('temps'))).body.person;
    expect(nobody).toEqual({
      id: 'somebody',
      issuer: '',
      subject: 'somebody',
      name: 'somebody',
      groups: ['temps'],
      kind: 'person',
      isOut: false,
    });
    blocks('agents: [copilot]');
    const through = { application: 'x', protocol: 'mcp', agent: 'copilot' };
    const rulesOf = async (more: object) =>
      (await reach('alan', of(ada), more)).body.objects.map(
        ({ select }: { select: { rule: string } }) => select.rule,
      );
    expect([await rulesOf({}), await rulesOf({ through })]).toEqual([
      ['read', 'read'],
      ['shut', 'shut'],
    ]);
  });

  it('is unknown of whoever has never come, and then on no record', async () => {
    const { status, body } = await reach('alan', { type: 'person', id: 'https://id.example|nobody' });
    expect([status, body.code, noted]).toEqual([404, 'person_unknown', []]);
  });

  it('is not found out where there are too many at it, nor where it cannot be put on the record', async () => {
    places.full = new SluiceError('too_many_statements', 'too many statements are under way');
    for (const { body } of [
      await reach('ada', self),
      await attempt('ada', self),
      await routes.call('alan', '/api/people/readers', { version: 1, object: customers }),
    ]) {
      expect(body.code).toBe('too_many_statements');
    }
    expect(noted).toEqual([]);
  });
});

const customers = { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' };

describe('who gets a table', () => {
  const readers = (who: string, more: object = {}) =>
    routes.call(who, '/api/people/readers', { version: 1, object: customers, ...more });
  const subjectsOf = ({ body }: { body: { readers: { person: { subject: string } }[] } }) =>
    body.readers.map(({ person }) => person.subject);

  it('is said to auditors and the security groups, of everybody, on the record', async () => {
    world.setPolicy(
      '  - { name: shut, effect: block, reason: so, when: { groups: [analysts], agents: [copilot] } }\n',
    );
    const through = { application: 'x', protocol: 'mcp', agent: 'copilot' };
    const { body } = await readers('sam', { through });
    expect(body).toMatchObject({ version: 1, next: null });
    expect(
      body.readers.map((one: { person: object; object: { select: { rule: string } } }) => [
        one.person,
        one.object.select.rule,
      ]),
    ).toEqual(everybody.map((one) => [viewOf(one), one === ada ? 'shut' : 'read']));
    expect(noted).toEqual([
      { what: 'access_looked_at', by: security.id, as: 'everybody', at: 'SHOP.PUBLIC.CUSTOMERS' },
    ]);
    expect(places.taken).toEqual([security.id]);
  });

  it('is not said to others', async () => {
    for (const who of ['ada', 'robot', 'agent']) expect((await readers(who)).status).toBe(403);
    expect([noted, places.taken]).toEqual([[], []]);
  });

  it('goes on page by page', async () => {
    const first = await readers('alan', { limit: 3 });
    expect([subjectsOf(first), first.body.next]).toEqual([['ada', 'alan', 'sam'], security.id]);
    const second = await readers('alan', { limit: 3, after: security.id });
    expect([subjectsOf(second), second.body.next]).toEqual([['zoe'], null]);
    const all = await readers('alan', { limit: 4 });
    expect([subjectsOf(all).length, all.body.next]).toEqual([4, null]);
    expect((await readers('alan', { after: zoe.id })).body).toEqual({ version: 1, readers: [], next: null });
  });

  it('is unknown where there is none of this name', async () => {
    const { status, body } = await readers('alan', { object: { ...customers, name: 'NONE' } });
    expect([status, body.code]).toEqual([422, 'object_unknown']);
  });
});
