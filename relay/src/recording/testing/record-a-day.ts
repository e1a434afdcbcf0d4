import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import {
  bindingOf,
  type BoundRequest,
  decisionBytes,
  enrolmentBytes,
  type EventBody,
} from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { Recorder } from '../recorder.ts';
import { identity, newSession, opened, result, statement } from './open-test-record.ts';

const SQL = "delete from customers where email = 'a@b.example'";

/**
 * Records one session with every kind of event that verification checks, including an approval signed by a device, and
 * payloads. Enrols the approver's device first, so use each approver name only once.
 */
export async function recordADay(
  recorder: Recorder & { readonly relaySession: SessionId },
  approver = 'bob',
): Promise<SessionId> {
  const device = newDevice();
  await recorder.append(recorder.relaySession, enrolled(approver, device));
  const session = newSession();
  const id = randomUUID();
  const binds = await recorder.keep(Buffer.from('[["a@b.example"]]'));
  const rows = await recorder.keep(Buffer.from('{"EMAIL":"****"}\n'));
  const bodies: EventBody[] = [
    opened('alice'),
    { type: 'prompt', text: 'remove that customer', source: 'mcp' },
    { ...(statement(SQL, id) as Extract<EventBody, { type: 'statement' }>), binds },
    {
      type: 'understanding',
      statement: id,
      understood: true,
      kind: { family: 'dml', name: 'DELETE' },
      objects: [{ type: 'table', name: 'SHOP.PUBLIC.CUSTOMERS', access: 'write' }],
      outputs: [{ name: 'number of rows deleted', sources: [], unresolved: false }],
      problem: null,
    },
    {
      type: 'decision',
      statement: id,
      effect: 'ask',
      rule: 'deletes-need-a-person',
      reason: 'it deletes',
      sentence: 'Deletes need a person.',
      range: { start: 0, end: 6 },
      policyVersion: 'v1',
      masks: [{ output: 0, method: 'redact', because: 'pii' }],
    },
    ...(await approvalOf({ session, statement: id, device, approver })),
    { type: 'executed', statement: id },
    result(id, [rows]),
    { type: 'closed', how: 'client' },
  ];
  for (const body of bodies) await recorder.append(session, body);
  return session;
}

/** The events of one approval: asked, decided with a signature, ended. */
export async function approvalOf(of: {
  readonly session: string;
  readonly statement: string;
  readonly device: Device;
  readonly approver: string;
}): Promise<EventBody[]> {
  const { session, statement, device, approver } = of;
  const approval = randomUUID();
  const expiresAt = '2026-03-01T10:00:00.000Z';
  const bound: BoundRequest = {
    approval,
    session,
    statement,
    requester: identity('alice').id,
    sql: SQL,
    binds: null,
    describeOnly: false,
    role: 'ANALYST',
    warehouse: null,
    database: 'SHOP',
    schema: 'PUBLIC',
    sessionContext: '',
    policyVersion: 'v1',
    rule: 'deletes-need-a-person',
    objects: [
      { type: 'table', name: 'SHOP.PUBLIC.CUSTOMERS', access: 'write', fingerprint: 'ab'.repeat(32) },
    ],
    needed: 1,
    approvers: ['data-owners'],
    expiresAt,
    validFor: 60,
  };
  const binding = await bindingOf(bound);
  const decision = { approval, binding, verdict: 'approve' as const, comment: 'fine', proposal: null };
  const decidedAt = '2026-03-01T09:00:05.000Z';
  const signed = { ...decision, mostRows: null, grantSeconds: null, grantRows: null };
  const value = device.sign(decisionBytes({ ...signed, decidedAt }));
  return [
    {
      type: 'approval_asked',
      statement,
      approval,
      bound,
      binding,
      approvers: bound.approvers,
      needed: 1,
      expiresAt,
    },
    {
      type: 'approval_decided',
      statement,
      ...signed,
      by: identity(approver),
      signature: { key: device.key, algorithm: 'Ed25519', value, decidedAt },
    },
    { type: 'approval_ended', statement, approval, how: 'approved' },
  ];
}

/** An approver's device. */
export type Device = ReturnType<typeof newDevice>;

export function newDevice() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { key, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64') };
}

/** The device's enrolment, vouched for by another device of the same person; without `by`, as the person's first. */
export function enrolled(owner: string, device: Device, by: Device | null = null): EventBody {
  const enrolledAt = '2026-03-01T08:59:00.000Z';
  const bytes = enrolmentBytes({ identity: identity(owner).id, key: device.key, at: enrolledAt });
  return {
    type: 'device_enrolled',
    identity: identity(owner).id,
    key: device.key,
    name: 'laptop',
    enrolledAt,
    proof: device.sign(bytes),
    vouchedBy: by && { key: by.key, signature: by.sign(bytes) },
  };
}
