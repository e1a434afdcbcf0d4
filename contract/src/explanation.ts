import { z } from 'zod';
import { range, textPlace } from './primitives.ts';
import { decisionEvent, sessionState, understandingEvent } from './session-event.ts';
import { statementError, statementOrder } from './statement.ts';

/** As Snowflake stores it. */
const storedName = z.string().min(1).max(255);

/** A request to explain a statement without running it. */
export const explanationOrder = statementOrder.pick({ sql: true, binds: true, agent: true }).extend({
  /** Where names are looked up, in place of where the session is: what a USE before it would make of it. */
  database: storedName.optional(),
  schema: storedName.optional(),
});

/** What running it would put on the person's own record before execution, or answer them, and nothing more. */
export const explanation = z.object({
  version: z.literal(1),
  /** `range` marks the reason in the text; `masks` refer to `understanding.outputs` by index. */
  decision: decisionEvent.omit({ type: true, statement: true }),
  understanding: understandingEvent.omit({ type: true, statement: true }),
  /** Whether it only reads: what is sent with `onlyReads` runs if it does. */
  onlyReads: z.boolean(),
  /** Where the reason lies. */
  place: textPlace,
  /** Every reason why it would not run unasked, as far as they may be told; none: it would. */
  reasons: z.array(
    z.object({
      effect: z.enum(['ask', 'block']),
      rule: z.string(),
      reason: z.string(),
      place: textPlace,
      /** A form that would pass, if one is known. */
      advice: z.string().optional(),
    }),
  ),
  /** Where each of `understanding.outputs` is in the text; all columns of a `*` are where it is. */
  outputPlaces: z.array(range),
  /**
   * Which of `understanding.outputs` Snowflake itself masks, beneath what the relay does, by the full names of its policies. Absent
   * where none is known, which is not that there is none.
   */
  maskedBy: z.array(z.object({ output: z.int(), policies: z.array(z.string()) })).optional(),
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
  /** Where names were looked up, and the role and warehouse that the statement would have. */
  session: sessionState,
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
