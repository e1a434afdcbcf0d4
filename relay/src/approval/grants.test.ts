import { expect, it } from 'vitest';
import type { ApprovalRequest } from './approval-request.ts';
import { SluiceError } from '../errors.ts';
import { shown as shownText } from '../text/index.ts';
import { isOn } from './grant-bounds.ts';
import { ada, answer, deleteRequest, granted, holdNow, owners, person, testApprovals } from './testing.ts';

const [olga, omar] = owners;
const terms = { grantUpToSeconds: 1800 };

it('lets like statements of the same person through until it ends, each on the record', async () => {
  const { desk } = await granted();
  const like = { ...deleteRequest(ada, terms), sql: 'DELETE FROM orders WHERE id = 18' };
  expect(await desk.useGrant(like)).toMatchObject({ rows: 5, grant: { givenBy: [{ subject: 'olga' }] } });
  expect(desk.recorder.bodies.at(-1)).toMatchObject({
    what: 'grant_used',
    detail: { statement: like.queryId },
  });
  desk.clock.now += 600_000;
  expect(await desk.useGrant(like)).toBeNull();
});

const range = { start: 0, end: 1 };
const table = (name: string) => ({ database: 'SHOP', schema: 'PUBLIC', name });
type Change = (request: ApprovalRequest) => ApprovalRequest;
const means =
  (change: Partial<ApprovalRequest['understanding']>): Change =>
  (request) => ({ ...request, understanding: { ...request.understanding, ...change } });
const column = { object: table('ORDERS'), column: 'CUSTOMER' };
const uses = { ...deleteRequest().understanding.uses[0]! };
const by =
  (change: Partial<ApprovalRequest['session']['client']>): Change =>
  (request) => ({
    ...request,
    session: { ...request.session, client: { ...request.session.client, ...change } },
  });
const decided =
  (change: Partial<ApprovalRequest['decision']>): Change =>
  (request) => ({ ...request, decision: { ...request.decision, ...change } });
const opaque = { opaque: true, reason: 'dynamic SQL', range } as const;

it.each<[string, Change]>([
  ['of another person', (request) => ({ ...request, session: deleteRequest(person('bob')).session })],
  [
    'of another account, whose subject is written alike',
    (request) => {
      const identity = { ...request.session.identity, subject: 'ADA' };
      return { ...request, session: { ...request.session, identity } };
    },
  ],
  ['of another kind', means({ kind: { family: 'dml', name: 'update' } })],
  [
    'on another object',
    (request) => ({ ...request, objects: [{ ...request.objects[0]!, name: 'SHOP.PUBLIC.X' }] }),
  ],
  [
    'on a replaced object',
    (request) => ({ ...request, objects: [{ ...request.objects[0]!, fingerprint: '0'.repeat(64) }] }),
  ],
  ['on another column', means({ uses: [{ column, as: 'equal', range }] })],
  [
    'reading another column',
    means({ outputs: [{ name: 'X', sources: [{ column, how: 'direct' }], range }] }),
  ],
  [
    'with a column that is not known',
    means({ outputs: [{ name: 'X', sources: [], unresolved: opaque, range }] }),
  ],
  ['with a part that is not known', means({ opaque: [opaque] })],
  ['with another function', means({ functions: [{ name: table('F'), builtIn: false, range }] })],
  [
    'to a stage',
    means({ flows: [{ from: { column, how: 'direct' }, to: { type: 'location', location: '@s' }, range }] }),
  ],
  ['without a WHERE', means({ missingWhere: true })],
  ['of another shape', (request) => ({ ...request, sql: `${request.sql} OR 1 = 1` })],
  [
    'that writes another column',
    means({ writes: [{ object: table('ORDERS'), how: 'update', columns: ['X'] }] }),
  ],
  ['that writes another table', means({ writes: [{ object: table('X'), how: 'delete', columns: null }] })],
  ['that uses a column otherwise', means({ uses: [{ ...uses, as: 'compare' }] })],
  ['that uses a part of a column', means({ uses: [{ ...uses, path: ['a'] }] })],
  ['that uses what is made of a column', means({ uses: [{ ...uses, how: 'expression' }] })],
  ['that uses a column by something else', means({ uses: [{ ...uses, by: 'IN' }] })],
  ['that may fail by a column', means({ uses: [{ ...uses, fails: true }] })],
  ['by another agent', by({ agent: 'cursor' })],
  ['by no agent', by({ agent: null })],
  ['by another program', by({ application: 'PythonConnector' })],
  ['by another protocol', by({ protocol: 'mcp' })],
  [
    'with a token of another client',
    (request) => {
      const identity = { ...request.session.identity, tokenClient: 'ci' };
      return { ...request, session: { ...request.session, identity } };
    },
  ],
  [
    'in another warehouse',
    (request) => ({
      ...request,
      session: { ...request.session, state: { ...request.session.state, warehouse: 'BIG' } },
    }),
  ],
  ['held for more reasons', decided({ reason: shownText`deleting needs the owners; so does reading` })],
  [
    'that more people have to agree to',
    decided({ ask: { ...deleteRequest(ada, terms).decision.ask, needed: 2 } }),
  ],
  [
    'computed on other values',
    decided({ computedOn: { rows: { on: 'blanks', because: shownText`x` }, outputs: [] } }),
  ],
  ['that is only described', (request) => ({ ...request, describeOnly: true })],
  [
    'under another role',
    (request) => ({
      ...request,
      session: { ...request.session, state: { ...request.session.state, role: 'ADMIN' } },
    }),
  ],
  [
    'under another policy',
    (request) => ({ ...request, decision: { ...request.decision, policyVersion: 'policy-2' } }),
  ],
  ['held by another rule', (request) => ({ ...request, decision: { ...request.decision, rule: 'other' } })],
])('does not cover a statement %s', async (_, change) => {
  const { desk } = await granted();
  expect(await desk.useGrant(change(deleteRequest(ada, terms)))).toBeNull();
});

const whole = {
  from: { column, how: 'direct' },
  to: { type: 'column', column: { object: table('COPY'), column: 'X' } },
  range,
} as const;

it.each<[string, Change, Change]>([
  [
    'a function of somebody’s under the same name',
    means({ functions: [{ name: table('F'), builtIn: true, range }] }),
    means({ functions: [{ name: table('F'), builtIn: false, range }] }),
  ],
  [
    'what is copied from elsewhere',
    means({ flows: [whole] }),
    means({ flows: [{ ...whole, from: { ...whole.from, column: { ...column, column: 'CARD' } } }] }),
  ],
  [
    'what is copied to elsewhere',
    means({ flows: [whole] }),
    means({ flows: [{ ...whole, to: { type: 'column', column } }] }),
  ],
  [
    'what is made of what is copied',
    means({ flows: [whole] }),
    means({ flows: [{ ...whole, from: { ...whole.from, how: 'expression' } }] }),
  ],
  [
    'a part of what is shown',
    means({ outputs: [{ name: 'X', sources: [{ column, how: 'direct' }], range }] }),
    means({ outputs: [{ name: 'X', sources: [{ column, how: 'direct', path: ['a'] }], range }] }),
  ],
  [
    'one more column that is written',
    means({ writes: [{ object: table('ORDERS'), how: 'update', columns: ['X'] }] }),
    means({ writes: [{ object: table('ORDERS'), how: 'update', columns: ['X', 'Y'] }] }),
  ],
])('does not cover, of what it is given for, %s', async (_, given, asked) => {
  const desk = await testApprovals();
  const request = given(deleteRequest(ada, terms));
  const { id, approval } = await holdNow(desk, request);
  await desk.approvals.decide(olga, id, answer(approval, 'approve', { mostRows: 5, grantSeconds: 600 }));
  expect(await desk.useGrant(given(deleteRequest(ada, terms)))).not.toBeNull();
  expect(await desk.useGrant(asked(deleteRequest(ada, terms)))).toBeNull();
});

it('without a WHERE covers one with it', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, means({ missingWhere: true })(deleteRequest(ada, terms)));
  await desk.approvals.decide(olga, id, answer(approval, 'approve', { mostRows: 5, grantSeconds: 600 }));
  expect(await desk.useGrant(deleteRequest(ada, terms))).not.toBeNull();
});

it('is on the record when it is taken back, and so is what was counted of its rows', async () => {
  const { desk } = await granted(2);
  const [grant] = await desk.grants.list(olga);
  const request = deleteRequest(ada, { ...terms, needed: 2 });
  await (await desk.useGrant(request))!.settle(2);
  const counted = { grant: grant!.id, statement: request.queryId, rows: '2' };
  // In the statement's session, and in that of the grant, by which it is followed.
  const { session } = request;
  expect(desk.recorder.bodies.slice(-2)).toEqual([
    { type: 'notice', what: 'grant_counted', detail: counted },
    { type: 'notice', what: 'grant_counted', detail: { ...counted, session: session.id } },
  ]);
  // Of two who gave it, one is out.
  await desk.approvals.revoked(({ subject }) => subject === 'olga');
  const revoked = { grant: grant!.id, by: 'revocation' };
  expect(desk.recorder.bodies.at(-1)).toEqual({ type: 'notice', what: 'grant_revoked', detail: revoked });
  expect(await desk.useGrant(request)).toBeNull();
});

it('stays where somebody else is out, or another one is taken back', async () => {
  const { desk } = await granted();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, terms));
  await desk.approvals.decide(omar, id, answer(approval, 'approve', { mostRows: 5, grantSeconds: 60 }));
  await desk.approvals.revoked(({ subject }) => subject === 'otto');
  const both = await desk.grants.list(ada);
  expect(both).toHaveLength(2);
  await desk.grants.revoke(ada, both[0]!.id);
  expect(await desk.grants.list(ada)).toEqual([both[1]]);
  expect(await desk.useGrant(deleteRequest(ada, terms))).not.toBeNull();
});

it('is given only when everybody who had to approve gives it', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { ...terms, needed: 2 }));
  await desk.approvals.decide(olga, id, answer(approval, 'approve', { mostRows: 5, grantSeconds: 600 }));
  await desk.approvals.decide(omar, id, answer(approval));
  expect(await desk.grants.list(olga)).toEqual([]);
  const both = await granted(2);
  expect(await both.desk.grants.list(olga)).toHaveLength(1);
});

it.each([
  ['longer than the policy lets', terms, 1801],
  ['where the policy lets none', {}, 1],
])('is not given %s', async (_, ask, grantSeconds) => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, ask));
  await expect(
    desk.approvals.decide(olga, id, answer(approval, 'approve', { mostRows: 5, grantSeconds })),
  ).rejects.toMatchObject({ code: 'approver_not_allowed' });
});

it('is taken back by an approver, and with the revocation of who gave or has it', async () => {
  const like = deleteRequest(ada, terms);
  const first = await granted();
  const [grant] = await first.desk.grants.list(omar);
  await expect(first.desk.grants.revoke(person('mallory'), grant!.id)).rejects.toMatchObject({
    code: 'approval_unknown',
  });
  await first.desk.grants.revoke(omar, grant!.id);
  expect(await first.desk.useGrant(like)).toBeNull();
  for (const out of [olga, ada]) {
    const { desk } = await granted();
    await desk.approvals.revoked(({ id }) => id === out.id);
    expect(await desk.useGrant(like)).toBeNull();
  }
});

it('lasts as long as the shortest that was given, and starts with the last vote', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { ...terms, needed: 2 }));
  await desk.approvals.decide(
    olga,
    id,
    answer(approval, 'approve', { mostRows: 7, grantSeconds: 900, grantRows: 9 }),
  );
  desk.clock.now += 1_000;
  await desk.approvals.decide(
    omar,
    id,
    answer(approval, 'approve', { mostRows: 5, grantSeconds: 300, grantRows: 30 }),
  );
  const [grant] = await desk.grants.list(ada);
  expect(grant).toMatchObject({
    givenAt: desk.clock.now,
    expiresAt: desk.clock.now + 300_000,
    rows: 5,
    rowsInAll: 9,
  });
  expect(grant?.givenBy.map(({ subject }) => subject)).toEqual(['olga', 'omar']);
  desk.clock.now += 299_999;
  expect(await desk.grants.list(ada)).toHaveLength(1);
  desk.clock.now += 1;
  expect(await desk.grants.list(ada)).toEqual([]);
  await expect(desk.grants.revoke(ada, grant!.id)).rejects.toMatchObject({ code: 'approval_unknown' });
});

it('is listed for who has it and who may take it back, and for nobody else', async () => {
  const { desk } = await granted();
  const seen = async (who: typeof ada) => (await desk.grants.list(who)).length;
  expect(await seen(ada)).toBe(1);
  // What one account asked is that account's to read: one that is like it may be somebody else's.
  expect(await seen(person('a2', [], { email: 'ada@example.com' }))).toBe(0);
  expect(await seen(person('ADA'))).toBe(0);
  expect(await seen({ ...omar, mayDecide: false })).toBe(0);
  expect(await seen(omar)).toBe(1);
  expect(await seen(person('eve', ['analysts']))).toBe(0);
});

it('does not cover a result that is masked less', async () => {
  const shown = { outputs: [{ name: 'X', sources: [{ column, how: 'direct' as const }], range }] };
  const mask = { output: 0, policy: { method: 'redact' }, because: shownText`pii` } as const;
  const request = decided({ masks: [mask] })(means(shown)(deleteRequest(ada, terms)));
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, request);
  await desk.approvals.decide(olga, id, answer(approval, 'approve', { mostRows: 5, grantSeconds: 600 }));
  expect(await desk.useGrant({ ...request, queryId: 'masked' })).not.toBeNull();
  const partial = { ...mask, policy: { method: 'partial', keepFirst: 1, keepLast: 0, fill: '*' } as never };
  for (const masks of [[], [partial]]) expect(await desk.useGrant(decided({ masks })(request))).toBeNull();
});

it('is not given with a statement of which it is not known what it does', async () => {
  const desk = await testApprovals();
  for (const change of [
    means({ opaque: [opaque] }),
    inner({}),
    means({ kind: { family: 'ddl', name: 'drop_table' } }),
    means({ outputs: [{ name: 'X', sources: [], unresolved: opaque, range }] }),
    means({ flows: [whole, { ...whole, to: { type: 'location', location: '@s' } }] }),
    means({ flows: [whole, { ...whole, to: { type: 'variable', name: 'X' } }] }),
    means({ flows: [whole, { ...whole, from: opaque }] }),
    means({
      writes: [...deleteRequest().understanding.writes, { object: table('X'), how: 'update', columns: null }],
    }),
    (request: ApprovalRequest) => ({ ...request, describeOnly: true }),
    (request: ApprovalRequest) => ({ ...request, sql: "DELETE FROM orders WHERE id = '" }),
  ]) {
    const { id, approval } = await holdNow(desk, change(deleteRequest(ada, terms)));
    const given = answer(approval, 'approve', { mostRows: 5, grantSeconds: 600 });
    await expect(desk.approvals.decide(olga, id, given)).rejects.toMatchObject({
      code: 'approver_not_allowed',
    });
  }
});

const inner = (change: Partial<ApprovalRequest['understanding']>): Change =>
  means({ inner: [{ ...deleteRequest().understanding, ...change }] });
it.each<[string, Change, boolean]>([
  ['with a statement inside, even the same', inner({}), false],
  ['that does more inside', inner({ kind: { family: 'dml', name: 'update' } }), false],
  ['with a part inside that is not known', inner({ opaque: [opaque] }), false],
  ['without a WHERE inside', inner({ missingWhere: true }), false],
  [
    'to a variable',
    means({ flows: [{ from: { column, how: 'direct' }, to: { type: 'variable', name: 'X' }, range }] }),
    false,
  ],
  [
    'from what is not known',
    means({ flows: [{ from: opaque, to: { type: 'variable', name: 'X' }, range }] }),
    false,
  ],
  ['of less', means({ uses: [] }), true],
])('and a statement %s', async (_, change, covered) => {
  const { desk } = await granted();
  const found = await desk.useGrant(change(deleteRequest(ada, terms)));
  expect(found !== null).toBe(covered);
});

it('are shown of an account while they last: neither those of another, nor of whoever gave them and is out', async () => {
  const { desk } = await granted();
  const [grant] = await desk.grants.of(ada);
  expect(grant).toMatchObject({ requester: { subject: 'ada' }, rowsLeft: 50 });
  expect(isOn(grant!.bounds, 'SHOP.PUBLIC.ORDERS')).toBe(true);
  expect(isOn(grant!.bounds, 'SHOP.PUBLIC.ORDER')).toBe(false);
  expect(await desk.grants.of({ ...ada, subject: 'ADA' })).toEqual([]);
  expect(await desk.grants.of(person('bob'))).toEqual([]);
  const after = await testApprovals({
    store: desk.store,
    confirmIdentity({ subject }) {
      if (subject === 'olga') throw new SluiceError('identity_revoked', 'out');
    },
  });
  expect(await after.grants.of(ada)).toEqual([]);
});
