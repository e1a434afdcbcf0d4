import { z } from 'zod';
import { accessTerms } from './access-terms.ts';
import { boundAccess, boundRequest } from './approval-binding.ts';
import { digest, instant, range } from './primitives.ts';
import { promptSeen } from './prompt.ts';
import { identitySummary } from './session-event.ts';

/**
 * What approvers see and send, version 1. A program that receives a `version` it does not know must say so and must
 * not decide.
 */
const version = z.literal(1);

/**
 * Of a held statement, which runs once it is `approved`, and is `used` then; and of access that is asked for ahead,
 * which is `granted` as soon as it is approved.
 */
export const approvalPhase = z.enum([
  'asked',
  'approved',
  'granted',
  'denied',
  'expired',
  'cancelled',
  'void',
  'used',
]);

const summary = {
  version,
  id: z.uuid(),
  /** Increases with every change: of two summaries, the one with the higher revision is newer. */
  revision: z.int(),
  phase: approvalPhase,
  session: z.uuid(),
  statement: z.uuid(),
  requester: identitySummary,
  /** What the client calls itself. */
  client: z.string(),
  /**
   * What it does, in one plain sentence written by the relay. Names chosen by others are quoted, shortened, and have
   * their invisible characters made visible; the same holds for every text that is called a sentence or a reason.
   * Everything else is data as it was received.
   */
  sentence: z.string(),
  rule: z.string(),
  /** Why it was held. */
  reason: z.string(),
  /** Tables that it reads and that the requester may change without approval. */
  mayChange: z.array(z.string()),
  binding: digest,
  /** Groups that may decide. */
  approvers: z.array(z.string()),
  needed: z.int(),
  /** Who has approved so far. */
  approvedBy: z.array(identitySummary),
  escalated: z.boolean(),
  /** How much there is to lose with a wrong decision, by what it does. Reasons are in plain English, a clause each. */
  risk: z.strictObject({ level: z.enum(['high', 'medium', 'low']), because: z.array(z.string()) }),
  askedAt: instant,
  /** While pending: when it expires. Once approved: the latest time at which the statement may start. */
  expiresAt: instant,
};

/** One request in a list, a notification or the live channel; the same for every viewer. */
export const approvalSummary = z.discriminatedUnion('kind', [
  /** A statement that is held until people decide: approved, it runs once. */
  z.strictObject({ ...summary, kind: z.literal('statement') }),
  /** Access that is asked for ahead: nothing waits, and approved, statements of one shape run unasked for a while. */
  z.strictObject({ ...summary, kind: z.literal('access'), access: accessTerms }),
]);

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

const view = {
  version,
  /** In plain English, a sentence each. */
  plain: z.strictObject({
    who: z.string(),
    does: z.string(),
    why: z.string(),
    /** How many rows it would affect, as far as is known, and what happens if it affects more. */
    rows: z.string(),
    /** What it would read; absent where that is not known, or not the viewer's to know. */
    cost: z.string().optional(),
  }),
  /** Who asks, by which program. */
  client: z.strictObject({
    application: z.string(),
    version: z.string(),
    protocol: z.string(),
    address: z.string(),
    agent: z.string().nullable(),
  }),
  /** Such as `select` or `delete`. */
  statementKind: z.string(),
  /** The exact text; `reasons` mark the parts that it is held for, in UTF-16 code units. */
  sql: z.string(),
  reasons: z.array(z.strictObject({ range, rule: z.string(), reason: z.string() })),
  reads: z.array(z.string()),
  writes: z.array(z.string()),
  /** Result columns that stay masked after approval. */
  masks: z.array(z.strictObject({ column: z.string(), method: z.string(), because: z.string() })),
  /** What is computed on tokens or blanks instead of values: the rows (`column` null), or a column of the result. */
  computedOn: z.array(
    z.strictObject({ column: z.string().nullable(), on: z.enum(['tokens', 'blanks']), because: z.string() }),
  ),
  votes: z.array(vote),
  similar: z.array(
    z.strictObject({
      id: z.uuid(),
      kind: z.enum(['statement', 'access']),
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
    /** Seconds after the approval within which a held statement must start. */
    validFor: z.int(),
    /** The longest grant for similar statements that may be given with a held one, in seconds; 0: none. */
    grantUpTo: z.int(),
    /** The longest access that may be asked for ahead, in seconds; 0: none. */
    accessUpTo: z.int(),
  }),
  /** Whether this viewer may decide now, and if not, why. */
  you: z.strictObject({ mayDecide: z.boolean(), because: z.string() }),
};

/**
 * Everything that one viewer may know about a request. Nothing is truncated silently. `bound` is what a decision covers;
 * `summary.binding` is its `bindingOf`, and a signing device checks that.
 */
export const approvalView = z.discriminatedUnion('kind', [
  z.strictObject({
    ...view,
    kind: z.literal('statement'),
    summary: approvalSummary.options[0],
    bound: boundRequest,
    prompt: promptSeen.nullable(),
    binds: z.array(
      z.strictObject({
        position: z.string(),
        type: z.string(),
        /** The first values; null when withheld, because they may be values of a sensitive column. */
        values: z.array(z.string().nullable()).nullable(),
        /** The number of values: more than one for array binds. */
        total: z.int(),
      }),
    ),
    /** Session parameters that change what statements mean, where they are not what they are by default. */
    parameters: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    /** The session variables that the statement refers to, with their values. */
    variables: z.array(
      z.strictObject({
        name: z.string(),
        /** Null when it was not set to a text, or is withheld for the same reason as a bind. */
        value: z.string().nullable(),
        withheld: z.boolean(),
        /** Columns that its value was computed from. */
        from: z.array(z.string()),
      }),
    ),
    estimate: z
      .strictObject({
        rows: z.number().nullable(),
        /** What it would read, as Snowflake's EXPLAIN says; null where it is not told, as to the requester. */
        bytes: z.number().nullable(),
        partitions: z.number().nullable(),
        /** Of how many partitions. Absent from earlier relays. */
        partitionsTotal: z.number().nullable().optional(),
        note: z.string(),
        /** When the rows were counted. */
        at: instant,
      })
      .nullable(),
    /** What a grant for similar statements would cover; null where none can be given. */
    grant: z
      .strictObject({
        /** In plain English, a sentence each. */
        covers: z.array(z.string()),
        /** The most rows that each statement may affect when `mostRows` is omitted; null: it must be given. */
        rows: z.int().nullable(),
        /** The most rows that all of them may affect together when `grantRows` is omitted. */
        rowsInAll: z.int().nullable(),
        /** The highest number that the policy allows, for each statement and for all together. */
        rowsUpTo: z.int(),
      })
      .nullable(),
  }),
  z.strictObject({
    ...view,
    kind: z.literal('access'),
    summary: approvalSummary.options[1],
    bound: boundAccess,
    access: z.strictObject({
      ...accessTerms.shape,
      /** What approving it gives, in plain English, a sentence each. */
      covers: z.array(z.string()),
    }),
  }),
]);

export const approvalListQuery = z.strictObject({
  state: z.enum(['pending', 'ended']).default('pending'),
  /** For requests that have ended: only those asked before this time. */
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Open requests oldest first, ended ones newest first; `cursor` is for the live channel. */
export const approvalList = z.object({
  version,
  cursor: z.string(),
  approvals: z.array(approvalSummary),
});

/** What an approver answers. */
export const approvalDecision = z.strictObject({
  version,
  verdict: z.enum(['approve', 'deny']),
  /** The binding of what the approver was shown. */
  binding: digest,
  comment: z.string().max(4000).default(''),
  /** With `deny`: a narrower statement, which the requester may run as a new request. */
  proposal: z.string().min(1).max(100_000).nullable().default(null),
  /**
   * With `approve`: the most rows that the statement, and each statement under a grant, may change or return. Null: the
   * number that the approvers were shown. A statement that exceeds it is rolled back and asked about again. For access
   * this and the next two can only reduce what was asked for; null leaves it as it was asked for.
   */
  mostRows: z.int().nonnegative().nullable().default(null),
  /** With `approve`: allow similar statements of this requester for this many seconds; for access, how long it lasts. */
  grantSeconds: z.int().positive().nullable().default(null),
  /** With `grantSeconds`, and for access: the most rows that all statements under the grant together may change or return. */
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
/** Of a statement that is held. */
export type HeldView = Extract<ApprovalView, { kind: 'statement' }>;
/** Of access that is asked for ahead. */
export type AccessView = Extract<ApprovalView, { kind: 'access' }>;
export type AccessSummary = Extract<ApprovalSummary, { kind: 'access' }>;
export type ApprovalDecision = z.infer<typeof approvalDecision>;

/** The order to show requests in: where most is to lose first, then what nobody has looked at for too long, then what ends sooner. */
export function byUrgency(left: ApprovalSummary, right: ApprovalSummary): number {
  return (
    RISKS.indexOf(left.risk.level) - RISKS.indexOf(right.risk.level) ||
    Number(right.escalated) - Number(left.escalated) ||
    left.expiresAt.localeCompare(right.expiresAt) ||
    left.id.localeCompare(right.id)
  );
}

const RISKS: readonly ApprovalSummary['risk']['level'][] = ['high', 'medium', 'low'];
