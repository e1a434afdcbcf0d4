import { decide, type Decision } from '../policy/index.ts';
import type { Understanding } from '../statement/index.ts';
import type { GateParts } from './parts.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** Step 4. What the policy in force says of this statement, from this person, now. */
export function decideStatement(
  parts: Pick<GateParts, 'policy' | 'classification' | 'usage' | 'now'>,
  request: StatementRequest,
  room: SessionRoom,
  meaning: Understanding,
): Decision {
  const { identity, client, state } = request.session;
  const policy = parts.policy();
  const now = parts.now();
  return decide(policy, meaning, {
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
}
