import { z } from 'zod';

/** What an integration sends when somebody decided in its own system, signed as Standard Webhooks say. */
export const callbackDecision = z.strictObject({
  type: z.literal('approval.decision'),
  data: z.strictObject({
    approval: z.uuid(),
    binding: z.string(),
    verdict: z.enum(['approve', 'deny']),
    /** Who decided over there: goes into the comment, for the record. */
    actor: z.string().min(1).max(200),
    /** Their e-mail address, so that a requester cannot decide by way of the other system. */
    actorEmail: z.email(),
    comment: z.string().max(3_000),
  }),
});

export type CallbackDecision = z.infer<typeof callbackDecision>;
