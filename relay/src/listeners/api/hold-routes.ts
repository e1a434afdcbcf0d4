import type { HoldOrder as OrderedHold } from '@sluice/contract';
import { summaryOf } from '../../approval/index.ts';
import { type Identity, readIdentityId } from '../../identity/index.ts';
import type { HoldOrder } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import type { Router } from '../router/index.ts';
import { mustBeOneOf } from './must-be-one-of.ts';
import type { ApiParts } from './parts.ts';
import { readSessionCursor, sessionCursor } from './session-cursor.ts';

/** Legal holds: placed and released by record keepers, and seen by those who look after the record. */
export async function holdRoutes(router: Router, { holds, groups }: ApiParts): Promise<void> {
  const change = async (by: Identity, { of, reason, dryRun }: OrderedHold, held: boolean) => {
    mustBeOneOf(by, groups.recordKeepers, 'only record keepers place and release legal holds');
    const order = orderOf(of);
    const outcome = dryRun
      ? await holds.preview(order, held)
      : await holds.set(order, { held, by: summaryOf(by), reason });
    return { status: 200, body: { version: 1, ...outcome } } as const;
  };

  await router.serve('holds', {
    async list({ by, query: { limit, cursor } }) {
      const readers = [...groups.recordKeepers, ...groups.auditors, ...groups.security];
      mustBeOneOf(by, readers, 'only record keepers, auditors and the security groups may see this');
      const after = cursor === undefined ? {} : { after: readSessionCursor(cursor) };
      const found = await holds.list({ limit, ...after });
      return { status: 200, body: { version: 1, holds: found, next: sessionCursor(found, limit) } };
    },
    set: async ({ by, body }) => await change(by, body, true),
    release: async ({ by, body }) => await change(by, body, false),
  });
}

function orderOf(of: OrderedHold['of']): HoldOrder {
  if ('sessions' in of) return { sessions: of.sessions.map((session) => session as SessionId) };
  const { since, before } = of;
  return {
    ...('person' in of ? { person: readIdentityId(of.person) } : {}),
    ...(since === undefined ? {} : { since }),
    ...(before === undefined ? {} : { before }),
  };
}
