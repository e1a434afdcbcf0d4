import { z } from 'zod';
import { textPlace } from './primitives.ts';
import { decisionEvent, understandingEvent } from './session-event.ts';
import { statementError, statementOrder } from './statement.ts';

/** A request to explain a statement without running it. */
export const explanationOrder = statementOrder.pick({ sql: true, binds: true, agent: true });

/** What running it would put on the person's own record before execution, or answer them, and nothing more. */
export const explanation = z.object({
  version: z.literal(1),
  /** `range` marks the reason in the text; `masks` refer to `understanding.outputs` by index. */
  decision: decisionEvent.omit({ type: true, statement: true }),
  understanding: understandingEvent.omit({ type: true, statement: true }),
  /** Where the reason lies. */
  place: textPlace,
  /** What it does with columns beside returning them. */
  uses: z.array(
    z.object({
      column: z.string(),
      as: z.string(),
      /** The clause, operator or function. */
      by: z.string().optional(),
      place: textPlace,
    }),
  ),
  /** Who would be asked, when people would be. */
  asks: z
    .object({
      approvers: z.array(z.string()),
      needed: z.int(),
      /** Whether decisions have to be signed by a device. */
      signed: z.boolean(),
      /** Seconds that a request waits. */
      expiresAfter: z.int(),
      /** The longest access that may be asked for ahead, in seconds; 0: none. */
      accessUpTo: z.int(),
    })
    .nullable(),
  /** What running it would be answered, when it is refused. */
  error: statementError.nullable(),
});

export type ExplanationOrder = z.input<typeof explanationOrder>;
export type Explanation = z.infer<typeof explanation>;
