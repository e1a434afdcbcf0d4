import { randomUUID } from 'node:crypto';
import { bindingOf, type EventBody, type RecordedEvent, type SessionEvent } from '@sluice/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { bodyDigest, hashOf, NOTHING_BEFORE } from '../log/seal-event.ts';
import { identity, opened, result, statement } from '../testing/open-test-record.ts';
import { approvalOf, enrolled, newDevice } from '../testing/record-a-day.ts';
import { type DeviceCheck, deviceCheck } from './device-check.ts';
import { sessionCheck } from './session-check.ts';

const session = randomUUID();
const bobs = newDevice();
let devices: DeviceCheck;

beforeAll(async () => {
  const event = { ...chain()[0]!, body: enrolled('bob', bobs) } as SessionEvent;
  devices = await deviceCheck([{ event, position: -1, isSigned: true }], { complete: true, checkpoints: [] });
});

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
  const check = sessionCheck(session, () => devices);
  const found = [];
  for (const event of events)
    found.push(...(await check.next(event, { position: event.seq, isProven: true })));
  expect([...found, ...check.end(() => true)]).toMatchObject(expected);
});

/** A chain of these, of which those in `without` have lost their bodies. */
function chainOf(bodies: readonly EventBody[], without: readonly number[] = []): RecordedEvent[] {
  let previous = NOTHING_BEFORE;
  return bodies.map((body, seq) => {
    const at = '2026-03-01T09:00:00.000Z';
    const place = { version: 1 as const, session, seq, at, previous, hash: '' };
    const salt = '0'.repeat(32);
    previous = hashOf({ ...place, body, salt });
    const sealed = { ...place, hash: previous };
    return without.includes(seq)
      ? { ...sealed, type: body.type, bodyDigest: bodyDigest(body, salt) }
      : { ...sealed, body, salt };
  });
}

async function problemsOf(events: readonly RecordedEvent[]) {
  const check = sessionCheck(session, () => devices);
  const found = [];
  for (const event of events)
    found.push(...(await check.next(event, { position: event.seq, isProven: true })));
  return [...found, ...check.end(() => false)].map(({ what, seq }) => [what, seq]);
}

const hold = (held: boolean): EventBody => ({ type: 'hold', held, by: identity('alan'), reason: 'a case' });
const redacted = (events: number[], payloads: string[] = []): EventBody => ({
  type: 'redacted',
  rule: 'old',
  events,
  payloads,
});
const payload = 'ab'.repeat(32);

it.each<[string, RecordedEvent[], readonly (readonly [string, number])[]]>([
  ['lets retention take a body', chainOf([opened('alice'), redacted([0])], [0]), []],
  ['never a hold', chainOf([opened('alice'), hold(true), redacted([1])], [1]), [['removed', 1]]],
  [
    "nor retention's own word",
    chainOf([opened('a'), redacted([0]), redacted([1])], [0, 1]),
    [
      ['removed', 0],
      ['removed', 1],
    ],
  ],
  ['nothing under legal hold', chainOf([opened('alice'), hold(true), redacted([0])], [0]), [['removed', 0]]],
  ['but after its release', chainOf([opened('a'), hold(true), hold(false), redacted([0])], [0]), []],
  ['a payload', chainOf([opened('alice'), result(session, [payload]), redacted([], [payload])]), []],
  [
    'but not one that a later event names again',
    chainOf([opened('alice'), redacted([], [payload]), result(session, [payload])]),
    [['removed', 2]],
  ],
  [
    'no payload under legal hold',
    chainOf([result(session, [payload]), hold(true), redacted([], [payload])]),
    [['removed', 0]],
  ],
])('%s', async (_, events, expected) => {
  expect(await problemsOf(events)).toEqual(expected);
});

describe('an approval', () => {
  const id = randomUUID();
  const day = async (change: (bodies: EventBody[]) => EventBody[]) => {
    const [asked, decided, ended] = await approvalOf({
      session,
      statement: id,
      device: bobs,
      approver: 'bob',
    });
    return problemsOf(chainOf(change([asked!, decided!, ended!])));
  };

  it('stands', async () => {
    expect(await day((bodies) => bodies)).toEqual([]);
  });

  it('that nobody asked for is not decided', async () => {
    expect(await day(([, decided]) => [opened('alice'), decided!])).toEqual([['forged', 1]]);
  });

  it('is of this session', async () => {
    const other = async () => {
      const [asked] = await approvalOf({ session, statement: id, device: bobs, approver: 'bob' });
      if (asked?.type !== 'approval_asked') throw new Error('not asked');
      const bound = { ...asked.bound, session: randomUUID() };
      return { ...asked, bound, binding: await bindingOf(bound) };
    };
    expect(await problemsOf(chainOf([await other()]))).toEqual([['forged', 0]]);
  });

  it('is never by who asked', async () => {
    const byAlice = (body: EventBody): EventBody =>
      body.type === 'approval_decided' ? { ...body, by: identity('alice'), signature: null } : body;
    expect(await day((bodies) => bodies.map(byAlice))).toEqual([['forged', 1]]);
  });

  it('needs as many people as it says', async () => {
    expect(await day(([asked, , ended]) => [asked!, ended!])).toEqual([['forged', 1]]);
  });
});
