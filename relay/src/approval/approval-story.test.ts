import { bindingOf, type EventBody } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { AskTerms } from '../policy/index.ts';
import {
  type Approval,
  type ApprovalId,
  boundAccessOf,
  boundRequestOfKept,
  type HeldApproval,
} from './approval.ts';
import { APPROVAL_STORY, type ApprovalOnRecord, lacksVotes, wrongApproval } from './approval-story.ts';
import { summaryOf } from './person.ts';
import type { ApprovalState, Vote } from './state.ts';
import { accessRequest, ada, deleteRequest, NINE, owners, person } from './testing.ts';

const [olga, omar] = owners;
const at = (ms: number) => new Date(ms).toISOString();

function voteOf(by = olga, change: Partial<Vote> = {}): Vote {
  return {
    by,
    at: NINE,
    comment: '',
    proposal: null,
    mostRows: 5,
    grantSeconds: 60,
    grantRows: 10,
    signature: { key: 'k', algorithm: 'Ed25519', value: 'signed', decidedAt: at(NINE) },
    ...change,
  };
}

type Decided = Extract<EventBody, { type: 'approval_decided' }>;

/** As the record has a vote. */
function decidedOf({ by, ...vote }: Vote, change: Partial<Decided> = {}): Decided {
  return {
    type: 'approval_decided',
    approval: 'a1',
    statement: 'q1',
    binding: 'b1',
    verdict: 'approve',
    by: summaryOf(by),
    comment: '',
    proposal: null,
    mostRows: vote.mostRows,
    grantSeconds: vote.grantSeconds,
    grantRows: vote.grantRows,
    signature: vote.signature,
    ...change,
  };
}

async function held(state: ApprovalState, change: Partial<HeldApproval> = {}): Promise<HeldApproval> {
  const approval: HeldApproval = {
    id: '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11' as ApprovalId,
    request: deleteRequest(ada, { validForSeconds: 60 }),
    binding: '',
    bindsDigest: 'd'.repeat(64),
    salt: '0'.repeat(32),
    shape: 'shape',
    askedAt: NINE,
    expiresAt: NINE + 600_000,
    escalated: false,
    estimate: null,
    state,
    revision: 0,
    seq: 3,
    ...change,
  };
  return { ...approval, binding: await bindingOf(boundRequestOfKept(approval)) };
}

const onRecord = (approval: Approval, change: Partial<ApprovalOnRecord> = {}) => ({
  state: {
    id: approval.id,
    statement: 'q1',
    binding: approval.binding,
    votes: approval.state.votes.map((vote) => decidedOf(vote)),
    rows: null,
    ended: null,
    isExecuted: false,
    ...change,
  },
});

describe('a request for approval as the record tells it', () => {
  const asked = { type: 'approval_asked', approval: 'a1', statement: 'q1', binding: 'b1' } as EventBody;
  const told = (...bodies: readonly EventBody[]) => {
    const events = [asked, ...bodies].map((body, index) => ({ body, at: at(NINE + index * 1_000) }));
    type Event = Parameters<typeof APPROVAL_STORY.begin>[0];
    const [first, ...later] = events as unknown as readonly [Event, ...Event[]];
    const begun = APPROVAL_STORY.begin(first)!;
    return later.reduce((state, event) => APPROVAL_STORY.next(state, event), begun);
  };
  const begun = {
    id: 'a1',
    statement: 'q1',
    binding: 'b1',
    votes: [],
    rows: null,
    ended: null,
    isExecuted: false,
  };

  it('begins where it is asked, and nowhere else', () => {
    type Event = Parameters<typeof APPROVAL_STORY.begin>[0];
    const begin = (body: object) => APPROVAL_STORY.begin({ body, at: at(NINE) } as unknown as Event);
    expect(begin(asked)).toEqual(begun);
    expect(begin({ ...asked, type: 'access_asked' })).toEqual(begun);
    expect(begin({ ...asked, type: 'approval_ended' })).toBe(null);
    expect([...APPROVAL_STORY.types].sort()).toEqual([
      'access_asked',
      'approval_asked',
      'approval_decided',
      'approval_ended',
      'executed',
      'notice',
    ]);
  });

  it('counts the approvals that it got, and no others', () => {
    const vote = decidedOf(voteOf());
    expect(told(vote, decidedOf(voteOf(omar))).votes).toHaveLength(2);
    expect(told({ ...vote, verdict: 'deny' })).toEqual(begun);
    expect(told({ ...vote, approval: 'a2' })).toEqual(begun);
  });

  it('has the number of rows that approvers were shown last', () => {
    const shown = (approval: string, rows?: string): EventBody => ({
      type: 'notice',
      what: 'approval_estimated',
      detail: { approval, ...(rows === undefined ? {} : { rows }) },
    });
    expect(told(shown('a1', '7'), shown('a1', '9'), shown('a2', '1')).rows).toBe('9');
    expect(told(shown('a1', '7'), shown('a1')).rows).toBe(null);
    expect(told({ ...shown('a1', '7'), what: 'grant_given' } as EventBody).rows).toBe(null);
  });

  it('has its own end, and whether its statement was begun', () => {
    const ended = { type: 'approval_ended', approval: 'a1', how: 'approved' } as EventBody;
    expect(told(ended).ended).toEqual({ how: 'approved', at: at(NINE + 1_000) });
    expect(told({ ...ended, approval: 'a2' } as EventBody).ended).toBe(null);
    const executed = { type: 'executed', statement: 'q1' } as EventBody;
    expect(told(executed).isExecuted).toBe(true);
    expect(told({ ...executed, statement: 'q2' } as EventBody).isExecuted).toBe(false);
  });
});

describe('a row that is open', () => {
  const asked = (votes: readonly Vote[] = [voteOf()]) => held({ phase: 'asked', votes });
  const WRONG = 'which is not what was asked on the record';

  it('is what was asked', async () => {
    const approval = await asked();
    expect(await wrongApproval(approval, onRecord(approval))).toBe(null);
    expect(await wrongApproval(approval, { why: 'which nobody asked' })).toBe('which nobody asked');
    expect(await wrongApproval(approval, onRecord(approval, { id: 'a2' }))).toBe(WRONG);
    expect(await wrongApproval(approval, onRecord(approval, { binding: 'b2' }))).toBe(WRONG);
    // Its own binding is of something else than it says.
    const other = { ...approval, request: { ...approval.request, sql: 'DELETE FROM orders' } };
    expect(await wrongApproval(other, onRecord(other))).toBe(WRONG);
  });

  it('is what was asked ahead', async () => {
    const { state, ...approval } = await asked();
    const ahead = { ...approval, state, request: accessRequest(ada) };
    const right = { ...ahead, binding: await bindingOf(boundAccessOf(ahead)) };
    expect(await wrongApproval(right, onRecord(right))).toBe(null);
    expect(await wrongApproval(ahead, onRecord(ahead))).toBe(WRONG);
  });

  it('has no vote that nobody gave', async () => {
    const approval = await asked([voteOf(), voteOf(omar)]);
    const all = onRecord(approval);
    expect(await wrongApproval(approval, all)).toBe(null);
    const [one] = all.state.votes;
    expect(await wrongApproval(approval, onRecord(approval, { votes: [one!] }))).toMatch(
      /a vote that is not/,
    );
    // Of somebody who is out, it was taken from the row.
    const fewer = await asked([voteOf()]);
    expect(await wrongApproval(fewer, onRecord(fewer, { votes: all.state.votes }))).toBe(null);
  });

  it.each<[string, Partial<Decided>]>([
    ['person', { by: { ...summaryOf(olga), id: 'other' } }],
    ['spelling', { by: { ...summaryOf(olga), subject: 'OLGA' } }],
    ['group', { by: { ...summaryOf(olga), groups: ['guests'] } }],
    ['number of rows', { mostRows: 4 }],
    ['length', { grantSeconds: 61 }],
    ['number of rows in all', { grantRows: 11 }],
    ['signature', { signature: null }],
  ])('has each vote as it was given: another %s', async (_, change) => {
    const approval = await asked();
    const votes = [decidedOf(voteOf(), change)];
    expect(await wrongApproval(approval, onRecord(approval, { votes }))).toMatch(/a vote that is not/);
  });

  it('may have votes that nobody signed', async () => {
    const approval = await asked([voteOf(olga, { signature: null })]);
    expect(await wrongApproval(approval, onRecord(approval))).toBe(null);
  });

  it('has the number of rows that approvers were shown', async () => {
    const state: ApprovalState = { phase: 'asked', votes: [] };
    const estimate = { rows: 7, bytes: null, partitions: null, note: '', at: NINE };
    const approval = await held(state, { estimate });
    expect(await wrongApproval(approval, onRecord(approval, { rows: '7' }))).toBe(null);
    expect(await wrongApproval(approval, onRecord(approval, { rows: '8' }))).toMatch(/were not shown/);
    expect(await wrongApproval(approval, onRecord(approval))).toMatch(/were not shown/);
    const unknown = await held(state, { estimate: { ...estimate, rows: null } });
    expect(await wrongApproval(unknown, onRecord(unknown))).toBe(null);
  });

  it('has not ended while it waits', async () => {
    const approval = await asked();
    const ended = { how: 'denied', at: at(NINE) };
    expect(await wrongApproval(approval, onRecord(approval, { ended }))).toBe(
      'which has ended on the record',
    );
  });

  it('is good for as long as it was approved for, once, and a little longer for a clock that was put back', async () => {
    const until = (ms: number) => held({ phase: 'approved', votes: [voteOf()], usableUntil: ms });
    const ended = { how: 'approved', at: at(NINE) };
    const right = await until(NINE + 65_000);
    expect(await wrongApproval(right, onRecord(right, { ended }))).toBe(null);
    const late = await until(NINE + 65_001);
    expect(await wrongApproval(late, onRecord(late, { ended }))).toMatch(/longer than was approved/);
    const never = await until(NaN);
    expect(await wrongApproval(never, onRecord(never, { ended }))).toMatch(/longer than was approved/);
    expect(await wrongApproval(right, onRecord(right))).toMatch(/not approved on the record/);
    const denied = onRecord(right, { ended: { ...ended, how: 'denied' } });
    expect(await wrongApproval(right, denied)).toMatch(/not approved on the record/);
    expect(await wrongApproval(right, onRecord(right, { ended, isExecuted: true }))).toMatch(/was used/);
  });

  it('is not looked at further once it is over', async () => {
    const approval = await held({ phase: 'expired', votes: [] });
    expect(await wrongApproval(approval, onRecord(approval, { isExecuted: true }))).toBe(null);
  });
});

describe('the votes that a statement needs as it runs', () => {
  const lacking = async (votes: readonly Vote[], ask: Partial<AskTerms> = {}) =>
    lacksVotes(await held({ phase: 'approved', votes, usableUntil: NINE }), deleteRequest(ada, ask));

  it('are of so many people, of those groups, and signed where they must be', async () => {
    expect(await lacking([voteOf()])).toBe(null);
    expect(await lacking([voteOf(), voteOf(omar)], { needed: 2, signed: true })).toBe(null);
    expect(await lacking([voteOf()], { needed: 2 })).toMatch(/fewer people/);
    const [guest, boss] = [person('guest', ['guests']), person('boss', ['bosses'])];
    expect(await lacking([voteOf(), voteOf(guest)])).toMatch(/who may not/);
    expect(await lacking([voteOf(boss)], { escalate: { afterSeconds: 60, to: ['bosses'] } })).toBe(null);
    expect(await lacking([voteOf(boss)])).toMatch(/who may not/);
    const plain = voteOf(omar, { signature: null });
    expect(await lacking([voteOf(), plain], { signed: true })).toMatch(/not signed/);
    expect(await lacking([voteOf(), plain])).toBe(null);
  });
});
