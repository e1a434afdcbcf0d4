import { randomUUID } from 'node:crypto';
import type { BreakGlassReview } from '@sluice/contract';
import { type ApprovalRequest, viewOf } from '../../relay/src/approval/index.ts';
import {
  accessRequest,
  asking,
  deleteRequest,
  holdNow,
  NINE,
  person,
  testApprovals,
} from '../../relay/src/approval/testing.ts';
import { summaryOf } from '../../relay/src/approval/person.ts';
import { decide } from '../../relay/src/policy/index.ts';
import { asked, policyOf, statement } from '../../relay/src/policy/statement-fixtures.ts';

const RANGE = { start: 0, end: 1 };

const POLICY = policyOf(`
version: 1
defaults: { approvers: owners, opaque: ask, flows: ask, unresolved: ask, uses: ask }
approvers: { owners: { groups: [owners] } }
rules:
  - { name: changes, effect: ask, reason: changes need the owners, when: { kinds: [dml] }, approvers: owners }
  - { name: all, effect: allow, when: {} }
`);

/** A request in which everything that a requester can choose is one text. */
export function requestOf(text: string): ApprovalRequest {
  const identity = person(text, [text, 'analysts'], { name: text, email: 'asker@example.com' });
  const request = deleteRequest(identity);
  const client = { ...request.session.client, application: text, version: text, agent: text };
  const object = { database: text, schema: 'PUBLIC', name: text };
  const column = { object, column: text };
  const understanding = statement({
    kind: { family: 'dml', name: 'update' },
    objects: [
      { type: 'table', name: object, access: 'write', range: RANGE },
      { type: 'table', name: { ...object, name: `${text} 2` }, access: 'read', range: RANGE },
    ],
    outputs: [{ name: text, sources: [{ column, how: 'direct' }], range: RANGE }],
    flows: [
      { from: { column, how: 'direct' }, to: { type: 'variable', name: text }, range: RANGE },
      { from: { column, how: 'direct' }, to: { type: 'location', location: text }, range: RANGE },
    ],
    functions: [{ name: object, builtIn: false, range: RANGE }],
    opaque: [{ opaque: true, reason: `the function \`${text}\`, whose body is not known`, range: RANGE }],
  });
  const decision = decide(POLICY, understanding, asked(identity, { client }));
  if (decision.effect !== 'ask') throw new Error(`not asked about: ${decision.reason}`);
  return {
    ...request,
    session: { ...request.session, client },
    sql: `UPDATE "${text}" SET A = 1 -- ${text}`,
    binds: { '1': { type: 'TEXT', value: text }, '2': { type: text, value: [text, null] } },
    variables: [
      { name: text, value: text, from: [] },
      { name: 'X', value: null, from: [text] },
    ],
    mayChange: [text],
    prompt: { text, source: 'mcp' },
    understanding,
    decision: {
      ...decision,
      masks: [{ output: 0, policy: { method: 'redact' }, because: decision.reason }],
      computedOn: { rows: null, outputs: [{ output: 0, on: 'tokens', because: decision.reason }] },
    },
    objects: [
      { type: 'table', name: text, access: 'write', fingerprint: 'f'.repeat(64) },
      { type: 'table', name: `${text} 2`, access: 'read', fingerprint: 'f'.repeat(64) },
    ],
  };
}

/** The same as it is held, and as an approver is sent it. Halves of surrogate pairs cannot be held: nothing signs them. */
export async function heldOf(text: string) {
  const desk = await testApprovals();
  const { approval } = await holdNow(desk, requestOf(text.toWellFormed()));
  const viewer = person('olga', ['owners']);
  const view = viewOf(approval, { viewer, now: NINE, similar: [] });
  await desk.store.close();
  return { approval, view };
}

/** Access that is asked for, in which everything that a requester can choose is one text. */
export async function aheadOf(text: string) {
  const chosen = text.toWellFormed();
  const desk = await testApprovals();
  const { session, sql, understanding, decision, objects, mayChange } = requestOf(chosen);
  const change = { session, sql, understanding, decision, objects, mayChange };
  const program = { application: chosen, protocol: 'snowflake', agent: chosen, tokenClient: chosen } as const;
  const request = accessRequest(session.identity, {}, { purpose: chosen, program }, change);
  const approval = await desk.approvals.askAhead(request, asking);
  const viewer = person('olga', ['owners']);
  const view = viewOf(approval, { viewer, now: NINE, similar: [] });
  await desk.store.close();
  return { approval, view };
}

export function reviewOf(text: string): BreakGlassReview {
  return {
    version: 1,
    id: randomUUID(),
    session: randomUUID(),
    statement: randomUUID(),
    by: summaryOf(person(text, [text], { name: text })),
    sql: text,
    entry: 'on-call',
    reason: text,
    lifted: { rule: 'changes', effect: 'ask' },
    openedAt: '2026-11-20T09:00:00.000Z',
    closed: null,
  };
}
