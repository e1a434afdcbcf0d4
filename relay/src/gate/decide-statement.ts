import { findWrittenBack, type MaskingKeys } from '../masking/index.ts';
import { decide, type Decision } from '../policy/index.ts';
import type { Understanding } from '../statement/index.ts';
import type { GateParts } from './parts.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** Step 4. What the policy in force says of this statement, from this person, now. */
export function decideStatement(
  parts: Pick<GateParts, 'policy' | 'classification' | 'usage' | 'now' | 'maskingKeys'>,
  request: StatementRequest,
  room: SessionRoom,
  meaning: Understanding,
): Decision {
  const { identity, client, state } = request.session;
  const policy = parts.policy();
  const now = parts.now();
  const decision = decide(policy, meaning, {
    identity,
    client,
    state,
    now,
    usage: {
      session: room.returned,
      day: parts.usage.today(identity.id, now, policy.timezone),
      stoppedBefore: room.stopped.has(request.sql),
    },
    tags: parts.classification.tags,
    breakGlass: request.breakGlass,
  });
  return refuseWrittenBack(parts.maskingKeys, request, meaning, decision);
}

/** A masked value that comes back would overwrite the real one: no rule lets that through. */
function refuseWrittenBack(
  keys: MaskingKeys,
  { sql, binds }: StatementRequest,
  { kind, range }: Understanding,
  decision: Decision,
): Decision {
  const found = decision.effect === 'block' ? null : findWrittenBack(kind, sql, binds, keys);
  if (found === null) return decision;
  const { sentence, policyVersion } = decision;
  const reason = 'it would write a masked value over a real one; leave out the columns that you saw masked';
  return {
    effect: 'block',
    rule: 'written-back',
    reason,
    range: found.range ?? range,
    sentence,
    policyVersion,
  };
}
