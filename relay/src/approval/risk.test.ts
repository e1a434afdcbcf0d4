import { expect, it } from 'vitest';
import type { ApprovalRequest } from './approval-request.ts';
import { riskOf } from './risk.ts';
import { ada, deleteRequest, holdNow, NINE, testApprovals } from './testing.ts';

const { understanding, objects } = deleteRequest();
const kind = (family: 'query' | 'dml' | 'copy', name: 'select' | 'truncate_table' | 'copy_into_location') =>
  ({ understanding: { ...understanding, writes: [], kind: { family, name } } }) as Partial<ApprovalRequest>;
const reach = (access: string) => ({ objects: [{ ...objects[0]!, access }] });
const opaque = [{ opaque: true as const, reason: 'dynamic', range: { start: 0, end: 1 } }];

it.each<[string, Partial<ApprovalRequest>, number | null, number, string, string]>([
  ['a change', {}, 3, 1, 'medium', 'it changes data'],
  ['a change of very many rows', {}, 10_000, 1, 'high', 'it changes 10000 rows'],
  ['a change that several people agree to', {}, 3, 2, 'high', 'the policy asks for 2 people'],
  ['a drop', reach('drop'), null, 1, 'high', 'it drops something'],
  ['a grant', reach('grant'), null, 1, 'high', 'it changes who may do what'],
  ['an ALTER', reach('alter'), null, 1, 'high', 'it changes how something is made'],
  ['a truncation', kind('dml', 'truncate_table'), null, 1, 'high', 'it removes every row'],
  ['an unload', kind('copy', 'copy_into_location'), null, 1, 'high', 'data leaves the warehouse'],
  [
    'a change without WHERE',
    { understanding: { ...understanding, missingWhere: true } },
    null,
    1,
    'high',
    'it has no WHERE: every row is meant',
  ],
  [
    'what is partly not understood',
    { understanding: { ...understanding, opaque } },
    null,
    1,
    'high',
    'parts of it are not understood',
  ],
  ['a call', { ...kind('query', 'select'), ...reach('call') }, null, 1, 'medium', 'it calls a procedure'],
  [
    'many rows that are only read',
    { ...kind('query', 'select'), ...reach('read') },
    1e6,
    1,
    'low',
    'it changes nothing',
  ],
])('%s', async (_, change, rows, needed, level, because) => {
  const approvals = await testApprovals();
  const { approval } = await holdNow(approvals, deleteRequest(ada, { needed }, change));
  const estimate = rows === null ? null : { rows, bytes: null, partitions: null, note: '', at: NINE };
  expect(riskOf({ ...approval, estimate })).toEqual({ level, because: [because] });
});
