import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import type { Followed, Story } from '../recording/index.ts';
import type { Opening } from './opening.ts';

/** An opened break-glass statement as the record has it. */
export interface OpeningOnRecord {
  readonly id: string;
  readonly digest: string;
  readonly isUsed: boolean;
}

export const OPENING_STORY: Story<OpeningOnRecord> = {
  types: ['notice'],
  begin({ body }) {
    if (body.type !== 'notice' || body.what !== 'break_glass_opened') return null;
    const { opening: id, digest } = body.detail;
    return id === undefined || digest === undefined ? null : { id, digest, isUsed: false };
  },
  next(state, { body }) {
    const isUse = body.type === 'notice' && body.what === 'break_glass_opening_used';
    return isUse && body.detail['opening'] === state.id ? { ...state, isUsed: true } : state;
  },
};

/** Of all that it is, in hex: goes on the record with it. */
export function openingDigest({
  id,
  by,
  reason,
  sql,
  database,
  schema,
  until,
}: Omit<Opening, 'seq'>): string {
  return createHash('sha256')
    .update(canonicalJson({ id, by, reason, sql, database, schema, until }))
    .digest('hex');
}

/** Why a row is not what somebody has opened, by the record; null when it is. */
export function wrongOpening(opening: Opening, followed: Followed<OpeningOnRecord>): string | null {
  if (!('state' in followed)) return followed.why;
  const { digest, isUsed } = followed.state;
  if (openingDigest(opening) !== digest) return 'which is not what was opened on the record';
  return isUsed ? 'which was used on the record' : null;
}
