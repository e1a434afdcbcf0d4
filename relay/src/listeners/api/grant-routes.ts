import type { GrantView } from '@sluice/contract';
import type { LiveGrant } from '../../approval/index.ts';
import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

/** Grants: list them, take them back. They are given with a decision. */
export async function grantRoutes(router: Router, { grants }: ApiParts): Promise<void> {
  await router.serve('grants', {
    async list({ by }) {
      return { status: 200, body: { version: 1, grants: (await grants.list(by)).map(viewOfGrant) } };
    },
    async revoke({ by, params: { id } }) {
      await grants.revoke(by, id);
      return { status: 204 };
    },
  });
}

function viewOfGrant(grant: LiveGrant): GrantView {
  const { id, requester, bounds, covers, rows, rowsInAll, rowsLeft, purpose, givenBy } = grant;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    id,
    requester: { id: requester.id, name: requester.name },
    covers: [...covers],
    rows,
    rowsInAll,
    rowsLeft,
    bounds: { ...bounds },
    givenBy: givenBy.map(({ id, name }) => ({ id, name })),
    givenAt: iso(grant.givenAt),
    startsAt: iso(grant.startsAt),
    expiresAt: iso(grant.expiresAt),
    purpose,
  };
}
