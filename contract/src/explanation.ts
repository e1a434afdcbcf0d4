import { z } from 'zod';
import { decisionEvent, understandingEvent } from './session-event.ts';
import { statementOrder } from './statement.ts';

/** A request to explain a statement without running it. */
export const explanationOrder = statementOrder.pick({ sql: true, binds: true, agent: true });

/** What running it would put on the person's own record before execution, and nothing more. */
export const explanation = z.object({
  version: z.literal(1),
  /** `range` marks the reason in the text; `masks` refer to `understanding.outputs` by index. */
  decision: decisionEvent.omit({ type: true, statement: true }),
  understanding: understandingEvent.omit({ type: true, statement: true }),
});

export type ExplanationOrder = z.input<typeof explanationOrder>;
export type Explanation = z.infer<typeof explanation>;
