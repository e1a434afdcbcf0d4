import { expect, it } from 'vitest';
import { SluiceError } from '../errors.ts';
import type { ApprovalId } from './approval.ts';
import { createWaiters } from './waiters.ts';

const [ID, OTHER] = ['a1', 'a2'] as ApprovalId[] as [ApprovalId, ApprovalId];
const APPROVED = { outcome: 'approved', approval: ID } as const;
const EXPIRED = { outcome: 'expired' } as const;

/** Statements that wait, and what was cancelled for them. */
function waiting() {
  const waiters = createWaiters();
  const cancelled: string[] = [];
  const wait = (id = ID, aborting = new AbortController()) => ({
    outcome: waiters.wait(id, aborting.signal, async (why) => void cancelled.push(why)),
    abort: (reason?: unknown) => aborting.abort(reason),
  });
  return { waiters, cancelled, wait };
}

it('all that wait for one approval have its outcome, and nobody else', async () => {
  const { waiters, wait } = waiting();
  const [one, two, another] = [wait(), wait(), wait(OTHER)];
  expect(waiters.waitedFor()).toEqual([ID, OTHER]);
  waiters.settle(ID, APPROVED);
  expect(await Promise.all([one.outcome, two.outcome])).toEqual([APPROVED, APPROVED]);
  expect(waiters.waitedFor()).toEqual([OTHER]);
  waiters.settle(ID, EXPIRED);
  waiters.settle(OTHER, EXPIRED);
  expect(await another.outcome).toEqual(EXPIRED);
});

it('who goes away cancels the request, and is told nothing that comes of it later', async () => {
  const { waiters, cancelled, wait } = waiting();
  const [gone, stays] = [wait(), wait()];
  gone.abort();
  waiters.settle(ID, APPROVED);
  expect(await gone.outcome).toEqual({ outcome: 'cancelled', why: 'the client cancelled it or went away' });
  expect(await stays.outcome).toEqual(APPROVED);
  expect(cancelled).toEqual(['the client cancelled it or went away']);
});

it('who was gone before it began cancels it too', async () => {
  const { cancelled, wait } = waiting();
  const aborting = new AbortController();
  aborting.abort(new SluiceError('session_ended', 'the session has ended'));
  const why = 'the session has ended';
  expect(await wait(ID, aborting).outcome).toEqual({ outcome: 'cancelled', why });
  expect(cancelled).toEqual([why]);
});

it('is cancelled before it is over for whoever waited', async () => {
  const waiters = createWaiters();
  const [aborting, cancelling] = [new AbortController(), Promise.withResolvers<void>()];
  let isOver = false;
  const outcome = waiters.wait(ID, aborting.signal, () => cancelling.promise).then(() => (isOver = true));
  aborting.abort();
  await Promise.resolve();
  expect(isOver).toBe(false);
  cancelling.resolve();
  expect(await outcome).toBe(true);
});

it('goes on elsewhere where another relay has the statement: nothing is cancelled', async () => {
  const { cancelled, wait } = waiting();
  const moved = wait();
  moved.abort(new SluiceError('statement_elsewhere', 'another relay has it'));
  expect(await moved.outcome).toEqual({ outcome: 'suspended' });
  expect(cancelled).toEqual([]);
});

it('who has an outcome cancels nothing by going away', async () => {
  const { waiters, cancelled, wait } = waiting();
  const done = wait();
  waiters.settle(ID, APPROVED);
  done.abort();
  expect(await done.outcome).toEqual(APPROVED);
  expect(cancelled).toEqual([]);
});

it('of a relay that stops, all waiting is suspended, also what comes later, and nothing is cancelled', async () => {
  const { waiters, cancelled, wait } = waiting();
  const before = [wait(), wait(OTHER)];
  waiters.suspend();
  const after = wait();
  for (const one of [...before, after]) {
    one.abort();
    expect(await one.outcome).toEqual({ outcome: 'suspended' });
  }
  expect([cancelled, waiters.waitedFor()]).toEqual([[], []]);
});
