import type { RevocationOrder, RevocationView } from '@sluice/contract';
import { actsAs } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import {
  fromWireTarget,
  type Identity,
  readIdentityId,
  type Revocation,
  toWireTarget,
} from '../../identity/index.ts';
import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

/** Putting people out, at once (promise 7): for the security groups. */
export async function revocationRoutes(router: Router, { revocations, groups }: ApiParts): Promise<void> {
  const needSecurity = (who: Identity) => {
    if (actsAs(who, groups.security) && who.kind === 'person') return;
    throw new SluiceError('approver_not_allowed', 'only the security groups may do this');
  };

  await router.serve('revocations', {
    async list({ by }) {
      needSecurity(by);
      return { status: 200, body: { version: 1, revocations: revocations.list().map(viewOfRevocation) } };
    },
    async add({ by, body: { target, reason } }) {
      needSecurity(by);
      const made = await revocations.revoke({ target: targetOf(target), reason, by: by.id });
      return { status: 201, body: viewOfRevocation(made) };
    },
  });
}

/** Names in one spelling. */
function targetOf(target: RevocationOrder['target']): Revocation['target'] {
  switch (target.type) {
    case 'subject':
      return fromWireTarget({ type: 'subject', identity: readIdentityId(target.identity) });
    case 'token':
      return fromWireTarget(target);
    case 'issued_before': {
      const identity = target.identity === null ? null : readIdentityId(target.identity);
      return fromWireTarget({ ...target, identity });
    }
    default:
      return target satisfies never;
  }
}

function viewOfRevocation({ target, reason, by, at }: Revocation): RevocationView {
  return { target: toWireTarget(target), reason, by, at: new Date(at).toISOString() };
}
