import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { expect, it } from 'vitest';
import { identity } from '../testing/open-test-record.ts';
import { enrolled, newDevice } from '../testing/record-a-day.ts';
import { deviceCheck } from './device-check.ts';

const [laptop, phone, other] = [newDevice(), newDevice(), newDevice()];
const revoked = (owner: string, { key }: { readonly key: string }): EventBody => ({
  type: 'device_revoked',
  identity: identity(owner).id,
  key,
  name: 'laptop',
});

const nine = Date.parse('2026-03-01T09:00:00.000Z');
const at = (minutes: number) => new Date(nine + minutes * 60_000).toISOString();

/** One event a minute from nine on; what is wrong with them, and with a decision that follows. */
async function checked(
  bodies: readonly EventBody[],
  decision: { readonly key: string; readonly by: string; readonly position?: number },
  complete = true,
) {
  const check = await deviceCheck(bodies.map(asEvent), { complete, checkpoints: [] });
  const by = identity(decision.by).id;
  const objection = check.objection({ position: 9, ...decision, by, at: at(9) });
  return [...check.problems.map(({ why }) => why), ...(objection === null ? [] : [objection])];
}

/** The first at position 0, and so on. */
function asEvent(body: EventBody, seq: number) {
  const place = { version: 1 as const, session: randomUUID(), seq, at: at(seq), previous: '', hash: '' };
  return { event: { ...place, body, salt: '' }, position: seq, isSigned: true };
}

/** As `enrolled`, on another person's word. */
const onTheWordOf = (who: string, owner: string, device: typeof laptop, by: typeof laptop | null = null) => ({
  ...(enrolled(owner, device, by) as Extract<EventBody, { type: 'device_enrolled' }>),
  word: { by: identity(who), comment: 'he called me' },
});

const bob = { key: laptop.key, by: 'bob' };
const first = enrolled('bob', laptop);
const second = enrolled('bob', phone, laptop);

it.each<[string, EventBody[], Parameters<typeof checked>[1]]>([
  ["a person's first device", [first], bob],
  ['one that it vouched for', [first, second], { key: phone.key, by: 'bob' }],
  [
    'one whose voucher was revoked later',
    [first, second, revoked('bob', laptop)],
    { key: phone.key, by: 'bob' },
  ],
  [
    'a new device on another person’s word',
    [first, revoked('bob', laptop), onTheWordOf('alice', 'bob', phone)],
    { key: phone.key, by: 'bob' },
  ],
])('believes %s', async (_, bodies, decision) => {
  expect(await checked(bodies, decision)).toEqual([]);
});

const NOT_THEIRS = 'it is signed with a key that was not enrolled for who decided';
const NO_VOUCHER = 'the device that vouches for it is not one of its owner, or has not signed it';

it.each<[string, EventBody[], Parameters<typeof checked>[1], readonly string[]]>([
  ['a device in the name of somebody else', [first], { key: laptop.key, by: 'alice' }, [NOT_THEIRS]],
  ['a device that nobody enrolled', [first], { key: other.key, by: 'bob' }, [NOT_THEIRS]],
  ['a device that was enrolled afterwards', [first], { ...bob, position: -1 }, [NOT_THEIRS]],
  [
    'a revoked device',
    [first, revoked('bob', laptop)],
    bob,
    ['it is signed with a device that had been revoked'],
  ],
  [
    'a second device that no other vouches for',
    [first, enrolled('bob', phone)],
    bob,
    ['no device vouches for it, and it is not the first'],
  ],
  [
    "another person's voucher",
    [enrolled('alice', other), first, enrolled('bob', phone, other)],
    bob,
    [NO_VOUCHER],
  ],
  [
    'a voucher that was revoked before',
    [first, revoked('bob', laptop), second],
    { key: other.key, by: 'bob' },
    [NO_VOUCHER, NOT_THEIRS],
  ],
  [
    "an enrolment that the key's holder did not sign",
    [{ ...first, identity: identity('alice').id } as EventBody],
    { key: laptop.key, by: 'alice' },
    ['the key that it enrols has not signed it', NOT_THEIRS],
  ],
  [
    'a device on its owner’s word',
    [first, onTheWordOf('bob', 'bob', phone)],
    { key: phone.key, by: 'bob' },
    ['its owner vouches for it', NOT_THEIRS],
  ],
  [
    'a device on a pipeline’s word',
    [
      first,
      {
        ...onTheWordOf('alice', 'bob', phone),
        word: { by: { ...identity('alice'), kind: 'workload' }, comment: 'x' },
      },
    ],
    { key: phone.key, by: 'bob' },
    ['no person vouches for it', NOT_THEIRS],
  ],
  [
    'a device on the word of a device and of a person',
    [first, onTheWordOf('alice', 'bob', phone, laptop)],
    { key: phone.key, by: 'bob' },
    ['both a device and a person vouch for it', NOT_THEIRS],
  ],
  [
    'a device on a word, when its key has not signed',
    [
      first,
      { ...onTheWordOf('alice', 'bob', phone), proof: first.type === 'device_enrolled' ? first.proof : '' },
    ],
    { key: phone.key, by: 'bob' },
    ['the key that it enrols has not signed it', NOT_THEIRS],
  ],
  [
    'the device before the one on another person’s word',
    [first, revoked('bob', laptop), onTheWordOf('alice', 'bob', phone)],
    bob,
    ['it is signed with a device that had been revoked'],
  ],
  [
    'a key that is enrolled for two people',
    [first, enrolled('alice', laptop)],
    bob,
    ['it enrols a key for the second time'],
  ],
])('does not believe %s', async (_, bodies, decision, expected) => {
  expect(await checked(bodies, decision)).toEqual(expected);
});

it.each([
  ['a moment later', 0, [], null],
  ['behind a checkpoint of that time', 0, [{ size: 2, at: at(2) }], null],
  [
    'behind one that is later',
    0,
    [{ size: 2, at: at(2.1) }],
    'it is signed with a device that had been revoked',
  ],
  ['under one that is later', 0, [{ size: 10, at: at(2.1) }], null],
  ['behind a later one that does not cover the revocation', 0, [{ size: 1, at: at(2.1) }], null],
  ['later', 3, [], 'it is signed with a device that had been revoked'],
])('of a decision by a device that was revoked, %s', async (_, minutes, checkpoints, objection) => {
  // Revoked at position 1, a minute after nine.
  const check = await deviceCheck([first, revoked('bob', laptop)].map(asEvent), {
    complete: true,
    checkpoints,
  });
  const decision = { ...bob, by: identity('bob').id, position: 9, at: at(minutes) };
  expect(check.objection(decision)).toBe(objection);
});

it('cannot tell from an export whether a device was the first', async () => {
  expect(await checked([first, enrolled('bob', phone)], bob, false)).toEqual([]);
});
