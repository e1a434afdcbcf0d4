import { findWrittenBack, type MaskingKeys } from '../masking/index.ts';
import {
  type Decision,
  type DecisionContext,
  decideWithFloor,
  type DecisionWithFloor,
} from '../policy/index.ts';
import { NO_FLOOR, type Understanding } from '../statement/index.ts';
import { shown } from '../text/index.ts';
import type { StatementAnalysis } from './analyze-statement.ts';
import type { GateParts } from './parts.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { CalledRequest } from './statement-request.ts';

type DecidingParts = Pick<GateParts, 'policy' | 'classification' | 'usage' | 'now' | 'maskingKeys' | 'floor'>;

/** Step 4. What the policy in force says of this statement, from this person, now, and what it may read if it runs. */
export function decideStatement(
  parts: DecidingParts,
  request: CalledRequest,
  room: SessionRoom,
  { understanding, state }: StatementAnalysis,
): DecisionWithFloor {
  const context = contextOf(parts, request, room, state);
  const { decision, floor } = decideWithFloor(parts.policy(), understanding, context);
  return {
    decision: refuseWrittenBack(parts.maskingKeys, request, understanding, decision),
    floor: parts.floor ? floor : NO_FLOOR,
  };
}

/** What the policy decides under, beside the statement. */
export function contextOf(
  parts: DecidingParts,
  { session: { identity, client }, sql, breakGlass }: CalledRequest,
  room: SessionRoom,
  state: StatementAnalysis['state'],
): DecisionContext {
  const now = parts.now();
  return {
    identity,
    client,
    state,
    now,
    usage: {
      session: room.returned,
      day: parts.usage.today(identity.id, now, parts.policy().timezone),
      stoppedBefore: room.stopped.has(sql),
    },
    tags: parts.classification.tags,
    breakGlass,
    floor: parts.floor,
  };
}

/** A masked value that comes back would overwrite the real one: no rule lets that through. */
function refuseWrittenBack(
  keys: MaskingKeys,
  { sql, binds }: CalledRequest,
  { kind, range }: Understanding,
  decision: Decision,
): Decision {
  const found = decision.effect === 'block' ? null : findWrittenBack(kind, sql, binds, keys);
  if (found === null) return decision;
  const { sentence, policyVersion } = decision;
  const reason = shown`it would write a masked value over a real one; leave out the columns that you saw masked`;
  return {
    effect: 'block',
    rule: 'written-back',
    reason,
    range: found.range ?? range,
    sentence,
    policyVersion,
  };
}
