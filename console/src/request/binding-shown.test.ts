import { type ApprovalView, bindingOf } from '@sluice/contract';
import { beforeEach, expect, it, vi } from 'vitest';
import { bindingShown } from './binding-shown.ts';

const BOUND = {
  approval: 'a4b6c1de-0000-4000-8000-000000000000',
  session: 'a4b6c1de-0000-4000-8000-000000000001',
  statement: 'a4b6c1de-0000-4000-8000-000000000002',
  requester: 'https://issuer.example|ada',
  sql: 'DELETE FROM ORDERS WHERE ID = 1',
  binds: null,
  describeOnly: false,
  role: 'ANALYST',
  warehouse: null,
  database: 'SHOP',
  schema: 'PUBLIC',
  sessionContext: 'c',
  policyVersion: 'p',
  rule: 'change-data',
  objects: [],
  needed: 1,
  approvers: ['team-leads'],
  expiresAt: '2026-11-22T12:00:00.000Z',
  validFor: 60,
};

async function viewOf(changes: { readonly sql?: string; readonly rule?: string; readonly binding?: string }) {
  const { approval: id, session, requester, sql, rule } = BOUND;
  const binding = changes.binding ?? (await bindingOf(BOUND));
  const summary = { id, session, requester: { id: requester }, rule: changes.rule ?? rule, binding };
  return { summary, sql: changes.sql ?? sql, bound: BOUND } as unknown as ApprovalView;
}

beforeEach(() => void vi.stubGlobal('isSecureContext', true));

it('is computed from what is shown', async () => {
  expect(await bindingShown(await viewOf({}))).toBe(await bindingOf(BOUND));
});

it.each([
  ['another text', { sql: 'DELETE FROM ORDERS WHERE ID = 2' }],
  ['another rule', { rule: 'harmless' }],
  ['a binding of something else', { binding: '0'.repeat(64) }],
])('refuses to decide on %s than would be bound', async (_, changes) => {
  await expect(bindingShown(await viewOf(changes))).rejects.toThrow('not what would be decided on');
});
