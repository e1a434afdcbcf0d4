import { z } from 'zod';
import { boundRequest } from './approval-binding.ts';
import { digest, instant, range } from './primitives.ts';
import { identitySummary } from './session-event.ts';

/**
 * What approvers see and send, version 1. A program that meets a `version` it does not know must say so and
 * not decide.
 */
const version = z.literal(1);

export const approvalPhase = z.enum(['asked', 'approved', 'denied', 'expired', 'cancelled', 'void', 'used']);

/** One request in a list, a notification or the live channel; the same for every viewer. */
export const approvalSummary = z.strictObject({
  version,
  id: z.uuid(),
  /** Grows with every change: of two summaries, the higher one is the newer. */
  revision: z.int(),
  phase: approvalPhase,
  session: z.uuid(),
  statement: z.uuid(),
  requester: identitySummary,
  /** What the client calls itself. */
  client: z.string(),
  /**
   * What it does, in one plain sentence of the relay's: names that others chose stand in it in quotation marks, made
   * visible and shortened. So do they in every text that is called a sentence or a reason; all else is data as it came.
   */
  sentence: z.string(),
  rule: z.string(),
  /** Why it was held. */
  reason: z.string(),
  /** Tables that it reads and that the requester may change without asking anybody. */
  mayChange: z.array(z.string()),
  binding: digest,
  /** Groups that may decide. */
  approvers: z.array(z.string()),
  needed: z.int(),
  /** Those who have approved so far. */
  approvedBy: z.array(identitySummary),
  escalated: z.boolean(),
  askedAt: instant,
  /** While asked: when it expires; once approved: until when the statement may start. */
  expiresAt: instant,
});

const vote = z.strictObject({
  by: identitySummary,
  verdict: z.enum(['approve', 'deny']),
  at: instant,
  comment: z.string(),
  proposal: z.string().nullable(),
  mostRows: z.int().nullable(),
  grantSeconds: z.int().nullable(),
  grantRows: z.int().nullable(),
  signed: z.boolean(),
});

/** All that one viewer may know of one request. Nothing is cut without saying so. */
export const approvalView = z.strictObject({
  version,
  summary: approvalSummary,
  /** What a decision covers; `summary.binding` is `bindingOf` it. A signing device checks that. */
  bound: boundRequest,
  /** In plain English, a sentence each. */
  plain: z.strictObject({
    who: z.string(),
    does: z.string(),
    why: z.string(),
    /** How many rows it would hit, as far as that is known, and what becomes of it when it hits more. */
    rows: z.string(),
  }),
  prompt: z.strictObject({ text: z.string(), source: z.string() }).nullable(),
  client: z.strictObject({
    application: z.string(),
    version: z.string(),
    protocol: z.string(),
    address: z.string(),
    agent: z.string().nullable(),
  }),
  kind: z.string(),
  /** The exact text; `reasons` mark where it is held for, in UTF-16 units. */
  sql: z.string(),
  reasons: z.array(z.strictObject({ range, rule: z.string(), reason: z.string() })),
  reads: z.array(z.string()),
  writes: z.array(z.string()),
  /** Result columns that stay masked after approval. */
  masks: z.array(z.strictObject({ column: z.string(), method: z.string(), because: z.string() })),
  /** What is not computed on values: the rows (`column` null), or a column of the result. */
  computedOn: z.array(
    z.strictObject({ column: z.string().nullable(), on: z.enum(['tokens', 'blanks']), because: z.string() }),
  ),
  binds: z.array(
    z.strictObject({
      position: z.string(),
      type: z.string(),
      /** Null when it is withheld: it may be a value of a sensitive column. Otherwise the first `values`. */
      values: z.array(z.string().nullable()).nullable(),
      /** How many values there are: more than one for array binds. */
      total: z.int(),
    }),
  ),
  /** The session's variables that the statement names, with what it means by them. */
  variables: z.array(
    z.strictObject({
      name: z.string(),
      /** Null when it was not set to a text, or is withheld as a bind would be. */
      value: z.string().nullable(),
      withheld: z.boolean(),
      /** Columns that its value was computed from. */
      from: z.array(z.string()),
    }),
  ),
  estimate: z
    .strictObject({
      rows: z.number().nullable(),
      bytes: z.number().nullable(),
      partitions: z.number().nullable(),
      note: z.string(),
      /** When it was counted. */
      at: instant,
    })
    .nullable(),
  /** What a grant for like statements would cover; null where none can be given. */
  grant: z
    .strictObject({
      /** In plain English, a sentence each. */
      covers: z.array(z.string()),
      /** Rows that each statement may hit at most when `mostRows` is not said; null: it has to be said. */
      rows: z.int().nullable(),
      /** Rows that all of them may hit at most when `grantRows` is not said. */
      rowsInAll: z.int().nullable(),
      /** More than this the policy lets nobody give, neither for each nor for all. */
      rowsUpTo: z.int(),
    })
    .nullable(),
  votes: z.array(vote),
  similar: z.array(
    z.strictObject({
      id: z.uuid(),
      phase: approvalPhase,
      askedAt: instant,
      requester: identitySummary,
      sql: z.string(),
      sameText: z.boolean(),
      comment: z.string(),
    }),
  ),
  terms: z.strictObject({
    /** Whether a decision must be signed by an enrolled device. */
    signed: z.boolean(),
    /** Seconds from the approval within which it must start. */
    validFor: z.int(),
    /** Seconds for which like statements may be let through with it; 0: only this one. */
    grantUpTo: z.int(),
  }),
  /** Whether this viewer may decide now; otherwise why not. */
  you: z.strictObject({ mayDecide: z.boolean(), because: z.string() }),
});

export const approvalListQuery = z.strictObject({
  state: z.enum(['pending', 'ended']).default('pending'),
  /** Of those that have ended: asked before then. */
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Open ones the oldest first, ended ones the newest first; `cursor` is for the live channel. */
export const approvalList = z.object({
  version,
  cursor: z.string(),
  approvals: z.array(approvalSummary),
});

/** What an approver answers. */
export const approvalDecision = z.strictObject({
  version,
  verdict: z.enum(['approve', 'deny']),
  /** Of what was seen. */
  binding: digest,
  comment: z.string().max(4000).default(''),
  /** With `deny`: a narrower statement, which the requester may run as a new one. */
  proposal: z.string().min(1).max(100_000).nullable().default(null),
  /**
   * With `approve`: rows that the statement, and each under a grant, may change or return at most. Null: as many as
   * the approvers were shown. Past it, it is taken back and asked about anew.
   */
  mostRows: z.int().nonnegative().nullable().default(null),
  /** With `approve`: let like statements of this requester through for so many seconds. */
  grantSeconds: z.int().positive().nullable().default(null),
  /** With `grantSeconds`: rows that all statements under the grant may change or return at most. */
  grantRows: z.int().positive().nullable().default(null),
  signature: z
    .strictObject({
      key: z.base64(),
      algorithm: z.literal('Ed25519'),
      value: z.base64(),
      decidedAt: instant,
    })
    .nullable()
    .default(null),
});

export type ApprovalPhase = z.infer<typeof approvalPhase>;
export type ApprovalSummary = z.infer<typeof approvalSummary>;
export type ApprovalView = z.infer<typeof approvalView>;
export type ApprovalDecision = z.infer<typeof approvalDecision>;
