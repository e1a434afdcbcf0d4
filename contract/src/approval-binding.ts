import { z } from 'zod';
import { accessTerms } from './access-terms.ts';
import { canonicalJson } from './canonical-json.ts';
import { digest, instant } from './primitives.ts';

/**
 * Everything an approval covers. An approver's program computes `bindingOf` from what it displayed and signs the
 * result, so what was seen is what was signed. If any of it differs when the statement runs, the approval is void.
 */
export const boundRequest = z.strictObject({
  approval: z.uuid(),
  session: z.uuid(),
  statement: z.uuid(),
  /** Identity id of the requester: `issuer|subject`. */
  requester: z.string(),
  /** Exactly as it will run. */
  sql: z.string(),
  /** A salted SHA-256 of the binds, which may hold secrets; the relay keeps the salt. Null when there are none. */
  binds: digest.nullable(),
  describeOnly: z.boolean(),
  role: z.string().nullable(),
  warehouse: z.string().nullable(),
  database: z.string().nullable(),
  schema: z.string().nullable(),
  /** Changes with the session's variables and parameters, on which the meaning of its statements depends. */
  sessionContext: z.string(),
  policyVersion: z.string(),
  rule: z.string(),
  /** The objects that its names resolved to, sorted. `fingerprint` changes when an object is altered or replaced. */
  objects: z.array(
    z.strictObject({ type: z.string(), name: z.string(), access: z.string(), fingerprint: digest }),
  ),
  needed: z.int().min(1),
  approvers: z.array(z.string()),
  expiresAt: instant,
  /** Seconds from the last decision within which the statement must start. */
  validFor: z.int().positive(),
});

export type BoundRequest = z.infer<typeof boundRequest>;

/**
 * Everything that an approval of access asked for ahead covers. It is of another form than `boundRequest`, and hashed
 * for another purpose: a decision on the one is never one on the other.
 */
export const boundAccess = z.strictObject({
  ...boundRequest.pick({
    approval: true,
    session: true,
    requester: true,
    role: true,
    warehouse: true,
    database: true,
    schema: true,
    policyVersion: true,
    rule: true,
    objects: true,
    needed: true,
    approvers: true,
    expiresAt: true,
  }).shape,
  kind: z.literal('access'),
  /** Of the explanation that it was asked by. No statement ever runs under this id. */
  statement: z.uuid(),
  /** An example of the statements that are to run. */
  sql: z.string(),
  bindTypes: z.record(z.string(), z.string()),
  ...accessTerms.shape,
  /** SHA-256 of the canonical JSON of what the grant will cover: the `bounds` of `grant_given`. */
  covers: digest,
});

export type BoundAccess = z.infer<typeof boundAccess>;

/** The part of an approver's decision that a signature covers. */
export interface SignableDecision {
  readonly binding: string;
  readonly approval: string;
  readonly verdict: 'approve' | 'deny';
  readonly comment: string;
  readonly proposal: string | null;
  readonly mostRows: number | null;
  readonly grantSeconds: number | null;
  readonly grantRows: number | null;
  /** ISO 8601, UTC, with milliseconds, by the device's clock. */
  readonly decidedAt: string;
}

/** The bytes that are hashed: a line naming their purpose, then canonical JSON in UTF-8. */
export function bindingBytes(bound: BoundRequest | BoundAccess): Uint8Array<ArrayBuffer> {
  return 'kind' in bound
    ? purposed('sluice access binding v1', boundAccess.parse(bound))
    : purposed('sluice approval binding v1', boundRequest.parse(bound));
}

/** SHA-256 of `bindingBytes`, lower-case hex. */
export async function bindingOf(bound: BoundRequest | BoundAccess): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', bindingBytes(bound)));
}

/** The bytes that a device signs with Ed25519: a line naming their purpose, then canonical JSON in UTF-8. */
export function decisionBytes(decision: SignableDecision): Uint8Array<ArrayBuffer> {
  const { binding, approval, verdict, comment, proposal, decidedAt } = decision;
  const { mostRows, grantSeconds, grantRows } = decision;
  const signed = {
    binding,
    approval,
    verdict,
    comment,
    proposal,
    mostRows,
    grantSeconds,
    grantRows,
    decidedAt,
  };
  return purposed('sluice approval decision v2', signed);
}

/** The bytes that a device signs with the key being enrolled, to prove possession of the private key. */
export function enrolmentBytes(enrolment: {
  readonly identity: string;
  readonly key: string;
  readonly at: string;
}): Uint8Array<ArrayBuffer> {
  const { identity, key, at } = enrolment;
  return purposed('sluice device enrolment v1', { identity, key, at });
}

/**
 * Whether `signature` (base64) is a valid signature of exactly these bytes by `key` (Ed25519, SPKI, base64). For a
 * malformed key or signature the answer is false, not an error.
 */
export async function verifySignature(
  bytes: Uint8Array<ArrayBuffer>,
  key: string,
  signature: string,
): Promise<boolean> {
  try {
    const publicKey = await crypto.subtle.importKey('spki', fromBase64(key), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', publicKey, fromBase64(signature), bytes);
  } catch {
    return false;
  }
}

function purposed(purpose: string, value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${purpose}\n${canonicalJson(value)}`);
}

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @throws unless it is base64 in its canonical form: two spellings of one key or signature would be two values. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  if (btoa(binary) !== text) throw new TypeError('not canonical base64');
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
