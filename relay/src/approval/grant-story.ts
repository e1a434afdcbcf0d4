import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import type { Followed, Story } from '../recording/index.ts';
import type { Grant, LiveGrant } from './grant.ts';

/** A grant as the record has it. */
export interface GrantOnRecord {
  readonly id: string;
  readonly digest: string;
  readonly isRevoked: boolean;
  /** Of its rows, what no statement has, as far as is known. */
  readonly rowsLeft: number;
  /** Rows that statements have taken beforehand, and not yet counted. */
  readonly taken: ReadonlyMap<string, number>;
}

/** The events of its own session; each use by another session is told there as well. */
export const GRANT_STORY: Story<GrantOnRecord> = {
  types: ['notice'],
  begin({ body }) {
    if (body.type !== 'notice' || body.what !== 'grant_given') return null;
    const { grant: id, digest, rowsInAll } = body.detail;
    if (id === undefined || digest === undefined) return null;
    return { id, digest, isRevoked: false, rowsLeft: Number(rowsInAll), taken: new Map() };
  },
  next(state, { body }) {
    if (body.type !== 'notice' || body.detail['grant'] !== state.id) return state;
    const { statement = '', rows } = body.detail;
    const taken = new Map(state.taken);
    switch (body.what) {
      case 'grant_revoked':
        return { ...state, isRevoked: true };
      case 'grant_used':
        taken.set(statement, Number(rows));
        return { ...state, rowsLeft: state.rowsLeft - Number(rows), taken };
      case 'grant_counted': {
        const back = Math.max(0, (taken.get(statement) ?? 0) - Number(rows));
        taken.delete(statement);
        return { ...state, rowsLeft: state.rowsLeft + back, taken };
      }
      default:
        return state;
    }
  },
};

/** Of all that it is, in hex: goes on the record with it. */
export function grantDigest(grant: Omit<Grant, 'seq'>): string {
  const { id, approval, purpose, requester, bounds, rows, rowsInAll, covers, givenBy, groups, session } =
    grant;
  const { givenAt, startsAt, expiresAt } = grant;
  const all = { id, approval, purpose, requester, bounds, rows, rowsInAll, covers, givenBy, groups, session };
  return createHash('sha256')
    .update(canonicalJson({ ...all, givenAt, startsAt, expiresAt }))
    .digest('hex');
}

/** Why a row is not the grant that the record has; null when it is. */
export function wrongGrant(grant: LiveGrant, followed: Followed<GrantOnRecord>): string | null {
  if (!('state' in followed)) return followed.why;
  const { digest, isRevoked, rowsLeft } = followed.state;
  if (grantDigest(grant) !== digest) return 'which is not what was given on the record';
  if (isRevoked) return 'which was taken back on the record';
  return grant.rowsLeft > rowsLeft ? 'which has more rows left than the record leaves it' : null;
}
