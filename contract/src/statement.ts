import { z } from 'zod';
import { jsonValue, substituted, textPlace } from './primitives.ts';
import { conversationId, promptBy } from './prompt.ts';

/** The longest that one request may wait for an outcome, in seconds: below the timeouts of clients and proxies. */
export const LONGEST_WAIT = 30;

const seconds = z.number().min(0).max(LONGEST_WAIT);

/** A request to run one statement without a driver. */
export const statementOrder = z.strictObject({
  sql: z.string().min(1),
  /** By 1-based position, as text; `type` is a Snowflake type in upper case. */
  binds: z
    .record(
      z.string().regex(/^[1-9]\d{0,4}$/),
      z.strictObject({ type: z.string(), value: z.string().nullable() }),
    )
    .default({}),
  /** The client's own id: a retry with the same id is the same statement, never a second one. */
  requestId: z.uuid().optional(),
  /** What the person asked, and the agent that turned it into SQL. Unverified claims, for the record and for approvers. */
  prompt: z.string().nullable().default(null),
  /** Whose words the prompt is in, and the conversation that it belongs to; said of a prompt only. */
  promptBy: promptBy.nullable().default(null),
  conversation: conversationId.nullable().default(null),
  agent: z.string().max(200).nullable().default(null),
  /** Whatever is not understood as a read does not run, and is on the record as what was sent: `not_a_read`. */
  onlyReads: z.boolean().default(false),
  /** Seconds. */
  wait: seconds.default(0),
});

/** Which rows of a result to read, and how long to wait for them. */
export const statementPage = z.strictObject({
  /** Seconds. */
  wait: z.coerce.number().pipe(seconds).default(0),
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(10_000).default(1_000),
});

/** Why a statement was refused, or failed. */
export const statementError = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string(),
  /** The policy rule that refused it, if one did. */
  rule: z.string().optional(),
  /** The part of the statement's text that is the reason, if it is only a part. */
  place: textPlace.optional(),
});

const statementColumn = z.object({
  name: z.string(),
  /** Snowflake's logical type, as its drivers name it. */
  type: z.string(),
  /** Decimal digits, of `fixed`. */
  precision: z.int().nullable(),
  /** Digits after the point of `fixed`; of fractional seconds of times. */
  scale: z.int().nullable(),
  /** Absent when its values are as the warehouse has them. */
  masked: z
    .object({
      method: z.string(),
      /** The columns that it is made of, with their tags. */
      because: z.string(),
      /** Of the policy: the rule that says how, or `masks`. Absent from earlier relays. */
      rule: z.string().optional(),
    })
    .optional(),
  computedOn: substituted.optional(),
});

/** Not strict: relays may add members, and programs ignore those that they do not know. */
const place = { version: z.literal(1), id: z.uuid() };

/** The state of a statement, with rows once there are any. */
export const statementView = z.discriminatedUnion('phase', [
  z.object({ ...place, phase: z.literal('submitted') }),
  z.object({
    ...place,
    phase: z.literal('held'),
    /** Waiting for approval, until `expiresAt` at the latest. */
    approval: z.object({
      id: z.uuid(),
      expiresAt: z.iso.datetime({ precision: 3 }),
      /** Groups that were asked first; so many of their people have to agree. Absent from earlier relays. */
      approvers: z.array(z.string()).optional(),
      needed: z.int().optional(),
    }),
  }),
  z.object({ ...place, phase: z.literal('running') }),
  z.object({
    ...place,
    phase: z.literal('succeeded'),
    columns: z.array(statementColumn),
    /** What the rows were grouped, joined or filtered on, if not on values. */
    computedOn: substituted.optional(),
    rowCount: z.int(),
    changed: z.object({ inserted: z.int(), updated: z.int(), deleted: z.int() }).optional(),
    /**
     * One page, row by row, in a readable form (docs/values.md): dates and times in ISO 8601, numbers that a double cannot
     * hold exactly as text, VARIANT as JSON, null for NULL.
     */
    rows: z.array(z.array(jsonValue)),
    /** The first row of the next page; null on the last one. */
    next: z.int().nullable(),
  }),
  z.object({
    ...place,
    phase: z.literal('failed'),
    error: statementError,
  }),
]);

export type StatementOrder = z.input<typeof statementOrder>;
export type StatementPage = z.input<typeof statementPage>;
export type StatementView = z.infer<typeof statementView>;
export type StatementPhase = StatementView['phase'];
