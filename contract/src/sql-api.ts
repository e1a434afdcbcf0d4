import { z } from 'zod';
import { type ErrorCode, ERRORS } from './errors.ts';
import { substituted } from './primitives.ts';
import { statementError } from './statement.ts';

/** Of Snowflake's SQL API: `true` and `false` as text. */
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Not z.uuid(): some clients' are random in every digit. Like Snowflake, what is not known is left alone. */
const requestId = z.guid().optional();

export const sqlApiSubmitQuery = z.looseObject({
  /** Repeated, it is the same request: what was sent under it runs once. */
  requestId,
  retry: flag.default(false),
  async: flag.default(false),
  /** False: NULL comes as the text `null`. */
  nullable: flag.default(true),
});

export const sqlApiReadQuery = z.looseObject({
  requestId,
  partition: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
});

export const sqlApiCancelQuery = z.looseObject({ requestId });

/** As Snowflake stores it, in its letters: they are not folded. Empty is as left out. */
const name = z
  .string()
  .refine((text) => Array.from(text).length <= 255, 'a name has at most 255 characters')
  .nullish()
  .transform((text) => (text == null || text === '' ? null : text));

const cell = z.string().nullable();

export const sqlApiOrder = z.object({
  statement: z.string(),
  /** Seconds; 0 for as long as the relay lets a statement run. */
  timeout: z.int().min(0).max(604_800).nullish(),
  database: name,
  schema: name,
  warehouse: name,
  role: name,
  /** By position as text, from 1; an array is a batch, one entry a row. */
  bindings: z
    .record(
      z.string(),
      z.object({ type: z.string().regex(/^\w{1,32}$/), value: z.union([cell, z.array(cell)]).optional() }),
    )
    .nullish(),
  /** Session parameters, in any case. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable()).nullish(),
});

export type SqlApiOrder = z.output<typeof sqlApiOrder>;

/** What Snowflake says of every statement. */
const base = z.object({
  code: z.string(),
  sqlState: z.string(),
  message: z.string(),
  statementHandle: z.uuid(),
  /** Milliseconds since the epoch. */
  createdOn: z.int(),
  statementStatusUrl: z.string(),
});

/** Not finished: running, or waiting for people. */
export const sqlApiStatus = base.extend({
  /** There while people are asked. */
  sluice: z
    .object({
      approval: z.object({
        id: z.uuid(),
        expiresAt: z.iso.datetime({ precision: 3 }),
        approvers: z.array(z.string()),
      }),
    })
    .optional(),
});

/** An error, with Sluice's own code and what to do; of a statement, if it came to one. */
export const sqlApiFailure = base
  .partial({ statementHandle: true, createdOn: true, statementStatusUrl: true })
  .extend({ sluice: statementError });

export const sqlApiCancelled = base.pick({
  code: true,
  sqlState: true,
  message: true,
  statementHandle: true,
  statementStatusUrl: true,
});

const column = z.object({
  name: z.string(),
  database: z.string(),
  schema: z.string(),
  table: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  length: z.int().nullable(),
  byteLength: z.int().nullable(),
  precision: z.int().nullable(),
  scale: z.int().nullable(),
  collation: z.string().nullable(),
  /** How it is masked, and what it was computed on, if not on values. */
  sluice: z
    .object({
      masked: z.object({ method: z.string(), because: z.string(), rule: z.string().optional() }).optional(),
      computedOn: substituted.optional(),
    })
    .optional(),
});

const data = z.array(z.array(cell));

/** The first partition of a result, and what there is to know of all of it. */
export const sqlApiResult = base.extend({
  resultSetMetaData: z.object({
    numRows: z.int(),
    format: z.literal('jsonv2'),
    rowType: z.array(column),
    partitionInfo: z.array(
      z.object({
        rowCount: z.int(),
        uncompressedSize: z.int(),
        compressedSize: z.int().optional(),
      }),
    ),
    nullable: z.boolean(),
  }),
  data,
  stats: z.record(z.string(), z.int()).optional(),
  /** Of a request of several statements, one for each. */
  statementHandles: z.array(z.uuid()).optional(),
  /** What the rows were grouped, joined or filtered on, if not on values. */
  sluice: z.object({ computedOn: substituted }).optional(),
});

/** Any other partition. */
export const sqlApiPartition = z.object({ data });

export type SqlApiStatus = z.infer<typeof sqlApiStatus>;
export type SqlApiFailure = z.infer<typeof sqlApiFailure>;
export type SqlApiCancelled = z.infer<typeof sqlApiCancelled>;
export type SqlApiResult = z.infer<typeof sqlApiResult>;

/** The status by which the SQL API answers an error that is not the outcome of a statement. */
export function sqlApiStatusOf(code: ErrorCode): number {
  return STATUS[code] ?? ERRORS[code].status;
}

/** Where Snowflake documents another status than the relay's own API has: it knows no 409 and no 410. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  duplicate_request: 400,
  statement_count: 422,
  request_unsupported: 422,
  result_unavailable: 404,
  session_ended: 401,
  session_expired: 401,
  session_unknown: 401,
};
