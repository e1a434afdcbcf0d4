import { z } from 'zod';
import { decisionEvent, understandingEvent } from './session-event.ts';
import { statementOrder } from './statement.ts';

/** A statement that is not to run: what would become of it is asked. */
export const explanationOrder = statementOrder.pick({ sql: true, binds: true, agent: true });

/** What running it would put on its person's own record, before anything ran: that, and nothing beyond it. */
export const explanation = z.object({
  version: z.literal(1),
  /** `range` marks the reason in the text, and `masks` are by the places of `understanding.outputs`. */
  decision: decisionEvent.omit({ type: true, statement: true }),
  understanding: understandingEvent.omit({ type: true, statement: true }),
});

export type ExplanationOrder = z.input<typeof explanationOrder>;
export type Explanation = z.infer<typeof explanation>;
