import { type AskTerms, GRANT_ROWS } from '../policy/index.ts';
import type { HeldApproval } from './approval.ts';
import type { Vote } from './state.ts';

/** How many statements as large as the approved one a grant is for, when nobody says a number of rows in all. */
const STATEMENTS = 10;

export interface GrantRows {
  /** Of each statement. */
  readonly rows: number;
  readonly rowsInAll: number;
}

/** The most that the policy lets anybody give, for each statement and for all of them. */
export function rowsUpTo({ grantRows = GRANT_ROWS }: AskTerms): number {
  return grantRows;
}

/**
 * How many rows a grant is for by one approver's answer: what they said, else what they were shown. Null when neither
 * is known; of a statement that hits nothing, nothing can be granted unless somebody says so.
 */
export function grantRowsOf(
  { request, estimate }: Pick<HeldApproval, 'request' | 'estimate'>,
  { mostRows, grantRows }: Pick<Vote, 'mostRows' | 'grantRows'>,
): GrantRows | null {
  const rows = mostRows ?? estimate?.rows ?? 0;
  if (rows === 0) return null;
  return {
    rows,
    rowsInAll: grantRows ?? Math.max(rows, Math.min(rows * STATEMENTS, rowsUpTo(request.decision.ask))),
  };
}

/** Of several approvers' answers, the fewest; null unless all of them come to a number. */
export function fewestRows(approval: HeldApproval): GrantRows | null {
  const each = approval.state.votes.map((vote) => grantRowsOf(approval, vote));
  const known = each.filter((rows) => rows !== null);
  if (known.length === 0 || known.length < each.length) return null;
  return {
    rows: Math.min(...known.map(({ rows }) => rows)),
    rowsInAll: Math.min(...known.map(({ rowsInAll }) => rowsInAll)),
  };
}
