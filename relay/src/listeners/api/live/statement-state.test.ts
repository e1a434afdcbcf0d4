import type { EventBody, SessionEvent } from '@sluice/contract';
import { liveStatement } from '@sluice/contract';
import { expect, it } from 'vitest';
import { result } from '../../../recording/testing/open-test-record.ts';
import { isOfStatement, statementAfter } from './statement-state.ts';

const ID = 'a4b6c1de-0000-4000-8000-000000000000';
const after = (body: EventBody) => {
  const hash = '0'.repeat(64);
  const place = { version: 1, session: ID, seq: 4, at: '2026-11-21T09:00:00.000Z' } as const;
  const event: SessionEvent = { ...place, body, salt: '0'.repeat(32), previous: hash, hash };
  return statementAfter(event);
};
const error = (code: string): EventBody => ({ type: 'error', statement: ID, code, message: 'why' });
const partly = result(ID, []);
const asked = {
  type: 'approval_asked',
  statement: ID,
  approval: ID,
  expiresAt: '2026-11-21T10:00:00.000Z',
} as EventBody;
const kept = { ...partly, rows: 3, kept: { rows: 4 } } as EventBody;

it.each<[string, EventBody, string | null]>([
  ['people are asked', asked, 'held'],
  ['executed', { type: 'executed', statement: ID }, 'running'],
  ['result', partly, 'succeeded'],
  ['a result that was left', { ...partly, complete: false } as EventBody, 'cancelled'],
  ['blocked', { type: 'blocked', statement: ID, rule: 'r', reason: 'no' }, 'refused'],
  ['denied', error('approval_denied'), 'refused'],
  ['nobody decided', error('approval_expired'), 'refused'],
  ['changed since', error('approval_void'), 'refused'],
  ['withdrawn', error('approval_cancelled'), 'cancelled'],
  ['the warehouse fails', error('statement_failed'), 'failed'],
  ['too many rows', error('rows_exceeded'), 'failed'],
  ['cancelled', { type: 'cancelled', statement: ID, by: 'the client' }, 'cancelled'],
  ['an error of no statement', { ...error('internal'), statement: null } as EventBody, null],
  ['a prompt', { type: 'prompt', text: 'x', source: 'y' }, null],
  ['a vote', { type: 'approval_ended', statement: ID, approval: ID, how: 'approved' }, null],
])('%s', (_, body, state) => {
  const found = after(body);
  expect(found?.state ?? null).toBe(state);
  if (found === null) return;
  expect(liveStatement.parse(found)).toEqual(found);
  expect(found).toMatchObject({ id: ID, session: ID, revision: 4 });
  expect(isOfStatement(body.type)).toBe(true);
});

it('says whom it waits for, and until when', () => {
  expect(after(asked)).toMatchObject({ approval: ID, expiresAt: '2026-11-21T10:00:00.000Z' });
});

it('counts the rows that were kept for later, too', () => {
  expect(after(kept)).toMatchObject({ rows: 7 });
});

it('says why there is no result', () => {
  expect(after({ ...partly, complete: false } as EventBody)).toMatchObject({
    message: 'the result was not read to its end',
  });
  expect(after({ type: 'blocked', statement: ID, rule: 'r', reason: 'no' })).toMatchObject({
    code: 'blocked',
    message: 'no',
  });
});

it.each([
  'understanding',
  'decision',
  'approval_decided',
  'approval_ended',
  'chunk_returned',
  'access_asked',
])('is as it was after %s, which nobody is told of', (type) => {
  expect(after({ type, statement: ID } as EventBody)).toBeNull();
  expect(isOfStatement(type)).toBe(false);
});
