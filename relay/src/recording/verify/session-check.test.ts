import { randomUUID } from 'node:crypto';
import type { SessionEvent } from '@sluice/contract';
import { expect, it } from 'vitest';
import { hashOf, NOTHING_BEFORE } from '../log/seal-event.ts';
import { opened, statement } from '../testing/open-test-record.ts';
import { sessionCheck } from './session-check.ts';

const session = randomUUID();

/** A chain whose every hash is right, whatever `change` does to it. */
function chain(change: Partial<Record<number, Partial<SessionEvent>>> = {}): SessionEvent[] {
  let previous = NOTHING_BEFORE;
  return [opened('alice'), statement('select 1'), statement('select 2')].map((body, seq) => {
    const at = '2026-03-01T09:00:00.000Z';
    const plain = { version: 1 as const, session, seq, at, previous, body, salt: '0'.repeat(32), hash: '' };
    const event = { ...plain, ...change[seq] };
    previous = hashOf(event);
    return { ...event, hash: previous };
  });
}

it.each<[string, SessionEvent[], readonly object[]]>([
  ['nothing in a good chain', chain(), []],
  [
    'an event that does not follow the one before it',
    chain({ 1: { previous: 'ab'.repeat(32) } }),
    [{ what: 'altered', seq: 1 }],
  ],
  [
    'a chain that begins in the middle of another',
    chain({ 0: { previous: 'ab'.repeat(32) } }),
    [{ what: 'altered', seq: 0 }],
  ],
  ["another session's event", chain({ 2: { session: randomUUID() } }), [{ what: 'forged', seq: 2 }]],
  ['an event that is there twice', chain({ 2: { seq: 1 } }), [{ what: 'reordered', seq: 1 }]],
  ['a gap', chain({ 2: { seq: 9 } }), [{ what: 'removed', seq: 2 }]],
])('finds %s, though all the hashes are right', async (_, events, expected) => {
  const check = sessionCheck(session);
  const found = [];
  for (const event of events) found.push(...(await check.next(event)));
  expect([...found, ...check.end(() => true)]).toMatchObject(expected);
});
