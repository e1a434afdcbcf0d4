import { callbackDecision } from '@sluice/contract';
import { Webhook } from 'standardwebhooks';
import { type ApprovalId, INTEGRATION_ISSUER, summarise } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import { type Identity, identityId } from '../../identity/index.ts';
import { isKnown } from '../door/index.ts';
import { read, type Router } from '../router/index.ts';
import type { ApiParts, IntegrationCallback } from './parts.ts';

/** Signed callbacks (Standard Webhooks): the signature is the way in, and is over the exact bytes. */
export async function callbackRoutes(
  router: Router,
  { approvals, integrations, mailboxOf, now }: ApiParts,
): Promise<void> {
  const known = new Map(integrations.map((integration) => [integration.name, integration]));

  await router.serve('callbacks', {
    async decide({ params: { name }, body, request }) {
      const integration = known.get(name);
      const sent = verify(integration, Buffer.from(body ?? []), request.headers);
      isKnown(request);
      const { data } = read(callbackDecision, sent);
      const { approval, actor, actorEmail, verdict, binding } = data;
      const by = identityFor(integration!, mailboxOf(actorEmail), now());
      const answer = {
        verdict,
        binding,
        comment: `${actor}: ${data.comment}`,
        proposal: null,
        mostRows: null,
        grantSeconds: null,
        grantRows: null,
        signature: null,
      };
      return { status: 200, body: summarise(await approvals.decide(by, approval as ApprovalId, answer)) };
    },
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
