import { z } from 'zod';

/** What an integration sends when somebody has decided in its system, signed as Standard Webhooks specify. */
export const callbackDecision = z.strictObject({
  type: z.literal('approval.decision'),
  data: z.strictObject({
    approval: z.uuid(),
    binding: z.string(),
    verdict: z.enum(['approve', 'deny']),
    /** Who decided in that system: recorded in the comment. */
    actor: z.string().min(1).max(200),
    /** Their e-mail address, so that a requester cannot approve their own request through the other system. */
    actorEmail: z.email(),
    comment: z.string().max(3_000),
  }),
});

export type CallbackDecision = z.infer<typeof callbackDecision>;
