import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalView, bindingOf, verifySignature, decisionBytes } from '@sluice/contract';
import type { Decision } from '../../desktop-approver/src/relays/decision.ts';
import type { Relay } from '../../desktop-approver/src/relays/relay.ts';
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
let office: Office;
beforeAll(async () => {
  office = await openOffice({
    folder: join(root, 'office'),
    trustFirstDevice: false,
    policy: (text) =>
      text
        .replace('sign_in: { within: 24h }', 'sign_in: { within: 1h }')
        .replace(
          '    groups: [data-leads, security]\n',
          '    groups: [data-leads, security]\n    signed: true\n',
        ),
  });
});
afterAll(() => office.close());

const open: Desktop[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ relays }) => relays.close()));
});

async function signedIn(options: Partial<DesktopOptions> = {}) {
  const app = await openDesktop({ folder: join(root, randomUUID()), ...options });
  open.push(app);
  const relay = await app.relays.add(office.url);
  await relay.signIn();
  await expect.poll(() => relay.state().connection).toEqual({ type: 'connected' });
  return { ...app, relay };
}

/** Another person's word for this device; grace's is given by alan, and alan's by nobody else in the demo. */
async function enrolled(options: Partial<DesktopOptions> = {}) {
  const app = await signedIn({ who: 'grace', ...options });
  await app.relay.enrolDevice();
  const state = app.relay.state().device;
  if (state.type !== 'waiting') throw new Error(`it does not wait but is ${state.type}`);
  const alan = await office.person('alan');
  const { requests } = await alan.get<{ requests: { id: string; fingerprint: string }[] }>(
    '/api/devices/requests',
  );
  const mine = requests.find(({ fingerprint }) => fingerprint === state.fingerprint)!;
  await alan.post(`/api/devices/requests/${mine.id}/word`, { comment: 'she read it to me' });
  return app;
}

/** A page shows the request. @returns what it displayed. */
async function shownTo(relay: Relay, id: string): Promise<ApprovalView> {
  const answer = await relay.fetch(pageRequest(relay, `/api/approvals/${id}`));
  return (await answer.json()) as ApprovalView;
}

async function decisionOn(
  view: ApprovalView,
  verdict: Decision['verdict'] = 'approve',
  rest: Partial<Decision> = {},
): Promise<Decision> {
  return {
    approval: view.summary.id,
    shown: await bindingOf(view.bound),
    verdict,
    comment: verdict === 'deny' ? 'not now' : '',
    proposal: null,
    mostRows: null,
    grantSeconds: null,
    grantRows: null,
    ...rest,
  };
}

const isView = ({ pathname }: URL) => /\/approvals\/[^/]+$/.test(pathname);

describe('a decision', () => {
  it('is signed on the device over exactly what was shown, and the record proves it', async () => {
    const { relay } = await enrolled();
    const view = await shownTo(relay, await office.ask());
    expect(view.terms.signed).toBe(true);
    const decision = await decisionOn(view, 'approve', { comment: 'go on' });
    // Nobody has told the app that it was vouched for: it looks.
    const decided = await relay.decide(decision);
    expect(decided.approvedBy).toMatchObject([{ subject: 'grace' }]);
    expect(relay.state().device).toMatchObject({ type: 'enrolled' });
    const events = await (await office.person('alan')).events(view.summary.session);
    const recorded = events.map(({ body }) => body).find((body) => body.type === 'approval_decided');
    const signature = recorded!.signature!;
    const bytes = decisionBytes({ ...decision, binding: decision.shown, decidedAt: signature.decidedAt });
    expect(await verifySignature(bytes, signature.key, signature.value)).toBe(true);
    expect(signature.key).toBe(relay.deviceKey()!.key);
  });

  it('is not sent unsigned where it has to be signed', async () => {
    const { relay } = await signedIn();
    const view = await shownTo(relay, await office.ask());
    await expect(relay.decide(await decisionOn(view))).rejects.toMatchObject({
      code: 'device_not_enrolled',
      advice: expect.stringContaining('vouch'),
    });
    expect((await relay.client.approvals.read({ params: { id: view.summary.id } })).votes).toEqual([]);
  });

  it('is an approval of nothing that was never shown', async () => {
    const { relay } = await enrolled();
    const id = await office.ask();
    // The app itself has read it: that is not showing it.
    const view = await relay.client.approvals.read({ params: { id } });
    await expect(relay.decide(await decisionOn(view))).rejects.toMatchObject({ code: 'never_shown' });
    const other = await shownTo(relay, await office.ask());
    const mixed = await decisionOn(view, 'approve', { shown: other.summary.binding });
    await expect(relay.decide(mixed)).rejects.toMatchObject({ code: 'never_shown' });
  });

  it('is forgotten as shown when somebody else signs in', async () => {
    const { relay, person } = await signedIn({ who: 'alan' });
    const view = await shownTo(relay, await office.ask());
    await relay.signOut();
    person.who = 'grace';
    await relay.signIn();
    await expect(relay.decide(await decisionOn(view))).rejects.toMatchObject({ code: 'never_shown' });
  });

  it('to deny may come from a notification', async () => {
    const { relay } = await enrolled();
    const id = await office.ask();
    await expect.poll(() => relay.state().pending.map((one) => one.id)).toContain(id);
    const summary = relay.state().pending.find((one) => one.id === id)!;
    const view = await relay.client.approvals.read({ params: { id } });
    const decided = await relay.decide(await decisionOn(view, 'deny', { shown: summary.binding }));
    expect(decided.phase).toBe('denied');
    await expect.poll(() => relay.state().pending.map((one) => one.id)).not.toContain(id);
  });

  it.each<[string, (view: ApprovalView) => Promise<ApprovalView>, string]>([
    [
      'has changed since it was shown',
      async (view) => {
        const bound = {
          ...view.bound,
          sql: 'DELETE FROM orders',
          approvers: ['everybody'],
        };
        const summary = { ...view.summary, binding: await bindingOf(bound) };
        return { ...view, sql: bound.sql, bound, summary } as ApprovalView;
      },
      'request_changed',
    ],
    [
      'shows one statement and binds another',
      async (view) => ({ ...view, sql: 'SELECT 1' }),
      'relay_contradicts_itself',
    ],
    [
      'binds what it does not say',
      async (view) => ({ ...view, bound: { ...view.bound, role: 'ACCOUNTADMIN' } }) as ApprovalView,
      'relay_contradicts_itself',
    ],
    [
      'is another one',
      async (view) => ({ ...view, summary: { ...view.summary, id: randomUUID() } }) as ApprovalView,
      'relay_contradicts_itself',
    ],
  ])('is refused here when the request %s', async (_, change, code) => {
    let changes = false;
    const { relay } = await enrolled({
      fetch: fetchBy(async ({ url, pass }) => {
        const answer = await pass();
        if (!changes || !isView(url)) return answer;
        return Response.json(await change((await answer.json()) as ApprovalView));
      }),
    });
    const id = await office.ask();
    const view = await shownTo(relay, id);
    changes = true;
    for (const verdict of ['approve', 'deny'] as const) {
      await expect(relay.decide(await decisionOn(view, verdict))).rejects.toMatchObject({ code });
    }
    expect((await (await office.person('alan')).pending()).find((one) => one.id === id)?.phase).toBe('asked');
  });

  it('by fetch is refused, whoever asks for it', async () => {
    const { relay } = await enrolled();
    const view = await shownTo(relay, await office.ask());
    const { binding, id } = view.summary;
    const body = JSON.stringify({ version: 1, verdict: 'approve', binding });
    const answer = await relay.fetch(
      pageRequest(relay, `/api/approvals/${id}/decision`, { method: 'POST', body }),
    );
    expect(answer.status).toBe(403);
    expect((await relay.client.approvals.read({ params: { id } })).votes).toEqual([]);
  });

  it('on what has most to lose is confirmed outside of the page, in the relay’s words', async () => {
    const { relay, person, asked } = await enrolled({
      fetch: fetchBy(async ({ url, pass }) => {
        const answer = await pass();
        if (!isView(url)) return answer;
        const view = (await answer.json()) as ApprovalView;
        const risk = { level: 'high', because: ['it is a test'] };
        return Response.json({ ...view, summary: { ...view.summary, risk } });
      }),
    });
    const view = await shownTo(relay, await office.ask());
    person.says = false;
    await expect(relay.decide(await decisionOn(view))).rejects.toMatchObject({ code: 'not_confirmed' });
    expect(asked).toMatchObject([{ type: 'approve', view: { plain: view.plain } }]);
    person.says = true;
    await relay.decide(await decisionOn(view));
    expect(asked).toHaveLength(2);
  });
});

describe('a sign-in that is too old for a decision', () => {
  /** Whose decisions come with a sign-in of two hours ago, `times` often. */
  const tired = (times: number, sent: unknown[] = []): Partial<DesktopOptions> => {
    let left = times;
    return {
      fetch: fetchBy(async ({ url, headers, body, pass }) => {
        if (!url.pathname.endsWith('/decision')) return await pass();
        sent.push(body);
        if (left <= 0) return await pass();
        left -= 1;
        const old = await office.issuer.decidingTokenFor('grace', 3_600, 7_200);
        headers.set('authorization', `Bearer ${old}`);
        return await pass(headers);
      }),
    };
  };

  it('is followed by another one, and the decision is sent again by itself', async () => {
    const sent: unknown[] = [];
    const { relay, browser } = await enrolled(tired(1, sent));
    const view = await shownTo(relay, await office.ask());
    const decided = await relay.decide(await decisionOn(view));
    expect(decided.approvedBy).toMatchObject([{ subject: 'grace' }]);
    expect(sent).toHaveLength(2);
    expect(Object.fromEntries(browser.opened[1]!.searchParams)).toMatchObject({
      max_age: '3600',
      prompt: 'login consent',
    });
    expect(relay.state().connection).toEqual({ type: 'connected' });
  });

  it('is asked for once: whoever is refused again is told', async () => {
    const sent: unknown[] = [];
    const { relay, browser } = await enrolled(tired(9, sent));
    const view = await shownTo(relay, await office.ask());
    await expect(relay.decide(await decisionOn(view))).rejects.toMatchObject({ code: 'sign_in_needed' });
    expect([sent.length, browser.opened.length]).toEqual([2, 2]);
  });

  it('leads to no decision when somebody else signs in', async () => {
    const sent: unknown[] = [];
    const { relay, person } = await enrolled(tired(1, sent));
    const view = await shownTo(relay, await office.ask());
    person.who = 'alan';
    await expect(relay.decide(await decisionOn(view))).rejects.toMatchObject({ code: 'other_person' });
    expect(sent).toHaveLength(1);
    expect(relay.state().person).toMatchObject({ id: `${office.issuer.issuer}|grace` });
  });
});

describe('this device', () => {
  it('is vouched for by another device of the same person, which they confirm', async () => {
    const first = await enrolled();
    const second = await signedIn({ who: 'grace' });
    // It was vouched for, and nobody has told the app: it looks.
    await first.relay.enrolDevice();
    expect(first.relay.state().device.type).toBe('enrolled');
    const offer = await second.relay.deviceOffer();
    first.person.says = false;
    await expect(first.relay.vouchFor(offer)).rejects.toMatchObject({ code: 'not_confirmed' });
    first.person.says = true;
    const word = await first.relay.vouchFor(` ${offer.slice(0, 20)}\n${offer.slice(20)}`);
    await second.relay.enrolDevice(word);
    expect(second.relay.state().device).toMatchObject({ type: 'enrolled' });
    expect(first.asked.at(-1)).toEqual({
      type: 'vouch',
      relay: first.relay.id,
      fingerprint: (second.relay.state().device as { fingerprint: string }).fingerprint,
    });
    // Both go on: another device's word replaces none.
    expect(
      (await first.relay.client.devices.list()).devices.filter(({ revokedAt }) => revokedAt === null),
    ).toHaveLength(2);
  });

  it('vouches for nobody else’s, and for nothing that is no offer', async () => {
    const first = await enrolled();
    await first.relay.enrolDevice();
    const alans = await signedIn({ who: 'alan' });
    for (const offer of [await alans.relay.deviceOffer(), 'x', '']) {
      await expect(first.relay.vouchFor(offer)).rejects.toMatchObject({ code: 'offer_malformed' });
    }
    await expect(alans.relay.enrolDevice('x')).rejects.toMatchObject({ code: 'offer_malformed' });
    expect(first.asked).toEqual([]);
  });

  it('that was revoked says so, and gets another key', async () => {
    const { relay } = await enrolled();
    await relay.decide(await decisionOn(await shownTo(relay, await office.ask())));
    const { key } = relay.deviceKey()!;
    await fetch(`${office.url}/api/devices/revocations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await office.issuer.decidingTokenFor('grace')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ key }),
    });
    await expect(
      relay.decide(await decisionOn(await shownTo(relay, await office.ask()))),
    ).rejects.toMatchObject({
      code: 'approver_not_allowed',
    });
    await expect.poll(() => relay.state().device.type).toBe('revoked');
    expect(relay.deviceKey()).toBeNull();
    await relay.enrolDevice();
    expect(relay.state().device.type).toBe('waiting');
  });
});
