import { z } from 'zod';
import { boundAccess, boundRequest } from './approval-binding.ts';
import { attemptSeen } from './attempt.ts';
import { digest, instant, range, substituted } from './primitives.ts';
import { promptSeen } from './prompt.ts';

export const identitySummary = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  subject: z.string(),
  name: z.string(),
  groups: z.array(z.string()),
  kind: z.enum(['person', 'workload']),
});

const statementId = z.uuid();

export const sessionState = z.strictObject({
  database: z.string().nullable(),
  schema: z.string().nullable(),
  warehouse: z.string().nullable(),
  role: z.string().nullable(),
});

/** What the analysis found a statement to mean. */
export const understandingEvent = z.strictObject({
  type: z.literal('understanding'),
  statement: statementId,
  understood: z.boolean(),
  kind: z.strictObject({ family: z.string(), name: z.string() }),
  objects: z.array(z.strictObject({ type: z.string(), name: z.string(), access: z.string() })),
  outputs: z.array(
    z.strictObject({ name: z.string(), sources: z.array(z.string()), unresolved: z.boolean() }),
  ),
  problem: z.string().nullable(),
});

/** The decision on a statement. */
export const decisionEvent = z.strictObject({
  type: z.literal('decision'),
  statement: statementId,
  effect: z.enum(['allow', 'mask', 'ask', 'block']),
  rule: z.string(),
  reason: z.string(),
  sentence: z.string(),
  range,
  policyVersion: z.string(),
  masks: z.array(z.strictObject({ output: z.int(), method: z.string(), because: z.string() })),
  /** For the rows, and for outputs by index; absent when everything is computed on values. */
  computedOn: z
    .strictObject({
      rows: substituted.nullable(),
      outputs: z.array(substituted.extend({ output: z.int() })),
    })
    .optional(),
  /** A form of the statement that would pass, if one is known. */
  advice: z.string().optional(),
});

export const eventBody = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('opened'),
    identity: identitySummary,
    client: z.strictObject({
      application: z.string(),
      version: z.string(),
      protocol: z.enum(['snowflake', 'mcp', 'api']),
      address: z.string(),
      agent: z.string().nullable(),
    }),
    state: sessionState,
  }),
  z.strictObject({ type: z.literal('prompt'), ...promptSeen.shape }),
  /** The intent: durable before anything else happens to the statement. */
  z.strictObject({
    type: z.literal('statement'),
    statement: statementId,
    requestId: z.string(),
    sql: z.string(),
    /** The address of the payload that holds the binds (docs/recording-format.md, Payloads); null when there are none. */
    binds: digest.nullable(),
    state: sessionState,
    describeOnly: z.boolean(),
  }),
  understandingEvent,
  decisionEvent,
  z.strictObject({
    type: z.literal('blocked'),
    statement: statementId,
    rule: z.string(),
    reason: z.string(),
  }),
  z.strictObject({
    type: z.literal('approval_asked'),
    statement: statementId,
    approval: z.uuid(),
    /** Everything the approval is bound to, and its `bindingOf`. */
    bound: boundRequest,
    binding: digest,
    approvers: z.array(z.string()),
    needed: z.int(),
    /** ISO 8601, UTC. */
    expiresAt: instant,
  }),
  /** Access is asked for ahead: no statement of this id is ever sent, and none runs. */
  z.strictObject({
    type: z.literal('access_asked'),
    statement: statementId,
    approval: z.uuid(),
    /** Everything that is asked for, and `bindingOf` it. */
    bound: boundAccess,
    binding: digest,
    approvers: z.array(z.string()),
    needed: z.int(),
    /** ISO 8601, UTC. */
    expiresAt: instant,
  }),
  /** On a statement that is held, or on access that was asked for. */
  z.strictObject({
    type: z.literal('approval_decided'),
    statement: statementId,
    approval: z.uuid(),
    binding: digest,
    verdict: z.enum(['approve', 'deny']),
    by: identitySummary,
    comment: z.string(),
    /** A narrower statement that the approver proposes; only with `deny`. */
    proposal: z.string().nullable(),
    /** The most rows that it, and each statement under a grant, may affect; null: the number shown. Only with `approve`. */
    mostRows: z.int().nonnegative().nullable(),
    /** Similar statements may run for this many seconds; only with `approve`. */
    grantSeconds: z.int().positive().nullable(),
    /** The most rows that all of those together may affect; null: the relay's number, in `grant_given`. */
    grantRows: z.int().positive().nullable(),
    /** Over the bytes that `decisionBytes` (approval-binding.ts) makes of this event and `decidedAt`. */
    signature: z
      .strictObject({
        /** The device's public key: SPKI, base64. */
        key: z.base64(),
        algorithm: z.literal('Ed25519'),
        value: z.base64(),
        decidedAt: instant,
      })
      .nullable(),
  }),
  z.strictObject({
    type: z.literal('approval_ended'),
    statement: statementId,
    approval: z.uuid(),
    /** `approved`: the held statement may run. `granted`: the access that was asked for has been given. */
    how: z.enum(['approved', 'granted', 'denied', 'expired', 'cancelled', 'void']),
  }),
  /** The statement is about to be sent to the warehouse. */
  z.strictObject({
    type: z.literal('executed'),
    statement: statementId,
    /** What is sent in place of the statement's text, where that is not sent as it is: with blanks for sensitive columns. */
    sent: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('result'),
    statement: statementId,
    /**
     * The encoding of its rows, as returned and as stored in `payloads`: Snowflake's JSON result format (arrays joined by
     * commas), or Arrow IPC streams. Absent in older records, which hold JSON with one array per line.
     */
    encoding: z.enum(['json', 'arrow']).optional(),
    columns: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        masked: z.boolean(),
        computedOn: substituted.optional(),
      }),
    ),
    /** What the rows were grouped, joined or filtered on, if not on values. */
    computedOn: substituted.optional(),
    rows: z.int(),
    /** Size of the rows in their encoding, as sent, before compression. */
    bytes: z.int(),
    /** Whether the client read the result to its end. */
    complete: z.boolean(),
    /** The rows as returned (masked), as payloads in order; fewer than `rows` if the recording limit was reached. */
    payloads: z.array(digest),
    recordedRows: z.int(),
    /**
     * Rows behind these, which the warehouse keeps and the client was told of: how many, and their bytes as the warehouse
     * says. Each chunk that was passed on has a `chunk_returned`.
     */
    kept: z.strictObject({ chunks: z.int(), rows: z.int(), bytes: z.int() }).optional(),
    /** What the account behind the warehouse calls the statement, in its own history. */
    warehouseQueryId: z.string().optional(),
  }),
  /** The client asked for a chunk that the warehouse keeps, for the first time, and is about to be given it. */
  z.strictObject({
    type: z.literal('chunk_returned'),
    statement: statementId,
    /** Its place among them, from 0; and of its first row in the whole result. */
    chunk: z.int(),
    firstRow: z.int(),
    rows: z.int(),
    /** As in `result`: of this chunk. */
    bytes: z.int(),
    payloads: z.array(digest),
    recordedRows: z.int(),
  }),
  z.strictObject({
    type: z.literal('error'),
    statement: statementId.nullable(),
    code: z.string(),
    message: z.string(),
  }),
  z.strictObject({ type: z.literal('cancelled'), statement: statementId, by: z.string() }),
  /** A request to an unknown endpoint, or one that could not be read. */
  z.strictObject({ type: z.literal('refused'), what: z.string(), reason: z.string() }),
  /** A hook on somebody's machine has stopped their agent's attempt to reach Snowflake past the relay, and says so. */
  z.strictObject({ type: z.literal('bypass_attempted'), ...attemptSeen }),
  /** Events of the relay itself: policy loaded, identity revoked, break-glass, deliveries. */
  z.strictObject({ type: z.literal('notice'), what: z.string(), detail: z.record(z.string(), z.string()) }),
  z.strictObject({ type: z.literal('closed'), how: z.enum(['client', 'expired', 'revoked', 'shutdown']) }),
  /** Legal hold: while the newest of these events says `held`, retention removes nothing from the session. */
  z.strictObject({ type: z.literal('hold'), held: z.boolean(), by: identitySummary, reason: z.string() }),
  /**
   * Retention may remove these bodies and payloads from this session, once a checkpoint covers this event. Nothing else may
   * be missing. The members from `by` on are absent in records of older relays.
   */
  z.strictObject({
    type: z.literal('redacted'),
    rule: z.string(),
    events: z.array(z.int().min(0)),
    payloads: z.array(digest),
    /** Who had the rules applied; null when it was the relay's own schedule. */
    by: identitySummary.nullable().optional(),
    /** The rule's age in days, and the instant that it comes to: everything in the session is from before it. */
    afterDays: z.int().positive().optional(),
    before: instant.optional(),
  }),
  /** A person's device, on the record so that anyone can tell whose key a decision is signed with. */
  z.strictObject({
    type: z.literal('device_enrolled'),
    /** Identity id of the owner. */
    identity: z.string(),
    /** SPKI, base64. */
    key: z.base64(),
    name: z.string(),
    /** By the device's clock; part of the signed bytes. */
    enrolledAt: instant,
    /** A signature by the key itself over `enrolmentBytes` (approval-binding.ts): proof of possession. */
    proof: z.base64(),
    /** An enrolled device of the same person, and its signature over the same bytes; null for a person's first. */
    vouchedBy: z.strictObject({ key: z.base64(), signature: z.base64() }).nullable(),
    /** Instead of that, another person who vouches for it. */
    word: z.strictObject({ by: identitySummary, comment: z.string() }).optional(),
  }),
  z.strictObject({
    type: z.literal('device_revoked'),
    identity: z.string(),
    key: z.base64(),
    name: z.string(),
  }),
  /**
   * These enrolments do not count, from the beginning: an older relay accepted several first devices of one person at
   * once. Decisions signed with such a key do not count as signed.
   */
  z.strictObject({
    type: z.literal('enrolments_voided'),
    /** The `seq` of each `device_enrolled` event in the relay session, and its key, in the same order. */
    enrolments: z.array(z.strictObject({ seq: z.int().min(0), key: z.base64() })).min(1),
    by: identitySummary,
    reason: z.string(),
  }),
  /** From here on, checkpoints are signed with this key: the SHA-256 of its SPKI, and the SPKI in base64. */
  z.strictObject({ type: z.literal('signing_key'), key: digest, publicKey: z.base64() }),
]);

export type EventBody = z.infer<typeof eventBody>;
export type EventType = EventBody['type'];
export type IdentitySummary = z.infer<typeof identitySummary>;

const place = {
  version: z.literal(1),
  session: z.uuid(),
  /** 0, 1, 2, ... within the session, without gaps. */
  seq: z.int().min(0),
  at: instant,
  /** The hash of event `seq - 1`; 64 zeros for the first. */
  previous: digest,
  hash: digest,
};

/**
 * The record: a session is a sequence of these. Each event carries the hash of the one before, so that the
 * sequence proves itself; docs/recording-format.md gives the exact bytes that are hashed.
 */
export const sessionEvent = z.strictObject({
  ...place,
  body: eventBody,
  /** 16 random bytes, hex, hashed with the body, so that the digest alone cannot confirm a guess at a removed body. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
});

/** An event whose body retention has removed: the digest takes its place, and the chain still verifies. */
export const redactedEvent = z.strictObject({
  ...place,
  type: z.enum(eventBody.options.map((option) => option.shape.type.value)),
  bodyDigest: digest,
});

export type SessionEvent = z.infer<typeof sessionEvent>;
export type RedactedEvent = z.infer<typeof redactedEvent>;
export type RecordedEvent = SessionEvent | RedactedEvent;
