import { describe, expect, it } from 'vitest';
import { bindingOf } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { AccessRequest } from './approval-request.ts';
import { boundOf } from './approval.ts';
import { isBoundTo } from './new-approval.ts';
import {
  accessRequest,
  ada,
  answer,
  asking,
  deleteRequest,
  holdNow,
  NINE,
  owners,
  person,
  testApprovals,
} from './testing.ts';
import { viewOf } from './view.ts';

const [olga, omar] = owners;
type Desk = Awaited<ReturnType<typeof testApprovals>>;
type Ask = Parameters<typeof accessRequest>[1];
type Terms = Parameters<typeof accessRequest>[2];

const ask = async (desk: Desk, terms: Terms = {}, by: Ask = {}, who: Identity = ada) =>
  await desk.approvals.askAhead(accessRequest(who, by, terms), asking);

/** The statement that access was asked for, with other values, as its program sends it. */
const sent = (who: Identity = ada) => deleteRequest(who, { accessUpToSeconds: 14_400 });
const types = ({ recorder }: Desk) => recorder.bodies.map((body) => ('what' in body ? body.what : body.type));

async function given(terms: Terms = {}, by: Ask = {}, more: Parameters<typeof answer>[2] = {}) {
  const desk = await testApprovals();
  const approval = await ask(desk, terms, by);
  await desk.approvals.decide(olga, approval.id, answer(approval, 'approve', more));
  return desk;
}

describe('access that is asked for', () => {
  it('stands before the approvers, and is one grant once they agree', async () => {
    const desk = await testApprovals();
    const approval = await ask(desk);
    expect(await desk.approvals.pending(olga)).toMatchObject([{ id: approval.id }]);
    expect(await desk.useGrant(sent())).toBeNull();
    const decided = await desk.approvals.decide(olga, approval.id, answer(approval));
    expect(decided.state.phase).toBe('granted');
    expect(types(desk)).toEqual(['access_asked', 'approval_decided', 'approval_ended', 'grant_given']);
    expect(await desk.grants.list(ada)).toMatchObject([
      {
        approval: approval.id,
        purpose: 'ticket 4711: remove orders that were placed twice',
        rows: 2,
        rowsInAll: 6,
        startsAt: NINE,
        expiresAt: NINE + 3_600_000,
        givenBy: [{ id: olga.id }],
      },
    ]);
    expect(await desk.useGrant(sent())).toMatchObject({ rows: 2 });
    await expect(desk.approvals.decide(omar, approval.id, answer(approval))).rejects.toMatchObject({
      code: 'approval_void',
    });
    expect(await desk.approvals.pending(olga)).toEqual([]);
    expect(await desk.approvals.ended(olga, NINE + 1, 5)).toMatchObject([{ id: approval.id }]);
  });

  it('is nothing when it is denied, expires, is taken back, or its requester is out', async () => {
    const desk = await testApprovals();
    const denied = await ask(desk, { purpose: 'the first of them' });
    await desk.approvals.decide(olga, denied.id, answer(denied, 'deny'));
    const withdrawn = await ask(desk, { purpose: 'the second of them' });
    await desk.approvals.withdraw(ada, withdrawn.id);
    const expired = await ask(desk, { purpose: 'the third of them' });
    desk.clock.now += 600_000;
    await desk.approvals.tick();
    const out = await ask(desk, { purpose: 'the fourth of them' });
    await desk.approvals.revoked(({ id }) => id === ada.id);
    const phases = await Promise.all(
      [denied, withdrawn, expired, out].map(
        async ({ id }) => (await desk.approvals.find(olga, id)).state.phase,
      ),
    );
    expect(phases).toEqual(['denied', 'cancelled', 'expired', 'cancelled']);
    for (const { id, binding } of [denied, withdrawn, expired, out]) {
      await expect(desk.approvals.decide(olga, id, answer({ binding }))).rejects.toBeInstanceOf(SluiceError);
    }
    expect(await desk.grants.list(olga)).toEqual([]);
    expect(await desk.useGrant(sent())).toBeNull();
  });

  it('never runs: it is not among what is held, is not used up, and is not counted', async () => {
    let counted = 0;
    const estimate = async () => {
      counted += 1;
      return null;
    };
    const desk = await testApprovals({ estimate });
    const { id: held } = await holdNow(desk, deleteRequest());
    const approval = await ask(desk);
    const lookOnHeld = async () => (await desk.approvals.held()).map(({ id }) => id);
    expect(await lookOnHeld()).toEqual([held]);
    expect((await desk.approvals.open()).map(({ id }) => id)).toEqual([held, approval.id]);
    expect(counted).toBe(1);
    const { opened: store, clock, recorder } = desk;
    desk.approvals.stop();
    const after = await testApprovals({ store, clock, recorder });
    expect((await after.approvals.held()).map(({ id }) => id)).toEqual([held]);
    // Not even for the id that it was explained under.
    const same = { ...deleteRequest(), queryId: approval.request.queryId };
    await expect(after.approvals.consume(approval.id, same)).rejects.toMatchObject({ code: 'approval_void' });
    await after.approvals.decide(olga, approval.id, answer(approval));
    await expect(after.approvals.consume(approval.id, same)).rejects.toMatchObject({ code: 'approval_void' });
    expect(types(after)).not.toContain('executed');
  });

  it('outlives the session that it was asked in', async () => {
    const desk = await testApprovals();
    const approval = await ask(desk);
    await desk.approvals.sessionEnded(approval.request.session.id);
    expect((await desk.approvals.decide(olga, approval.id, answer(approval))).state.phase).toBe('granted');
  });

  it('is not asked twice while it waits, and is again afterwards', async () => {
    const desk = await testApprovals();
    const [one, two] = await Promise.all([ask(desk), ask(desk)]);
    expect(two.id).toBe(one.id);
    expect((await ask(desk, { rows: 1 })).id).not.toBe(one.id);
    expect((await ask(desk, {}, {}, person('bob', ['analysts']))).id).not.toBe(one.id);
    await desk.approvals.decide(olga, one.id, answer(one, 'deny'));
    expect((await ask(desk)).id).not.toBe(one.id);
  });

  it('is taken back by who asked for it alone, and nothing else is', async () => {
    const desk = await testApprovals();
    const approval = await ask(desk);
    const { id: held } = await holdNow(desk, deleteRequest());
    const unknown = { code: 'approval_unknown' };
    for (const who of [
      olga,
      person('bob', ['analysts']),
      person('ADA', ['analysts'], { issuer: 'https://b.example' }),
    ])
      await expect(desk.approvals.withdraw(who, approval.id)).rejects.toMatchObject(unknown);
    await expect(desk.approvals.withdraw(ada, held)).rejects.toMatchObject(unknown);
    await desk.approvals.withdraw(ada, approval.id);
    await expect(desk.approvals.withdraw(ada, approval.id)).rejects.toMatchObject({ code: 'approval_void' });
  });

  it('is admitted among all that wait, and not when nobody admits it', async () => {
    const desk = await testApprovals();
    const first = await ask(desk);
    const seen: string[][] = [];
    const full = {
      events: [],
      admit(waiting: readonly { readonly id: string }[]) {
        seen.push(waiting.map(({ id }) => id));
        throw new SluiceError('too_many_held', 'full');
      },
    };
    const other = accessRequest(ada, {}, { rows: 1 });
    await expect(desk.approvals.askAhead(other, full)).rejects.toMatchObject({ code: 'too_many_held' });
    expect(seen).toEqual([[first.id]]);
    expect(await desk.approvals.pending(olga)).toHaveLength(1);
    expect((await desk.approvals.askAhead(accessRequest(), full)).id).toBe(first.id);
  });
});

describe('who agrees to it', () => {
  it.each<[string, Identity, string]>([
    ['who asked', person('ada', ['owners', 'admins']), 'approver_not_allowed'],
    [
      'who asked, by another account',
      person('ada-2', ['owners'], { email: 'ada@example.com' }),
      'approver_not_allowed',
    ],
    ['who may be who asked', person('eve', ['owners'], { email: null }), 'person_unclear'],
    ['an agent’s token', person('olga', ['owners'], { mayDecide: false }), 'approval_unknown'],
    ['a pipeline', person('ci', ['owners'], { kind: 'workload' }), 'approver_not_allowed'],
    ['somebody of no such group', person('mallory', ['analysts']), 'approval_unknown'],
  ])('is not %s', async (_, who, code) => {
    const desk = await testApprovals();
    const approval = await ask(desk);
    await expect(desk.approvals.decide(who, approval.id, answer(approval))).rejects.toMatchObject({ code });
    expect(await desk.grants.list(olga)).toEqual([]);
  });

  it('is as many people as the policy says, each once', async () => {
    const desk = await testApprovals();
    const approval = await ask(desk, {}, { needed: 2 });
    await desk.approvals.decide(olga, approval.id, answer(approval, 'approve', { mostRows: 1 }));
    await expect(desk.approvals.decide(olga, approval.id, answer(approval))).rejects.toMatchObject({
      code: 'approver_not_allowed',
    });
    expect(await desk.useGrant(sent())).toBeNull();
    await desk.approvals.decide(
      omar,
      approval.id,
      answer(approval, 'approve', { grantRows: 3, grantSeconds: 60 }),
    );
    expect(await desk.grants.list(ada)).toMatchObject([
      { rows: 1, rowsInAll: 3, expiresAt: NINE + 60_000, givenBy: [{ id: olga.id }, { id: omar.id }] },
    ]);
    await desk.approvals.revoked(({ id }) => id === omar.id);
    expect(await desk.useGrant(sent())).toBeNull();
  });

  it('cannot be answered with what was signed for a statement', async () => {
    const desk = await testApprovals();
    const approval = await ask(desk);
    const held = await holdNow(desk, { ...sent(), queryId: approval.request.queryId });
    for (const [one, other] of [
      [approval, held.approval],
      [held.approval, approval],
    ] as const)
      await expect(desk.approvals.decide(olga, one.id, answer(other))).rejects.toMatchObject({
        code: 'approval_void',
      });
    // Nor is one bound to what the other is, whatever they have in common.
    expect(await isBoundTo(approval, held.approval.request)).toBe(false);
    expect(await isBoundTo(held.approval, approval.request)).toBe(false);
  });

  it.each<[string, Parameters<typeof answer>[2], string]>([
    ['for longer', { grantSeconds: 3601 }, 'more than was asked for'],
    ['for more rows', { mostRows: 3 }, 'more than was asked for'],
    ['for more rows in all', { grantRows: 7 }, 'more than was asked for'],
    ['for no rows', { mostRows: 0 }, 'access to no rows'],
  ])('gives it %s than was asked for: never', async (_, more, message) => {
    await expect(given({}, {}, more)).rejects.toThrow(message);
  });

  it('finds out when something has changed since, and then nothing is given', async () => {
    const others: ((request: AccessRequest) => AccessRequest | null)[] = [
      () => null,
      (request) => ({ ...request, decision: { ...request.decision, policyVersion: 'policy-2' } }),
      (request) => ({ ...request, objects: [{ ...request.objects[0]!, fingerprint: 'e'.repeat(64) }] }),
      (request) => ({ ...request, understanding: { ...request.understanding, uses: [] } }),
    ];
    for (const change of others) {
      const desk = await testApprovals({ askedNow: async (request) => change(request) });
      const approval = await ask(desk);
      await expect(desk.approvals.decide(olga, approval.id, answer(approval))).rejects.toMatchObject({
        code: 'approval_void',
        advice: 'they can ask for it anew',
      });
      expect((await desk.approvals.find(olga, approval.id)).state.phase).toBe('void');
      expect(await desk.grants.list(ada)).toEqual([]);
    }
  });

  it('sets nobody to work who may not agree', async () => {
    let looked = 0;
    const desk = await testApprovals({
      async askedNow(request) {
        looked += 1;
        return request;
      },
    });
    const approval = await ask(desk);
    const self = person('ada', ['owners']);
    await expect(desk.approvals.decide(self, approval.id, answer(approval))).rejects.toMatchObject({
      code: 'approver_not_allowed',
    });
    await desk.approvals.decide(olga, approval.id, answer(approval, 'deny'));
    expect(looked).toBe(0);
  });
});

describe('what is given', () => {
  it.each<[string, (request: ReturnType<typeof sent>) => ReturnType<typeof sent>]>([
    ['another agent', (request) => client(request, { agent: 'cursor' })],
    ['another program', (request) => client(request, { application: 'JDBC' })],
    ['another protocol', (request) => client(request, { protocol: 'api' })],
    [
      'another token client',
      ({ session, ...rest }) => ({
        ...rest,
        session: { ...session, identity: { ...session.identity, tokenClient: 'ci' } },
      }),
    ],
    [
      'another role',
      ({ session, ...rest }) => ({
        ...rest,
        session: { ...session, state: { ...session.state, role: 'OWNER' } },
      }),
    ],
    ['another shape', (request) => ({ ...request, sql: 'DELETE FROM orders WHERE id >= ?' })],
  ])('is of no use to %s', async (_, change) => {
    const desk = await given();
    expect(await desk.useGrant(change(sent()))).toBeNull();
    expect(await desk.useGrant(sent())).not.toBeNull();
  });

  it('is of no use to another person, nor to another account of the same id', async () => {
    const desk = await given();
    expect(await desk.useGrant(sent(person('bob', ['analysts'])))).toBeNull();
    const spelt = person('ada', ['analysts'], { subject: 'ADA' });
    expect(await desk.useGrant(sent({ ...spelt, id: ada.id }))).toBeNull();
  });

  it('begins and ends when it says, whatever the clock does', async () => {
    const from = new Date(NINE + 600_000).toISOString();
    const desk = await given({ from, seconds: 600 });
    const at = async (ms: number) => {
      desk.clock.now = NINE + ms;
      return (await desk.useGrant(sent())) !== null;
    };
    expect(await desk.grants.list(ada)).toMatchObject([
      { startsAt: NINE + 600_000, expiresAt: NINE + 1_200_000 },
    ]);
    expect([await at(599_999), await at(600_000), await at(-1)]).toEqual([false, true, false]);
    expect([await at(1_199_999), await at(1_200_000)]).toEqual([true, false]);
  });

  it('is not in force before it was given, when the clock is set back', async () => {
    const desk = await given();
    desk.clock.now = NINE - 1;
    expect(await desk.useGrant(sent())).toBeNull();
  });

  it('ends no later for being approved late, and is not given when it would be over', async () => {
    const desk = await testApprovals();
    const from = new Date(NINE + 60_000).toISOString();
    const late = await ask(desk, { from, seconds: 120 });
    expect(late.expiresAt).toBe(NINE + 180_000);
    desk.clock.now = NINE + 179_000;
    await desk.approvals.decide(olga, late.id, answer(late));
    expect(await desk.grants.list(ada)).toMatchObject([
      { startsAt: NINE + 179_000, expiresAt: NINE + 180_000 },
    ]);
    const other = await ask(desk, { from: new Date(desk.clock.now).toISOString(), seconds: 120 });
    desk.clock.now += 61_000;
    await expect(
      desk.approvals.decide(olga, other.id, answer(other, 'approve', { grantSeconds: 60 })),
    ).rejects.toThrow('would be over by now');
    expect(await desk.grants.list(ada)).toMatchObject([]);
  });

  it('is taken back by who has it and by who gave it', async () => {
    for (const who of [ada, olga, omar]) {
      const desk = await given();
      const [grant] = await desk.grants.list(who);
      await desk.grants.revoke(who, grant!.id);
      expect(await desk.useGrant(sent())).toBeNull();
    }
  });
});

it('is shown in words that no held statement has', async () => {
  const desk = await testApprovals();
  const approval = await ask(desk, { from: '2026-11-20T13:00:00.000Z' });
  const view = viewOf(approval, { viewer: olga, now: NINE, similar: [] });
  expect(view).toMatchObject({ kind: 'access', summary: { kind: 'access' }, you: { mayDecide: true } });
  expect(view.plain.does).toBe(
    'Asked for ahead, nothing waits: would let statements of one shape run unasked, from 2026-11-20T13:00:00.000Z until 2026-11-20T14:00:00.000Z, for at most 2 rows each and 6 in all. The example: "ada" (ada at id.example, in analysts) through "copilot" deletes from SHOP.PUBLIC.ORDERS',
  );
  expect(view.plain.who).toContain('asks by the agent "sluice access", with "api"');
  expect(view.access.covers.slice(-3)).toEqual([
    'Anything else, and any change of these tables, of the policy or of the role, is asked about anew.',
    'Only for what comes by a Snowflake driver, from the program "JavaScript", with the agent "copilot" and tokens that name no client.',
    'Asked for, in their own words, for: "ticket 4711: remove orders that were placed twice"',
  ]);
  expect(await bindingOf(view.bound)).toBe(view.summary.binding);
  expect(view.bound).toEqual(boundOf(approval, approval.request));
});

function client(
  request: ReturnType<typeof sent>,
  change: Partial<ReturnType<typeof sent>['session']['client']>,
): ReturnType<typeof sent> {
  const { session } = request;
  return { ...request, session: { ...session, client: { ...session.client, ...change } } };
}
