import type { Explanation, KnownPersonView, OwnAccount, Reach, Readers } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClient, type ApiClient } from '../support/api.ts';

let demo: Demo;
let alan: ApiClient;
let ada: ApiClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  // Each has come once, to run SQL with.
  for (const { subject } of demo.people) {
    const client = apiClient(demo.relay.url, await demo.tokenFor(subject));
    await client.get('/api/catalog/databases');
  }
  alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
  ada = apiClient(demo.relay.url, await demo.decidingTokenFor('ada'));
});
afterAll(() => demo.close());

const person = (subject: string) => ({ version: 1, as: { type: 'person', id: demo.idOf(subject) } });
const reachOf = (client: ApiClient, body: object) => client.post<Reach>('/api/people/reach', body);
const inPublic = (name: string) => ({ database: 'SHOP', schema: 'PUBLIC', name });

describe('who sees what', () => {
  it('lists everybody who has come to auditors, with their groups, and to others themselves', async () => {
    const { people } = await alan.get<{ people: KnownPersonView[] }>('/api/people');
    expect(people.map(({ subject, groups }) => [subject, groups])).toEqual([
      ['ada', ['developers']],
      ['alan', ['security']],
      ['grace', ['data-leads']],
      ['mallory', ['contractors', 'developers']],
    ]);
    const own = await ada.get<{ people: KnownPersonView[] }>('/api/people?text=alan');
    expect(own.people.map(({ subject }) => subject)).toEqual(['ada']);
    expect((await alan.get<OwnAccount>('/api/people/self')).may).toEqual({ audit: true, revoke: true });
    expect((await ada.get<OwnAccount>('/api/people/self')).may).toEqual({ audit: false, revoke: false });
  });

  it('says what of each table somebody gets, and which rule shows them more than others', async () => {
    const { objects, next } = await reachOf(alan, person('alan'));
    const customers = objects.find(({ name }) => name === 'CUSTOMERS')!;
    const column = (name: string) => customers.columns.find((one) => one.name === name)!;
    expect(next).toBeNull();
    expect(customers.select).toMatchObject({ effect: 'mask' });
    expect(column('NAME')).toMatchObject({ mask: null, rules: ['security-sees-names'] });
    expect(column('EMAIL')).toMatchObject({ mask: { method: 'token' }, rules: [] });

    const theirs = await reachOf(alan, person('ada'));
    expect(
      theirs.objects
        .find(({ name }) => name === 'CUSTOMERS')!
        .columns.filter(({ mask }) => mask !== null)
        .map(({ name }) => name),
    ).toContain('NAME');
    // What it says is what their statement gets.
    const asked = await apiClient(demo.relay.url, await demo.tokenFor('ada')).get<{ columns: object[] }>(
      '/api/catalog/object?database=SHOP&schema=PUBLIC&name=CUSTOMERS',
    );
    const { columns } = theirs.objects.find(({ name }) => name === 'CUSTOMERS')!;
    expect(columns).toMatchObject(asked.columns);
  });

  it('goes on page by page, and comes to the same', async () => {
    const whole = await reachOf(alan, { ...person('ada'), limit: 50 });
    const names: string[] = [];
    let after: Reach['next'] = null;
    do {
      const page: Reach = await reachOf(alan, { ...person('ada'), limit: 2, after });
      expect(page.objects.length).toBeLessThanOrEqual(2);
      names.push(...page.objects.map(({ schema, name }) => `${schema}.${name}`));
      after = page.next;
    } while (after !== null);
    expect(names).toEqual(whole.objects.map(({ schema, name }) => `${schema}.${name}`));
  });

  it('says of a table who gets it, and whom a rule keeps out', async () => {
    const { readers } = await alan.post<Readers>('/api/people/readers', {
      version: 1,
      object: inPublic('PAYMENTS'),
    });
    const of = (subject: string) => readers.find((one) => one.person.subject === subject)!.object.select;
    expect(of('mallory')).toMatchObject({ effect: 'block', rule: 'contractors-see-no-payments' });
    expect(of('ada').effect).toBe('mask');
    const unknown = { version: 1, object: inPublic('NONE') };
    expect(await alan.statusOf('POST', '/api/people/readers', unknown)).toBe(422);
  });

  it('explains a statement as somebody, or as whoever is in a group, and runs nothing', async () => {
    const sql = 'DELETE FROM PAYMENTS WHERE ID = 1';
    const trial = (as: object) => alan.post<Explanation>('/api/people/trials', { version: 1, as, sql });
    const asAda = await trial({ type: 'person', id: demo.idOf('ada') });
    expect(asAda.decision).toMatchObject({ effect: 'ask', rule: 'change-data' });
    expect(asAda.asks?.approvers).toEqual(['data-leads', 'security']);
    const asContractor = await trial({ type: 'groups', groups: ['developers', 'contractors'] });
    expect(asContractor.decision).toMatchObject({ effect: 'block', rule: 'contractors-see-no-payments' });
    const nobody = { type: 'person', id: `${demo.issuer}|nobody` };
    expect(await alan.statusOf('POST', '/api/people/trials', { version: 1, as: nobody, sql })).toBe(404);
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    expect(await grace.pending()).toEqual([]);
  });

  it('shows others nothing of others, and records who looks', async () => {
    for (const as of [
      { type: 'person', id: demo.idOf('alan') },
      { type: 'groups', groups: ['security'] },
    ]) {
      expect(await ada.statusOf('POST', '/api/people/reach', { version: 1, as })).toBe(403);
      expect(await ada.statusOf('POST', '/api/people/trials', { version: 1, as, sql: 'SELECT 1' })).toBe(403);
    }
    const own = await reachOf(ada, { version: 1, as: { type: 'self' } });
    expect(own.person.subject).toBe('ada');
    const { sessions } = await alan.get<{ sessions: { session: string; isRelay: boolean }[] }>(
      '/api/sessions?limit=200',
    );
    const relay = sessions.find(({ isRelay }) => isRelay)!;
    const notes = (await alan.events(relay.session)).flatMap(({ body }) =>
      body.type === 'notice' && body.what === 'access_looked_at' ? [body.detail] : [],
    );
    expect(notes).toContainEqual({ by: demo.idOf('alan'), as: demo.idOf('ada'), at: 'tables' });
    expect(notes).toContainEqual({ by: demo.idOf('alan'), as: 'everybody', at: 'SHOP.PUBLIC.PAYMENTS' });
  });

  it('says who is out', async () => {
    await alan.post('/api/revocations', {
      target: { type: 'subject', identity: demo.idOf('mallory') },
      reason: 'left',
    });
    const { people } = await alan.get<{ people: KnownPersonView[] }>('/api/people?text=mallory');
    expect(people).toMatchObject([{ subject: 'mallory', isOut: true }]);
  });
});
