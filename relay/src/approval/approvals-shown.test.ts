import { describe, expect, it } from 'vitest';
import { SluiceError } from '../errors.ts';
import type { Approval } from './approval.ts';
import { ada, answer, deleteRequest, holdNow, owners, person, testApprovals } from './testing.ts';

const [olga, omar] = owners;
const eve = person('eve', ['analysts']);
const ids = (approvals: readonly Approval[]) => approvals.map(({ id }) => id).sort();

describe('requests, open or over, are shown', () => {
  it.each<[string, typeof olga, sees: boolean]>([
    ['to approvers', omar, true],
    ['to who asked', ada, true],
    ['to nobody of another group', eve, false],
    ['not to an approver’s agent', { ...omar, mayDecide: false }, false],
    ['not to another account that is written alike', { ...ada, subject: 'ADA' }, false],
  ])('%s', async (_, viewer, sees) => {
    const desk = await testApprovals();
    const [open, over] = [await holdNow(desk, deleteRequest()), await holdNow(desk, deleteRequest())];
    await desk.approvals.decide(olga, over.id, answer(over.approval, 'deny'));
    const { approvals } = desk;
    expect(ids(await approvals.pending(viewer))).toEqual(sees ? [open.id] : []);
    expect(ids(await approvals.ended(viewer, Number.MAX_SAFE_INTEGER, 10))).toEqual(sees ? [over.id] : []);
    expect(ids(await approvals.similarTo(viewer, open.approval))).toEqual(sees ? [over.id] : []);
    expect(approvals.maySee(viewer, open.approval)).toBe(sees);
    const found = await approvals.find(viewer, open.id).catch((error: SluiceError) => error.code);
    expect(found).toEqual(sees ? open.approval : 'approval_unknown');
  });

  it('as many that are over as are asked for, latest first', async () => {
    const desk = await testApprovals();
    const ended: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { id, approval } = await holdNow(desk, deleteRequest());
      desk.clock.now += 1_000;
      await desk.approvals.decide(olga, id, answer(approval, 'deny'));
      ended.unshift(id);
    }
    const page = await desk.approvals.ended(olga, Number.MAX_SAFE_INTEGER, 2);
    expect(page.map(({ id }) => id)).toEqual(ended.slice(0, 2));
  });
});

it('the end of a session cancels what is held in it, and nothing else', async () => {
  const desk = await testApprovals();
  const request = deleteRequest();
  const [own, other] = [await holdNow(desk, request), await holdNow(desk, deleteRequest())];
  await desk.approvals.sessionEnded(request.session.id);
  expect(await own.outcome).toEqual({ outcome: 'cancelled', why: 'the session has ended' });
  expect(ids(await desk.approvals.pending(olga))).toEqual([other.id]);
});

it('the gate may void what it finds changed', async () => {
  const desk = await testApprovals();
  const { id, outcome } = await holdNow(desk, deleteRequest());
  await desk.approvals.void(id, 'the policy changed');
  expect(await outcome).toEqual({ outcome: 'void', why: 'the policy changed' });
});

describe('how many rows it may hit is', () => {
  const estimate = (rows: number | null) => async () => ({
    rows,
    bytes: null,
    partitions: null,
    note: '',
    at: 0,
  });
  it.each<[string, number | null, (number | null)[], number | null]>([
    ['any number, where nobody knows or says one', null, [null, null], null],
    ['what was shown, where nobody says', 7, [null, null], 7],
    ['what somebody says', null, [null, 9], 9],
    ['the fewest that anybody says or was shown', 7, [null, 9], 7],
    ['the fewest that anybody says', 7, [3, 9], 3],
  ])('%s', async (_, counted, said, expected) => {
    const desk = await testApprovals({ estimate: estimate(counted) });
    const request = deleteRequest(ada, { needed: 2 });
    const { id, approval } = await holdNow(desk, request);
    await expect.poll(async () => (await desk.approvals.find(olga, id)).estimate).not.toBeNull();
    for (const [index, by] of [olga, omar].entries())
      await desk.approvals.decide(by, id, answer(approval, 'approve', { mostRows: said[index] ?? null }));
    expect(await desk.use(id, request)).toEqual({ mostRows: expected });
  });
});

describe('on the record is', () => {
  const bodiesOf = (desk: Awaited<ReturnType<typeof testApprovals>>) => desk.recorder.bodies;

  it('what was asked of whom, each decision as it was made, and how it ended', async () => {
    const desk = await testApprovals();
    const request = deleteRequest(ada, { needed: 2 });
    const { id, approval } = await holdNow(desk, request);
    await desk.approvals.decide(olga, id, answer(approval, 'approve', { comment: 'fine', mostRows: 3 }));
    await desk.approvals.decide(omar, id, answer(approval, 'deny', { comment: 'no' }));
    const place = { statement: request.queryId, approval: id };
    expect(bodiesOf(desk)).toEqual([
      {
        type: 'approval_asked',
        ...place,
        bound: expect.objectContaining({
          sql: request.sql,
          role: 'ANALYST',
          approvers: ['owners'],
          needed: 2,
        }) as object,
        binding: approval.binding,
        approvers: ['owners'],
        needed: 2,
        expiresAt: '2026-11-20T09:10:00.000Z',
      },
      expect.objectContaining({
        type: 'approval_decided',
        ...place,
        binding: approval.binding,
        verdict: 'approve',
        comment: 'fine',
        mostRows: 3,
        by: expect.objectContaining({ subject: 'olga' }) as object,
      }),
      expect.objectContaining({
        type: 'approval_decided',
        verdict: 'deny',
        comment: 'no',
        by: expect.objectContaining({ subject: 'omar' }) as object,
      }),
      { type: 'approval_ended', ...place, how: 'denied' },
    ]);
  });

  it('to whom it was escalated, and what was counted', async () => {
    const estimate = async () => ({ rows: 4, bytes: null, partitions: null, note: 'about', at: 0 });
    const desk = await testApprovals({ estimate });
    const request = deleteRequest(ada, { escalate: { afterSeconds: 60, to: ['bosses', 'board'] } });
    const { id } = await holdNow(desk, request);
    await expect.poll(() => bodiesOf(desk).length).toBe(2);
    desk.clock.now += 59_999;
    await desk.approvals.tick();
    expect(bodiesOf(desk)).toHaveLength(2);
    desk.clock.now += 1;
    await desk.approvals.tick();
    await desk.approvals.tick();
    const place = { statement: request.queryId, approval: id };
    expect(bodiesOf(desk).slice(1)).toEqual([
      {
        type: 'notice',
        what: 'approval_estimated',
        detail: { ...place, rows: '4', note: 'about', at: '1970-01-01T00:00:00.000Z' },
      },
      { type: 'notice', what: 'approval_escalated', detail: { ...place, to: 'bosses, board' } },
    ]);
  });

  it('nothing of its use: that is the statement’s', async () => {
    const desk = await testApprovals();
    const request = deleteRequest();
    const { id, approval } = await holdNow(desk, request);
    await desk.approvals.decide(olga, id, answer(approval));
    const before = bodiesOf(desk).length;
    await desk.use(id, request);
    expect(bodiesOf(desk)).toHaveLength(before);
  });
});

it('is not escalated once it is decided, nor twice', async () => {
  const desk = await testApprovals();
  const ask = { escalate: { afterSeconds: 60, to: ['bosses'] }, validForSeconds: 600 };
  const { id, approval } = await holdNow(desk, deleteRequest(ada, ask));
  await desk.approvals.decide(olga, id, answer(approval));
  desk.clock.now += 60_000;
  await desk.approvals.tick();
  expect(await desk.approvals.find(olga, id)).toMatchObject({ escalated: false });
});

describe('a statement that was approved before', () => {
  it('is asked about anew when it hit more, and not otherwise', async () => {
    const desk = await testApprovals();
    const request = deleteRequest();
    const { id, approval } = await holdNow(desk, request);
    await desk.approvals.decide(olga, id, answer(approval));
    await desk.use(id, request);
    expect(await (await holdNow(desk, request)).outcome).toMatchObject({ outcome: 'void' });
    const again = await holdNow(desk, { ...request, again: { rows: 3 } });
    expect(again.id).not.toBe(id);
    expect(again.approval.state).toEqual({ phase: 'asked', votes: [] });
  });
});

describe('whoever is out by the last moment', () => {
  const put = async () => {
    const out = new Set<string>();
    let asked = 0;
    /** How often somebody is asked about before they are out. */
    let after = 0;
    const desk = await testApprovals({
      confirmIdentity: ({ subject }) => {
        if (!out.has(subject)) return;
        asked += 1;
        if (asked > after) throw new SluiceError('identity_revoked', 'your access has been revoked');
      },
    });
    return {
      desk,
      outAfter(subject: string, times: number) {
        out.add(subject);
        [asked, after] = [0, times];
      },
    };
  };

  it('has not decided', async () => {
    const { desk, outAfter } = await put();
    const { id, approval } = await holdNow(desk, deleteRequest());
    outAfter('olga', 1);
    await expect(desk.approvals.decide(olga, id, answer(approval))).rejects.toMatchObject({
      code: 'identity_revoked',
    });
    expect((await desk.approvals.find(omar, id)).state.phase).toBe('asked');
  });

  it('runs nothing', async () => {
    const { desk, outAfter } = await put();
    const request = deleteRequest();
    const { id, approval } = await holdNow(desk, request);
    await desk.approvals.decide(olga, id, answer(approval));
    outAfter('ada', 1);
    await expect(desk.use(id, request)).rejects.toMatchObject({ code: 'identity_revoked' });
    expect((await desk.approvals.find(omar, id)).state.phase).toBe('approved');
  });
});
