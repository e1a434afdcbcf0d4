import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Relay, RelayId } from '../../desktop-approver/src/relays/relay.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  type Desktop,
  type DesktopOptions,
  fetchBy,
  openDesktop,
  openOffice,
  type Office,
  pageRequest,
} from './support/office.ts';

const root = temporaryFolder();
const newFolder = () => join(root, randomUUID());
let office: Office;
beforeAll(async () => {
  office = await openOffice({ folder: newFolder() });
});
afterAll(() => office.close());

const open: Desktop[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ relays }) => relays.close()));
});

async function desktop(options: Partial<DesktopOptions> = {}): Promise<Desktop> {
  const opened = await openDesktop({ folder: newFolder(), ...options });
  open.push(opened);
  return opened;
}

const isConnected = async (relay: Relay) => {
  await expect.poll(() => relay.state().connection).toEqual({ type: 'connected' });
};
const waiting = (relay: Relay) => relay.state().pending.map(({ id }) => id);

/** Somebody who may decide, at the office's relay, connected. */
async function signedIn(options: Partial<DesktopOptions> = {}) {
  const app = await desktop(options);
  const relay = await app.relays.add(office.url);
  await relay.signIn();
  await isConnected(relay);
  return { ...app, relay };
}

describe('the list', () => {
  it('takes a relay that is there, once, and has it after a restart', async () => {
    const folder = newFolder();
    const { relays, system } = await desktop({ folder });
    const relay = await relays.add(` ${office.url}/ `, 'Office');
    expect(relay.state()).toMatchObject({
      url: office.url,
      name: 'Office',
      connection: { type: 'signed_out', because: null },
      person: null,
      pending: [],
      device: { type: 'unknown' },
    });
    await expect(relays.add(office.url)).rejects.toMatchObject({ code: 'relay_known' });
    await expect(relays.add('http://sluice.example.com')).rejects.toMatchObject({ code: 'address_refused' });
    await expect(relays.add(office.issuer.issuer)).rejects.toMatchObject({ code: 'answer_not_understood' });
    await relays.rename(relay.id, ' ');
    expect(relay.state().name).toBe(new URL(office.url).host);
    await relay.signIn();
    await isConnected(relay);
    await relays.close();
    const again = await desktop({ folder, system });
    const [same] = again.relays.list();
    expect(same!.id).toBe(relay.id);
    await isConnected(same!);
    expect(same!.state().person).toMatchObject({ id: `${office.issuer.issuer}|alan`, isKept: true });
    expect(again.browser.opened).toEqual([]);
  });

  it('forgets a relay with all that was kept of it', async () => {
    const folder = newFolder();
    const { relays } = await desktop({ folder });
    const relay = await relays.add(office.url);
    await relay.signIn();
    await isConnected(relay);
    await relay.enrolDevice();
    await relays.remove(relay.id);
    expect([relays.list(), relays.get(relay.id)]).toEqual([[], null]);
    expect(readdirSync(join(folder, 'secrets'))).toEqual([]);
    expect(readdirSync(join(folder, 'seen'))).toEqual([]);
    await expect(relays.rename(relay.id, 'x')).rejects.toMatchObject({ code: 'relay_not_listed' });
  });

  it('that is damaged is laid aside, and said', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'relays.json'), 'x');
    const { relays } = await desktop({ folder });
    expect([relays.list(), relays.laidAside]).toEqual([[], join(folder, 'relays.json.damaged')]);
  });

  it('has relays that hold up no others', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const dead = { id: 'rdead' as RelayId, url: 'http://127.0.0.1:9', name: 'Dead', issuer: null };
    writeFileSync(join(folder, 'relays.json'), JSON.stringify({ version: 1, relays: [dead] }));
    const { relays } = await desktop({ folder });
    const relay = await relays.add(office.url);
    await relay.signIn();
    await isConnected(relay);
    const gone = relays.get('rdead')!;
    await expect(gone.signIn()).rejects.toMatchObject({ code: 'relay_unreachable' });
    expect(gone.state().connection).toEqual({ type: 'signed_out', because: null });
    const alarm = { at: 'x', why: 'rewritten', message: 'm', kept: 'k', shown: 's', proof: [] } as const;
    relays.setStanding(gone.id, { alarm, key: null, kept: null });
    expect([gone.state().alarm?.why, relay.state().alarm]).toEqual(['rewritten', null]);
  });
});

describe('a relay', () => {
  it('tells of requests as they come and go, and of those that the person may decide on alone', async () => {
    const { relay, events } = await signedIn();
    const id = await office.ask();
    await expect.poll(() => waiting(relay)).toContain(id);
    expect(events).toContainEqual({ type: 'asked', approval: expect.objectContaining({ id }) });
    const ada = await signedIn({ who: 'ada' });
    expect(ada.relay.state().pending).toEqual([]);
    const grace = await office.person('grace');
    const [request] = (await grace.pending()).filter((one) => one.id === id);
    await grace.decide(request!, 'deny', 'no');
    await expect.poll(() => waiting(relay)).not.toContain(id);
    expect(events.filter(({ type }) => type !== 'asked')).toEqual([]);
  });

  it('is signed out of, and in again as somebody else, and its subscriptions go on', async () => {
    const { relay, person } = await signedIn();
    let resyncs = 0;
    relay.live.subscribe({ name: 'approvals' }, ({ type }) => void (resyncs += Number(type === 'resync')));
    await expect.poll(() => resyncs).toBe(1);
    await relay.signOut();
    expect(relay.state()).toMatchObject({
      connection: { type: 'signed_out', because: null },
      person: null,
      pending: [],
    });
    await expect(relay.client.approvals.list()).rejects.toMatchObject({ code: 'token_invalid' });
    person.who = 'grace';
    await relay.signIn();
    await isConnected(relay);
    await expect.poll(() => resyncs).toBe(2);
    expect(relay.state().person).toMatchObject({ id: `${office.issuer.issuer}|grace` });
  });

  it('says why it is refused, and is let in again with another sign-in', async () => {
    const { relay, person } = await signedIn({ who: 'mallory' });
    const alan = await office.person('alan');
    const target = { type: 'subject', identity: `${office.issuer.issuer}|mallory` };
    await alan.post('/api/revocations', { target, reason: 'left' });
    await expect
      .poll(() => relay.state().connection)
      .toMatchObject({
        type: 'refused',
        error: { code: 'identity_revoked', advice: expect.stringMatching(/./) },
      });
    person.who = 'grace';
    await relay.signIn();
    await isConnected(relay);
  });

  it('is for this run alone where the system keeps no secrets, and has no key there', async () => {
    const folder = newFolder();
    const { testSystem } = await import('../../desktop-approver/src/secrets/testing.ts');
    const { relay } = await signedIn({ folder, system: testSystem('basic_text') });
    expect(relay.state()).toMatchObject({ person: { isKept: false }, device: { type: 'unavailable' } });
    await expect(relay.enrolDevice()).rejects.toMatchObject({ code: 'device_unavailable' });
    expect(readdirSync(folder).sort()).toEqual([
      'relays.json',
      ...readdirSync(folder).filter((name) => name === 'seen'),
    ]);
  });

  it('is signed out of when what was kept is damaged, and says so', async () => {
    const folder = newFolder();
    const first = await signedIn({ folder });
    await first.relays.close();
    const path = join(folder, 'secrets', `${first.relay.id}.sign-in.secret`);
    writeFileSync(path, readFileSync(path).fill(0, 20));
    const { relays, browser } = await desktop({ folder, system: first.system });
    const [relay] = relays.list();
    expect(relay!.state().connection).toMatchObject({
      type: 'signed_out',
      because: { code: 'kept_damaged' },
    });
    await relay!.signIn();
    await isConnected(relay!);
    expect(browser.opened).toHaveLength(1);
  });
});

describe('a page', () => {
  const get = async (relay: Relay, path: string, init: RequestInit = {}) =>
    await relay.fetch(pageRequest(relay, path, init));

  it('reads with the person’s token, and sees nothing of it', async () => {
    const sent: Headers[] = [];
    const { relay } = await signedIn({
      fetch: fetchBy(async ({ url, headers, pass }) => {
        if (url.pathname === '/api/people/self') sent.push(headers);
        return await pass();
      }),
    });
    const headers = {
      authorization: 'Bearer added-by-the-app',
      cookie: 'a=b',
      origin: 'x',
      'sluice-api-version': '1',
    };
    const answer = await get(relay, '/api/people/self', { headers });
    expect([answer.status, answer.headers.get('sluice-api-version')]).toEqual([200, '1']);
    expect(await answer.json()).toMatchObject({ identity: { subject: 'alan' } });
    // The first one was the app's own, at the sign-in.
    expect([...sent[1]!.keys()].sort()).toEqual(['authorization', 'sluice-api-version']);
    expect(sent[1]!.get('authorization')).toMatch(/^Bearer ey/);
    const missing = await get(relay, `/api/approvals/${randomUUID()}`);
    expect([missing.status, missing.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await missing.json()).toMatchObject({ code: 'approval_unknown' });
  });

  it('is told when nobody is signed in, and when the relay is away', async () => {
    const { relays } = await desktop();
    const relay = await relays.add(office.url);
    const answer = await get(relay, '/api/people/self');
    expect([answer.status, await answer.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'token_invalid' }),
    ]);
    const { relay: away } = await signedIn({
      fetch: fetchBy(async ({ url, pass }) => {
        if (url.pathname === '/api/overview') throw new TypeError('fetch failed');
        return await pass();
      }),
    });
    expect((await get(away, '/api/overview')).status).toBe(502);
  });

  it('has a request sent again, once, with a token that is renewed', async () => {
    const sent: string[] = [];
    const { relay } = await signedIn({
      fetch: fetchBy(async ({ url, headers, pass }) => {
        if (url.pathname !== '/api/people/trials') return await pass();
        sent.push(headers.get('authorization')!);
        if (sent.length > 1) return await pass();
        headers.set('authorization', `Bearer ${await office.issuer.decidingTokenFor('alan', -60)}`);
        return await pass(headers);
      }),
    });
    const body = JSON.stringify({ version: 1, as: { type: 'self' }, sql: 'SELECT 1' });
    const answer = await get(relay, '/api/people/trials', { method: 'POST', body });
    expect(answer.status).toBe(200);
    expect([sent.length, new Set(sent).size]).toEqual([2, 2]);
  });

  it.each([
    ['decide', 'POST', `/api/approvals/${randomUUID()}/decision`],
    ['decide, spelt otherwise', 'POST', `/api/approvals/${randomUUID()}/%64ecision`],
    ['enrol a key', 'POST', '/api/devices'],
    ['open break-glass', 'POST', '/api/break-glass'],
    ['remove what is recorded', 'POST', '/api/retention/runs'],
    ['end a legal hold', 'POST', '/api/holds/releases'],
    ['run SQL', 'POST', '/api/statements'],
    ['report a decision of another system', 'POST', '/api/callbacks/x'],
    ['call what is not in the table', 'GET', '/api/secrets'],
    ['leave the API', 'GET', '/api/approvals/../../saml/keys'],
    ['leave the API, spelt otherwise', 'GET', '/api/approvals/..%2f..%2fsaml%2fkeys'],
    ['take another method', 'PUT', '/api/people/self'],
  ])('may not %s', async (_, method, path) => {
    const passed: string[] = [];
    const { relay, asked } = await signedIn({
      fetch: fetchBy(async ({ url, headers, pass }) => {
        if (headers.get('accept') === 'application/of-a-page') passed.push(url.href);
        return await pass();
      }),
    });
    const headers = { accept: 'application/of-a-page' };
    expect((await get(relay, '/api/people/self', { headers })).status).toBe(200);
    expect(passed.splice(0)).toHaveLength(1);
    const body = method === 'GET' ? null : '{}';
    const answer = await get(relay, path, { method, body, headers });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'approver_not_allowed' }),
    ]);
    expect([passed, asked]).toEqual([[], []]);
  });

  it('has what takes something away done if the person says so outside of it', async () => {
    const { relay, person, asked } = await signedIn();
    const target = { type: 'subject', identity: `${office.issuer.issuer}|nobody` };
    const order = { target, reason: 'left' };
    const send = async () =>
      await get(relay, '/api/revocations', { method: 'POST', body: JSON.stringify(order) });
    person.says = false;
    expect((await send()).status).toBe(403);
    person.says = true;
    expect((await send()).status).toBe(201);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ type: 'route', route: 'revocations.add', body: order });
    const { revocations } = await relay.client.revocations.list();
    expect(revocations.filter((one) => JSON.stringify(one).includes('|nobody'))).toHaveLength(1);
  });

  it('sends no more than the relay takes', async () => {
    let isPassed = false;
    const { relay } = await signedIn({
      fetch: fetchBy(async ({ url, pass }) => {
        isPassed ||= url.pathname === '/api/people/trials';
        return await pass();
      }),
    });
    const answer = await get(relay, '/api/people/trials', { method: 'POST', body: 'x'.repeat(600_000) });
    expect(isPassed).toBe(false);
    expect([answer.status, await answer.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'request_too_large' }),
    ]);
  });
});
