import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bindingBytes, bindingOf, type BoundRequest, decisionBytes, verifySignature } from './index.ts';

const bound: BoundRequest = {
  approval: '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11',
  session: '0b5b9a0e-93a1-4c53-8a08-4a4e1c2a2c22',
  statement: '3f7c2a8e-1d0b-4f67-8f6b-6b1f8d7e3d33',
  requester: 'https://issuer|ada',
  sql: "DELETE FROM orders WHERE id = ? -- 'é'",
  binds: 'a'.repeat(64),
  describeOnly: false,
  role: 'ANALYST',
  warehouse: 'WH',
  database: 'SHOP',
  schema: 'PUBLIC',
  sessionContext: '0',
  policyVersion: 'v1',
  rule: 'deletes',
  objects: [
    { type: 'table', name: 'SHOP.PUBLIC.ORDERS', access: 'write', fingerprint: 'b'.repeat(64) },
    { type: 'table', name: 'SHOP.PUBLIC.ORDERS', access: 'read', fingerprint: 'b'.repeat(64) },
  ],
  needed: 1,
  approvers: ['data-owners'],
  expiresAt: '2026-11-20T10:00:00.000Z',
  validFor: 600,
};

describe('what an approval is bound to', () => {
  it('has one byte form, which does not depend on the order of members', async () => {
    const backwards = Object.fromEntries(Object.entries(bound).toReversed()) as BoundRequest;
    expect(await bindingOf(backwards)).toBe(await bindingOf(bound));
    const [purpose, json] = new TextDecoder().decode(bindingBytes(bound)).split('\n');
    expect(purpose).toBe('sluice approval binding v1');
    expect(JSON.parse(json!)).toEqual(bound);
  });

  const changes: Partial<Record<keyof BoundRequest, unknown>> = {
    approval: bound.session,
    session: bound.approval,
    statement: bound.session,
    requester: 'https://issuer|eve',
    sql: bound.sql.replace('= ?', '=  ?'),
    binds: null,
    describeOnly: true,
    role: null,
    warehouse: 'wh',
    database: 'SHOP2',
    schema: '',
    sessionContext: '1',
    policyVersion: 'v2',
    rule: 'other',
    objects: bound.objects.slice(1),
    needed: 2,
    approvers: [],
    expiresAt: '2026-11-20T10:00:00.001Z',
    validFor: 601,
  };
  it.each(Object.keys(bound) as (keyof BoundRequest)[])('changes with `%s`', async (member) => {
    expect(await bindingOf({ ...bound, [member]: changes[member] })).not.toBe(await bindingOf(bound));
  });
});

describe('a signed decision', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const decision = {
    binding: 'c'.repeat(64),
    approval: bound.approval,
    verdict: 'approve',
    comment: 'fine',
    proposal: null,
    mostRows: null,
    grantSeconds: null,
    grantRows: null,
    decidedAt: '2026-11-20T09:00:00.000Z',
  } as const;
  const signature = sign(null, decisionBytes(decision), privateKey).toString('base64');

  it('verifies under its key', async () => {
    expect(await verifySignature(decisionBytes(decision), key, signature)).toBe(true);
  });

  it.each([
    { binding: 'd'.repeat(64) },
    { approval: bound.session },
    { verdict: 'deny' as const },
    { comment: 'Fine' },
    { proposal: 'SELECT 1' },
    { mostRows: 1 },
    { grantSeconds: 60 },
    { grantRows: 10 },
    { decidedAt: '2026-11-20T09:00:00.001Z' },
  ])('covers %o', async (change) => {
    expect(await verifySignature(decisionBytes({ ...decision, ...change }), key, signature)).toBe(false);
  });

  it.each([
    ['a key that is none', 'AAAA', signature],
    ['a signature that is none', key, 'AAAA'],
    ['text that is not base64', key, '***'],
  ])('is false, not an error, for %s', async (_, badKey, badSignature) => {
    expect(await verifySignature(decisionBytes(decision), badKey, badSignature)).toBe(false);
  });
});
