import { expect, test } from 'vitest';
import { createSessionTurns, type Turn, type TurnKind } from './session-turns.ts';

const never = new AbortController().signal;

/** Takes turns in order, and says which have begun. */
function takeAll(kinds: readonly TurnKind[]) {
  const turns = createSessionTurns();
  const begun: (Turn | undefined)[] = kinds.map(() => undefined);
  kinds.forEach((kind, index) => void turns.take(kind, never).then((turn) => (begun[index] = turn)));
  const started = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return begun.flatMap((turn, index) => (turn === undefined ? [] : [index]));
  };
  return { turns, begun, started };
}

test('statements that leave the session as it is go side by side', async () => {
  const { started } = takeAll(['shared', 'shared', 'shared']);
  expect(await started()).toEqual([0, 1, 2]);
});

test('one that changes the session waits for all before it, and all behind it wait for it', async () => {
  const { begun, started } = takeAll(['shared', 'shared', 'alone', 'shared']);
  expect(await started()).toEqual([0, 1]);
  begun[0]!.end();
  expect(await started()).toEqual([0, 1]);
  begun[1]!.end();
  expect(await started()).toEqual([0, 1, 2]);
  begun[2]!.end();
  expect(await started()).toEqual([0, 1, 2, 3]);
});

test('a turn that is ended twice ends once', async () => {
  const { begun, started } = takeAll(['shared', 'shared', 'alone']);
  await started();
  begun[0]!.end();
  begun[0]!.end();
  expect(await started()).toEqual([0, 1]);
});

test('who gives up waiting holds nobody up', async () => {
  const { turns, begun, started } = takeAll(['shared']);
  const stop = new AbortController();
  const left = turns.take('alone', stop.signal);
  const behind = turns.take('shared', never);
  await started();
  stop.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  (await behind).end();
  begun[0]!.end();
  await expect(turns.take('alone', never)).resolves.toBeDefined();
});

test('who has given up already does not wait', async () => {
  const { turns, started } = takeAll(['shared']);
  await started();
  const stop = new AbortController();
  stop.abort(new Error('gone'));
  await expect(turns.take('alone', stop.signal)).rejects.toThrow('gone');
  await expect(turns.take('shared', stop.signal)).resolves.toBeDefined();
});
