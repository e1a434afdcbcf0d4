import { describe, expect, it } from 'vitest';
import type { Identity } from '../identity/index.ts';
import {
  advance,
  type ApprovalInput,
  type ApprovalState,
  type ApprovalTerms,
  INTEGRATION_ISSUER,
  refusalFor,
  type Vote,
} from './state.ts';
import { ada, NINE, owners, person } from './testing.ts';

const [olga, omar] = owners;
const EXPIRES = NINE + 600_000;
const terms: ApprovalTerms = {
  requester: ada,
  groups: ['owners'],
  needed: 2,
  expiresAt: EXPIRES,
  validForMs: 60_000,
  gives: 'run',
  signIn: { withinSeconds: 3_600, acr: null },
};
const vote = (by: Identity, at = NINE): Vote => ({
  by,
  at,
  comment: '',
  proposal: null,
  mostRows: null,
  grantSeconds: null,
  grantRows: null,
  signature: null,
});
const votes = [vote(olga)];
const asked: ApprovalState = { phase: 'asked', votes };
const approved: ApprovalState = { phase: 'approved', votes, usableUntil: NINE + 60_000 };
const OVER: readonly ApprovalState[] = [
  { phase: 'denied', votes, denial: vote(omar) },
  { phase: 'expired', votes },
  { phase: 'cancelled', votes, why: 'so' },
  { phase: 'void', votes, why: 'so' },
  { phase: 'used', votes },
];
const by = (state: ApprovalState, input: ApprovalInput, now = NINE, change: Partial<ApprovalTerms> = {}) =>
  advance({ ...terms, ...change }, state, input, now);
const isOlga = ({ subject }: Identity) => subject === 'olga';

describe('a request that is asked about', () => {
  it('goes on until as many as are needed have approved, and is usable from then', () => {
    const none: ApprovalState = { phase: 'asked', votes: [] };
    const first = by(none, { type: 'approve', vote: vote(olga) });
    expect(first).toEqual({ state: { phase: 'asked', votes }, refusal: null });
    const last = vote(omar, NINE + 5);
    expect(by(first.state, { type: 'approve', vote: last }, NINE + 5)).toEqual({
      state: { phase: 'approved', votes: [votes[0], last], usableUntil: NINE + 60_005 },
      refusal: null,
    });
  });

  it.each<[string, ApprovalInput, ApprovalState]>([
    ['one denial', { type: 'deny', vote: vote(omar) }, { phase: 'denied', votes, denial: vote(omar) }],
    [
      'a denial by who approved',
      { type: 'deny', vote: vote(olga) },
      { phase: 'denied', votes, denial: vote(olga) },
    ],
    ['the client', { type: 'cancel', why: 'gone' }, { phase: 'cancelled', votes, why: 'gone' }],
    ['a change', { type: 'void', why: 'changed' }, { phase: 'void', votes, why: 'changed' }],
  ])('is ended by %s, approved or not', (_, input, state) => {
    expect(by(asked, input)).toEqual({ state, refusal: null });
    expect(by(approved, input)).toEqual({ state, refusal: null });
  });

  it('cannot be used', () => {
    expect(by(asked, { type: 'consume', matches: true })).toEqual({ state: asked, refusal: 'ended' });
  });

  it('loses the votes of those who are out, and an approval without them is void', () => {
    const both = { ...asked, votes: [...votes, vote(omar)] } as const;
    const out: ApprovalInput = { type: 'revoke_votes', isRevoked: isOlga };
    expect(by(both, out).state).toEqual({ phase: 'asked', votes: [vote(omar)] });
    expect(by({ ...approved, ...both, phase: 'approved' }, out).state).toEqual({
      phase: 'void',
      votes: [vote(omar)],
      why: 'an approver was revoked',
    });
    const nobody: ApprovalInput = { type: 'revoke_votes', isRevoked: () => false };
    expect([by(asked, nobody).state, by(approved, nobody).state]).toEqual([asked, approved]);
  });
});

describe('a request that is approved', () => {
  it('is used once, by what was approved', () => {
    const { state } = by(approved, { type: 'consume', matches: true });
    expect(state).toEqual({ phase: 'used', votes });
    expect(by(state, { type: 'consume', matches: true })).toEqual({ state, refusal: 'ended' });
  });

  it('is void when something else would run', () => {
    expect(by(approved, { type: 'consume', matches: false })).toEqual({
      state: { phase: 'void', votes, why: 'what was approved is no longer what would run' },
      refusal: null,
    });
  });

  it('takes no more votes for it', () => {
    expect(by(approved, { type: 'approve', vote: vote(omar) })).toEqual({
      state: approved,
      refusal: 'ended',
    });
  });
});

describe('time', () => {
  it.each([
    ['asked about', asked, EXPIRES],
    ['approved', approved, NINE + 60_000],
  ] as const)('ends a request that is %s, at the moment that it says', (_, state, until) => {
    expect(by(state, { type: 'time' }, until - 1)).toEqual({ state, refusal: null });
    const over = { state: { phase: 'expired', votes }, refusal: null };
    expect(by(state, { type: 'time' }, until)).toEqual(over);
    expect(by(state, { type: 'time' }, Number.NaN)).toEqual(over);
  });

  it('has passed before anything else is looked at', () => {
    expect(by(asked, { type: 'approve', vote: vote(omar) }, EXPIRES)).toEqual({
      state: { phase: 'expired', votes },
      refusal: 'ended',
    });
    expect(by(approved, { type: 'consume', matches: true }, NINE + 60_000)).toMatchObject({
      refusal: 'ended',
    });
  });
});

describe.each(OVER.map((state) => [state.phase, state] as const))(
  'a request that is over: %s',
  (_, state) => {
    it.each<[string, ApprovalInput]>([
      ['an approval', { type: 'approve', vote: vote(omar) }],
      ['a denial', { type: 'deny', vote: vote(omar) }],
      ['a client that goes away', { type: 'cancel', why: 'gone' }],
      ['a change', { type: 'void', why: 'changed' }],
      ['its statement', { type: 'consume', matches: true }],
    ])('stays so, whatever comes: %s', (_, input) => {
      expect(by(state, input)).toEqual({ state, refusal: 'ended' });
    });

    it('is no other for what happens to those who voted, or for time', () => {
      expect(by(state, { type: 'revoke_votes', isRevoked: () => true }).state).toBe(state);
      expect(by(state, { type: 'time' }, Number.MAX_SAFE_INTEGER).state).toBe(state);
    });
  },
);

describe('a vote counts', () => {
  it('once a person, whichever account it comes from', () => {
    const again = person('olga-2', ['owners'], { email: 'olga@example.com' });
    for (const who of [olga, again])
      expect(by(asked, { type: 'approve', vote: vote(who) })).toEqual({
        state: asked,
        refusal: 'already_voted',
      });
  });

  it('not where it cannot be told whose it is', () => {
    const unnamed = person('otto', ['owners'], { email: null });
    const refused = by(asked, { type: 'approve', vote: vote(unnamed) }, NINE, {
      requester: person('ada', []),
    });
    expect(refused).toMatchObject({
      state: asked,
      refusal: { unclear: expect.stringContaining('carry no') as string },
    });
    // Whoever asked can be told from them; one who has voted cannot.
    const pipeline = person('ci', [], { kind: 'workload', person: {} });
    const unclear = by(asked, { type: 'approve', vote: vote(unnamed) }, NINE, { requester: pipeline });
    expect(unclear).toMatchObject({ state: asked, refusal: { unclear: expect.any(String) as string } });
  });
});

describe('somebody may decide', () => {
  const integration = person('servicenow', ['owners'], {
    issuer: INTEGRATION_ISSUER,
    kind: 'workload',
    person: {},
  });
  it.each<[string, Identity, string | null]>([
    ['an approver', olga, null],
    ['an integration that the relay names', integration, null],
    ['who asked, whatever their groups', person('ada', ['owners', 'admins']), 'own_request'],
    ['who is in none of the groups', person('mallory', ['analysts']), 'not_an_approver'],
    ['a pipeline', person('ci', ['owners'], { kind: 'workload', person: {} }), 'not_a_person'],
    ['a token that runs SQL', person('olga', ['owners'], { mayDecide: false }), 'not_to_decide'],
  ])('%s', (_, who, refusal) => {
    expect(refusalFor(terms, who, NINE)).toBe(refusal);
  });

  it('with a sign-in that will do', () => {
    expect(
      refusalFor(terms, person('olga', ['owners'], { signedInAt: NINE - 3_600_001 }), NINE),
    ).toMatchObject({
      signIn: { code: 'sign_in_needed' },
    });
    const hardware = { ...terms, signIn: { withinSeconds: 3_600, acr: ['phr'] } };
    expect(refusalFor(hardware, olga, NINE)).toMatchObject({ signIn: { code: 'sign_in_needed' } });
    expect(refusalFor(hardware, { ...olga, acr: 'phr' }, NINE)).toBeNull();
  });
});
