import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actsAs } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import {
  fromWireTarget,
  type Identity,
  readIdentityId,
  type Revocation,
  toWireTarget,
} from '../../identity/index.ts';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read } from './read.ts';

const identity = z.string().min(1).max(2000).transform(readIdentityId);
const revocation = z.strictObject({
  target: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('subject'), identity }),
      z.strictObject({ type: z.literal('token'), tokenId: z.string().min(1).max(2000) }),
      z.strictObject({
        type: z.literal('issued_before'),
        before: z.int().positive(),
        identity: identity.nullable(),
      }),
    ])
    .transform(fromWireTarget),
  reason: z.string().min(1).max(1000),
});

function onTheWire({ target, ...said }: Revocation) {
  return { ...said, target: toWireTarget(target) };
}

/** Putting people out, at once (promise 7): for the security groups. */
export function revocationRoutes(app: FastifyInstance, { revocations, groups }: ApiParts): void {
  const needSecurity = (who: Identity) => {
    if (actsAs(who, groups.security) && who.kind === 'person') return;
    throw new SluiceError('approver_not_allowed', 'only the security groups may do this');
  };

  app.get('/revocations', async (request) => {
    needSecurity(identityOf(request));
    return { version: 1, revocations: revocations.list().map(onTheWire) };
  });

  app.post('/revocations', async (request, reply) => {
    const by = identityOf(request);
    needSecurity(by);
    const made = await revocations.revoke({ ...read(revocation, request.body), by: by.id });
    return reply.code(201).send(onTheWire(made));
  });
}
