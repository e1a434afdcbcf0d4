import type { FastifyInstance } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { type ApprovalId, INTEGRATION_ISSUER, summarise } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import { type Identity, identityId } from '../../identity/index.ts';
import { isKnown } from '../door/index.ts';
import type { ApiParts } from './parts.ts';
import { read } from './read.ts';

/** A ticketing system or the like that may decide, as the configuration says; never a person's stand-in. */
export interface IntegrationCallback {
  readonly name: string;
  /** Standard Webhooks secret, `whsec_...`. */
  readonly secret: string;
  /** The approver groups that it counts as a member of. */
  readonly groups: readonly string[];
}

const decision = z.strictObject({
  type: z.literal('approval.decision'),
  data: z.strictObject({
    approval: z.uuid(),
    binding: z.string(),
    verdict: z.enum(['approve', 'deny']),
    /** Who decided over there: goes into the comment, for the record. */
    actor: z.string().min(1).max(200),
    /** Their e-mail address, so that a requester cannot decide by way of the other system. */
    actorEmail: z.email(),
    comment: z.string().max(3000),
  }),
});

/** Signed callbacks (Standard Webhooks): the signature is the way in, and is over the exact bytes. */
export function callbackRoutes(
  app: FastifyInstance,
  { approvals, integrations, mailboxOf, now }: ApiParts,
): void {
  const known = new Map(integrations.map((integration) => [integration.name, integration]));

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );

  app.post('/callbacks/:name', async (request) => {
    const integration = known.get((request.params as { name: string }).name);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const sent = verify(integration, body, request.headers);
    isKnown(request);
    const { data } = read(decision, sent);
    const { approval, actor, actorEmail, verdict, binding } = data;
    const by = identityFor(integration!, mailboxOf(actorEmail), now());
    const comment = `${actor}: ${data.comment}`;
    const answer = {
      verdict,
      binding,
      comment,
      proposal: null,
      mostRows: null,
      grantSeconds: null,
      grantRows: null,
      signature: null,
    };
    return summarise(await approvals.decide(by, approval as ApprovalId, answer));
  });
}

function verify(
  integration: IntegrationCallback | undefined,
  body: Buffer,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): unknown {
  try {
    if (integration === undefined) throw new Error('no such integration');
    const named = Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
        name,
        String(headers[name] ?? ''),
      ]),
    );
    return new Webhook(integration.secret).verify(body, named);
  } catch (cause) {
    throw new SluiceError('token_invalid', 'the callback is not signed by a known integration', { cause });
  }
}

/**
 * An integration's word is that of whoever acted over there, known by their mailbox: nobody decides on their own
 * request by a detour, or twice. The configuration lets it decide; its sign-in is the callback itself.
 */
function identityFor(integration: IntegrationCallback, mailbox: string | null, now: number): Identity {
  return {
    id: identityId(INTEGRATION_ISSUER, integration.name),
    issuer: INTEGRATION_ISSUER,
    subject: integration.name,
    name: integration.name,
    person: { email: mailbox },
    groups: integration.groups,
    kind: 'workload',
    tokenId: null,
    tokenClient: null,
    signedInAt: now,
    acr: null,
    mayDecide: true,
    issuedAt: now,
    expiresAt: now + 60_000,
  };
}
