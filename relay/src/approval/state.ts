import type { SluiceError } from '../errors.ts';
import { type Identity, sameness, signInProblem, type SignInTerms } from '../identity/index.ts';
import { isMember } from './person.ts';

/** Where one request for approval stands. Times are milliseconds since the epoch. */
export type ApprovalState =
  | Asked
  | Approved
  /** Access that was asked for has been given: there is nothing to use up, and no more to decide. */
  | { readonly phase: 'granted'; readonly votes: readonly Vote[] }
  | { readonly phase: 'denied'; readonly votes: readonly Vote[]; readonly denial: Vote }
  | { readonly phase: 'expired'; readonly votes: readonly Vote[] }
  | { readonly phase: 'cancelled'; readonly votes: readonly Vote[]; readonly why: string }
  | { readonly phase: 'void'; readonly votes: readonly Vote[]; readonly why: string }
  | { readonly phase: 'used'; readonly votes: readonly Vote[] };

export interface Asked {
  readonly phase: 'asked';
  /** Approvals so far, one a person. */
  readonly votes: readonly Vote[];
}

export interface Approved {
  readonly phase: 'approved';
  readonly votes: readonly Vote[];
  /** The statement must start before then. */
  readonly usableUntil: number;
}

export interface Vote {
  readonly by: Identity;
  readonly at: number;
  readonly comment: string;
  /** With a denial: a narrower statement that the approver would approve. */
  readonly proposal: string | null;
  /** With an approval: rows that the statement, and each under a grant, may hit; null: as many as was shown. */
  readonly mostRows: number | null;
  /** With an approval: how long like statements may run without being asked about. */
  readonly grantSeconds: number | null;
  /** With a grant: rows that all of those may hit. */
  readonly grantRows: number | null;
  readonly signature: VoteSignature | null;
}

export interface VoteSignature {
  readonly key: string;
  readonly algorithm: 'Ed25519';
  readonly value: string;
  readonly decidedAt: string;
}

/** What was set when the request was made, but for `groups`, which escalation extends. */
export interface ApprovalTerms {
  readonly requester: Identity;
  readonly groups: readonly string[];
  readonly needed: number;
  readonly expiresAt: number;
  /** From the last approval. */
  readonly validForMs: number;
  /** What enough approvals come to: that a held statement may run, once, or a grant. */
  readonly gives: 'run' | 'grant';
  readonly signIn: SignInTerms;
}

export type ApprovalInput =
  | { readonly type: 'time' }
  | { readonly type: 'approve'; readonly vote: Vote }
  | { readonly type: 'deny'; readonly vote: Vote }
  | { readonly type: 'cancel'; readonly why: string }
  | { readonly type: 'void'; readonly why: string }
  /** Votes of people who are out no longer count. */
  | { readonly type: 'revoke_votes'; readonly isRevoked: (voter: Identity) => boolean }
  /** The statement is about to run; `matches`: what is bound is what would run. */
  | { readonly type: 'consume'; readonly matches: boolean };

export type Refusal =
  | 'ended'
  | 'own_request'
  | 'not_an_approver'
  | 'not_a_person'
  | 'already_voted'
  | 'not_to_decide'
  /** It cannot be told whether they are another person than who asked, or than somebody who has voted; why. */
  | { readonly unclear: string }
  | { readonly signIn: SluiceError };

export interface Advance {
  /** The same object when nothing changed. Time may change it even when the input was refused. */
  readonly state: ApprovalState;
  readonly refusal: Refusal | null;
}

/** The one way from state to state: pure, total, and closed against what does not fit. */
export function advance(
  terms: ApprovalTerms,
  before: ApprovalState,
  input: ApprovalInput,
  now: number,
): Advance {
  const state = expire(terms, before, now);
  switch (input.type) {
    case 'time':
      return { state, refusal: null };
    case 'approve':
      return approve(terms, state, input.vote, now);
    case 'deny':
      return deny(terms, state, input.vote, now);
    case 'cancel':
      return end(state, { phase: 'cancelled', votes: state.votes, why: input.why });
    case 'void':
      return end(state, { phase: 'void', votes: state.votes, why: input.why });
    case 'revoke_votes':
      return revokeVotes(state, input.isRevoked);
    case 'consume':
      return consume(state, input.matches);
    default:
      return input satisfies never;
  }
}

/** Whether somebody may decide: null, or why not. Asked anew at each decision, of the groups they have then. */
export function refusalFor(
  terms: Pick<ApprovalTerms, 'requester' | 'groups' | 'signIn'>,
  who: Identity,
  now: number,
): Exclude<Refusal, 'ended' | 'already_voted'> | null {
  const asRequester = sameness(who, terms.requester);
  if (asRequester.is === 'same') return 'own_request';
  if (!isMember(who, terms.groups)) return 'not_an_approver';
  if (who.kind !== 'person' && who.issuer !== INTEGRATION_ISSUER) return 'not_a_person';
  if (!who.mayDecide) return 'not_to_decide';
  if (asRequester.is === 'unclear') return { unclear: asRequester.why };
  const signIn = signInProblem(who, terms.signIn, now);
  return signIn === null ? null : { signIn };
}

/** The issuer of named integrations (ticketing and the like), which the relay's own configuration lets decide. */
export const INTEGRATION_ISSUER = 'sluice:integration';

export function isOpen(state: ApprovalState): state is Asked | Approved {
  return state.phase === 'asked' || state.phase === 'approved';
}

function expire(terms: ApprovalTerms, state: ApprovalState, now: number): ApprovalState {
  const until =
    state.phase === 'asked' ? terms.expiresAt : state.phase === 'approved' ? state.usableUntil : null;
  // Put so that a time that is not a number is over.
  return until !== null && !(now < until) ? { phase: 'expired', votes: state.votes } : state;
}

function approve(terms: ApprovalTerms, state: ApprovalState, vote: Vote, now: number): Advance {
  if (state.phase !== 'asked') return { state, refusal: 'ended' };
  const refusal = refusalFor(terms, vote.by, now) ?? secondVote(state.votes, vote.by);
  if (refusal !== null) return { state, refusal };
  const votes = [...state.votes, vote];
  if (votes.length < terms.needed) return { state: { phase: 'asked', votes }, refusal: null };
  const agreed: ApprovalState =
    terms.gives === 'grant'
      ? { phase: 'granted', votes }
      : { phase: 'approved', votes, usableUntil: now + terms.validForMs };
  return { state: agreed, refusal: null };
}

/** A person counts once; who may be somebody that has voted does not count at all. */
function secondVote(votes: readonly Vote[], who: Identity): Refusal | null {
  const asVoters = votes.map(({ by }) => sameness(by, who));
  if (asVoters.some((as) => as.is === 'same')) return 'already_voted';
  const unclear = asVoters.find((as) => as.is === 'unclear');
  return unclear === undefined ? null : { unclear: unclear.why };
}

/** One denial ends it, even by somebody who approved before: taking back is always possible until it runs. */
function deny(terms: ApprovalTerms, state: ApprovalState, vote: Vote, now: number): Advance {
  if (!isOpen(state)) return { state, refusal: 'ended' };
  const refusal = refusalFor(terms, vote.by, now);
  if (refusal !== null) return { state, refusal };
  return { state: { phase: 'denied', votes: state.votes, denial: vote }, refusal: null };
}

function end(state: ApprovalState, ended: ApprovalState): Advance {
  return isOpen(state) ? { state: ended, refusal: null } : { state, refusal: 'ended' };
}

function revokeVotes(state: ApprovalState, isRevoked: (voter: Identity) => boolean): Advance {
  if (!isOpen(state) || !state.votes.some(({ by }) => isRevoked(by))) return { state, refusal: null };
  const votes = state.votes.filter(({ by }) => !isRevoked(by));
  return state.phase === 'asked'
    ? { state: { phase: 'asked', votes }, refusal: null }
    : { state: { phase: 'void', votes, why: 'an approver was revoked' }, refusal: null };
}

function consume(state: ApprovalState, matches: boolean): Advance {
  if (state.phase !== 'approved') return { state, refusal: 'ended' };
  return {
    state: matches
      ? { phase: 'used', votes: state.votes }
      : { phase: 'void', votes: state.votes, why: 'what was approved is no longer what would run' },
    refusal: null,
  };
}
