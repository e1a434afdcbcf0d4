import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bindingOf } from '@sluice/contract';
import { boundRequestOfKept } from '../../relay/src/approval/approval.ts';
import { type ApprovalId, compareLeave, type HeldApproval } from '../../relay/src/approval/index.ts';
import { ada, answer, deleteRequest, holdNow, owners, person } from '../../relay/src/approval/testing.ts';
import { type Content, type Forger, startForger } from '../support/forger.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

/** Somebody who writes to the database, and has no key of the relays: into the table of approvals. */
const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const [olga, omar] = owners;
const eve = person('eve', ['analysts']);

describe.each(['SQLite', 'PostgreSQL'])('an approval, on %s,', (kind) => {
  let at: Forger;
  beforeEach(async ({ skip }) => {
    if (kind === 'PostgreSQL' && programs === null) skip('PostgreSQL is not installed here');
    at = await startForger(kind === 'PostgreSQL' ? postgres : null);
  });

  const vote = (by: typeof ada) => ({
    by,
    at: at.clock.now,
    comment: '',
    proposal: null,
    mostRows: 5,
    grantSeconds: null,
    grantRows: null,
    signature: null,
  });
  const held = async (ask = {}) => {
    const request = deleteRequest(ada, ask);
    const { id, approval, outcome } = await holdNow(at.desk(), request);
    void outcome.catch(() => {});
    return { request, id, approval };
  };
  const approve = (id: ApprovalId, by = olga) =>
    at
      .desk()
      .approvals.find(by, id)
      .then((approval) => at.desk().approvals.decide(by, id, answer(approval)));
  const consume = async ({ id, request }: Awaited<ReturnType<typeof held>>) => {
    const { use } = await at.desk().approvals.consume(id, request);
    await at.desk().store.transaction(async (tx) => {
      await use(tx);
      await tx.record(request.session.id, { type: 'executed', statement: request.queryId });
    });
  };
  const outcome = async (asked: Awaited<ReturnType<typeof held>>) => {
    const found = await at.isFound('approval');
    const code = await consume(asked).then(() => 'ran', codeOf);
    const told = at.refused.includes('approval_refused');
    await at.restart();
    const again = await consume(asked).then(() => 'ran', codeOf);
    return { found, code, told, again };
  };
  const REFUSED = { found: true, code: 'approval_void', told: true, again: 'approval_void' };

  it('is used as it was given, also after a restart', async () => {
    const asked = await held({ needed: 2 });
    await approve(asked.id);
    await at.restart();
    await approve(asked.id, omar);
    expect(await compareLeave(at.desk().store, at.clock.now)).toEqual([]);
    await consume(asked);
    expect(at.refused).toEqual([]);
  });

  it('that nobody gave', async () => {
    const asked = await held();
    const usableUntil = at.clock.now + 60_000;
    const state = { phase: 'approved', votes: [vote(olga)], usableUntil };
    await at.change('approval', asked.id, { phase: 'approved', due_at: usableUntil, revision: 1 }, { state });
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it('with a vote that nobody gave, when somebody gives another', async () => {
    const asked = await held({ needed: 2 });
    const state = { phase: 'asked', votes: [vote(omar)] };
    await at.change('approval', asked.id, {}, { state });
    await expect(approve(asked.id)).rejects.toMatchObject({ code: 'approval_void' });
    expect(at.refused).toContain('approval_refused');
    const { relaySession } = at.recorder();
    const ends = await at.run(
      `SELECT 1 FROM recorded_event WHERE type = 'approval_ended' AND session <> '${relaySession}'`,
    );
    // Verification would find it to be forged.
    expect(ends).toEqual([]);
  });

  it('that was used', async () => {
    const asked = await held();
    await approve(asked.id);
    const row = await at.rowOf('approval', asked.id);
    await consume(asked);
    await at.change('approval', asked.id, { phase: 'approved', due_at: row['due_at'] }, row.content);
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it('that was cancelled when it had been given', async () => {
    const asked = await held();
    await approve(asked.id);
    const row = await at.rowOf('approval', asked.id);
    await at.desk().approvals.sessionEnded(asked.request.session.id);
    await at.change('approval', asked.id, { phase: 'approved', due_at: row['due_at'] }, row.content);
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it('that was denied', async () => {
    const asked = await held();
    const row = await at.rowOf('approval', asked.id);
    await at.desk().approvals.decide(olga, asked.id, answer(asked.approval, 'deny'));
    await at.change('approval', asked.id, { phase: 'asked', due_at: row['due_at'] }, row.content);
    await expect(approve(asked.id, omar)).rejects.toMatchObject({ code: 'approval_void' });
    expect(at.refused).toContain('approval_refused');
  });

  it('that is good for longer', async () => {
    const asked = await held();
    await approve(asked.id);
    const row = await at.rowOf('approval', asked.id);
    const usableUntil = 4_000_000_000_000;
    const state = { ...(row.content['state'] as Content), usableUntil };
    await at.change('approval', asked.id, { due_at: usableUntil }, { state });
    at.clock.now += 3_600_000;
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it('of more rows', async () => {
    const asked = await held();
    await at.desk().approvals.decide(olga, asked.id, answer(asked.approval, 'approve', { mostRows: 5 }));
    const row = await at.rowOf('approval', asked.id);
    const state = row.content['state'] as { votes: Content[] };
    const votes = state.votes.map((each) => ({ ...each, mostRows: 1_000_000 }));
    await at.change('approval', asked.id, {}, { state: { ...state, votes } });
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it('of any number of rows, with nobody who named one', async () => {
    const asked = await held();
    await at.desk().approvals.decide(olga, asked.id, answer(asked.approval, 'approve', { mostRows: 5 }));
    const { content } = await at.rowOf('approval', asked.id);
    await at.change('approval', asked.id, {}, { state: { ...(content['state'] as Content), votes: [] } });
    await expect(consume(asked)).rejects.toMatchObject({ code: 'approval_void' });
  });

  it('of more rows, while it is looked at', async () => {
    const asked = await held();
    await at.desk().approvals.decide(olga, asked.id, answer(asked.approval, 'approve', { mostRows: 5 }));
    const { content } = await at.rowOf('approval', asked.id);
    const state = content['state'] as { votes: Content[] };
    const votes = state.votes.map((each) => ({ ...each, mostRows: 1_000_000 }));
    await at.change('approval', asked.id, {}, { state: { ...state, votes } });
    const { use } = await at.desk().approvals.consume(asked.id, asked.request);
    await at.change('approval', asked.id, {}, { state });
    await expect(at.desk().store.transaction(use)).rejects.toMatchObject({ code: 'approval_void' });
  });

  it('for which approvers were shown another number of rows', async () => {
    const asked = await held();
    await approve(asked.id);
    const estimate = { rows: 1_000_000, bytes: null, partitions: null, note: '', at: 0 };
    await at.change('approval', asked.id, {}, { estimate });
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it('of another statement', async () => {
    const asked = await held();
    await approve(asked.id);
    const row = await at.rowOf('approval', asked.id);
    const request = { ...(row.content['request'] as Content), sql: 'DROP TABLE orders' };
    await at.change('approval', asked.id, {}, { request });
    const other = { ...asked, request: { ...asked.request, sql: 'DROP TABLE orders' } };
    const approval = (await at.desk().approvals.find(olga, asked.id)) as HeldApproval;
    await at.change('approval', asked.id, { binding: await bindingOf(boundRequestOfKept(approval)) });
    expect(await outcome(other)).toEqual(REFUSED);
  });

  /** One that has to be signed, and that a row lets somebody approve without. */
  const approvedUnsigned = async () => {
    const asked = await held({ signed: true });
    const row = await at.rowOf('approval', asked.id);
    const request = row.content['request'] as { decision: { ask: Content } };
    const decision = { ...request.decision, ask: { ...request.decision.ask, signed: false } };
    await at.change('approval', asked.id, {}, { request: { ...request, decision } });
    await approve(asked.id);
    return asked;
  };

  it('without the signature that the statement needs', async () => {
    const { id, request } = await approvedUnsigned();
    await expect(at.desk().approvals.consume(id, request)).rejects.toMatchObject({
      code: 'approval_void',
      message: expect.stringContaining('signed') as string,
    });
  });

  it('with a signature that is not on the record', async () => {
    const asked = await approvedUnsigned();
    const { content } = await at.rowOf('approval', asked.id);
    const state = content['state'] as { votes: Content[] };
    const signature = { key: '', algorithm: 'Ed25519', value: 'c2lnbmVk', decidedAt: '' };
    const votes = state.votes.map((each) => ({ ...each, signature }));
    await at.change('approval', asked.id, {}, { state: { ...state, votes } });
    expect(await outcome(asked)).toEqual(REFUSED);
  });

  it.each([false, true])('of somebody whom a row lets approve, and makes an owner: %s', async (asOwner) => {
    const asked = await held({ escalate: { afterSeconds: 60, to: ['admins'] } });
    const row = await at.rowOf('approval', asked.id);
    const request = row.content['request'] as { decision: { ask: Content } };
    const ask = { ...request.decision.ask, escalate: { afterSeconds: 0, to: ['analysts'] } };
    await at.change(
      'approval',
      asked.id,
      {},
      { escalated: true, request: { ...request, decision: { ...request.decision, ask } } },
    );
    await approve(asked.id, eve);
    const { content } = await at.rowOf('approval', asked.id);
    const state = content['state'] as { votes: { by: Content }[] };
    const votes = state.votes.map((each) => ({ ...each, by: { ...each.by, groups: ['owners'] } }));
    if (asOwner) await at.change('approval', asked.id, {}, { state: { ...state, votes } });
    await expect(consume(asked)).rejects.toMatchObject({ code: 'approval_void' });
  });
});

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
