import { type AccessApproval, type Approval, type HeldApproval, isAccess, isHeld } from './approval.ts';
import { fewestRows, type GrantRows } from './grant-rows.ts';
import type { Vote } from './state.ts';

/** How many rows a grant is for, and when it is in force. Milliseconds since the epoch. */
export interface GivenTerms extends GrantRows {
  readonly startsAt: number;
  readonly expiresAt: number;
}

/** What the votes on a request give: of several, the shortest and the fewest. Null when they give no grant. */
export function givenBy(approval: Approval, now: number): GivenTerms | null {
  if (isHeld(approval)) return givenWithStatement(approval, now);
  return isAccess(approval) ? givenAhead(approval, approval.state.votes, now) : null;
}

/** Only when everybody has said that they give one. */
function givenWithStatement(approval: HeldApproval, now: number): GivenTerms | null {
  const { votes } = approval.state;
  const seconds = votes.map(({ grantSeconds }) => grantSeconds).filter((wanted) => wanted !== null);
  if (seconds.length === 0 || seconds.length < votes.length) return null;
  const rows = fewestRows(approval);
  return rows && { ...rows, startsAt: now, expiresAt: now + Math.min(...seconds) * 1000 };
}

/** What was asked for, or the less that approvers have named; null when that would be over by now. */
export function givenAhead(
  { request: { terms } }: Pick<AccessApproval, 'request'>,
  votes: readonly Pick<Vote, 'mostRows' | 'grantRows' | 'grantSeconds'>[],
  now: number,
): GivenTerms | null {
  const least = (asked: number, name: 'mostRows' | 'grantRows' | 'grantSeconds') =>
    Math.min(asked, ...votes.map((vote) => vote[name] ?? asked));
  const from = terms.from === null ? now : Date.parse(terms.from);
  const expiresAt = from + least(terms.seconds, 'grantSeconds') * 1000;
  const rowsInAll = least(terms.rowsInAll, 'grantRows');
  // Put so that a time that is not a number is over.
  if (!(now < expiresAt)) return null;
  const rows = Math.min(least(terms.rows, 'mostRows'), rowsInAll);
  return { rows, rowsInAll, startsAt: Math.max(from, now), expiresAt };
}
